import type { RunTimes } from "./run-clock";

/** However little CPU time there was for it, a run ends after this many times its limit. */
const MAX_STRETCH = 10;

/**
 * Judges whether a run has used up its time. What a worker tells is wall-clock time, in which a loaded machine may not
 * have let it run at all; no system tells the CPU time of one thread. So a run is over its limit only once the whole process,
 * of which it is a part, has used that much CPU time since the run was first seen.
 */
export class UserTimeJudge {
  readonly #firstSeen = new WeakMap<object, { run: number; cpuMs: number }>();

  constructor(
    readonly limitMs: number,
    /** CPU time of the process so far, ms. */
    readonly cpuMs: () => number = processCpuMs,
  ) {}

  /** To be called for every run under way, again and again. `worker` is only compared. */
  isOver(worker: object, { run, userMs }: Pick<RunTimes, "run" | "userMs">): boolean {
    let seen = this.#firstSeen.get(worker);
    if (seen?.run !== run) {
      seen = { run, cpuMs: this.cpuMs() };
      this.#firstSeen.set(worker, seen);
    }
    if (userMs <= this.limitMs) return false;
    return userMs > MAX_STRETCH * this.limitMs || this.cpuMs() - seen.cpuMs > this.limitMs;
  }
}

function processCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
