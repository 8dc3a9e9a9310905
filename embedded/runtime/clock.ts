/** Wall clock in fractional Unix ms; all threads of the process agree on it to within microseconds. */

const MAX_DRIFT_MS = 20;
/** Read once: the getter costs more than `performance.now()`. */
const { timeOrigin } = performance;
let offset = timeOrigin;

/** Follows the system clock when that is stepped, and is finer than its milliseconds in between. */
export function wallClock(): number {
  const time = offset + performance.now();
  const system = Date.now();
  if (Math.abs(time - system) <= MAX_DRIFT_MS) return time;
  offset = system - performance.now();
  return system;
}

/** Monotonic ms since an origin common to all threads of the process; for durations only. */
export function monotonic(): number {
  return timeOrigin + performance.now();
}
