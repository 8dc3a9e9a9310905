/**
 * Shared memory in which a worker notes what it runs and since when, so that the main thread can end a run that takes too long
 * even while the worker is busy, and tell which run it was. Single doubles, written by the worker only; a slightly
 * stale read does no harm.
 */
import { monotonic } from "./clock";

const Slot = {
  /** Id of the run under way; 0: none. */
  Run: 0,
  StartedAt: 1,
  /** Sum of the finished operations' time, ms. */
  SystemMs: 2,
  /** Start of the operation under way; 0: none. */
  OperationStartedAt: 3,
} as const;

export function newRunClock(): SharedArrayBuffer {
  return new SharedArrayBuffer(Object.keys(Slot).length * Float64Array.BYTES_PER_ELEMENT);
}

export class RunClockWriter {
  readonly #slots: Float64Array;

  constructor(buffer: SharedArrayBuffer) {
    this.#slots = new Float64Array(buffer);
  }

  begin(run: number): void {
    this.#slots[Slot.SystemMs] = 0;
    this.#slots[Slot.OperationStartedAt] = 0;
    this.#slots[Slot.StartedAt] = monotonic();
    this.#slots[Slot.Run] = run;
  }

  /** From here to `leave` it is not the developer's time. Gives what `leave` takes. */
  enter(): number {
    const started = monotonic();
    this.#slots[Slot.OperationStartedAt] = started;
    return started;
  }

  leave(started: number): void {
    this.#slots[Slot.SystemMs] = (this.#slots[Slot.SystemMs] ?? 0) + monotonic() - started;
    this.#slots[Slot.OperationStartedAt] = 0;
  }

  /** Runs `work` as time that is not the developer's. */
  operation<T>(work: () => T): T {
    const started = this.enter();
    try {
      return work();
    } finally {
      this.leave(started);
    }
  }

  /** Times of the run that ends, in ms. */
  end(): { userMs: number; executionMs: number } {
    const executionMs = monotonic() - (this.#slots[Slot.StartedAt] ?? 0);
    const userMs = Math.max(0, executionMs - (this.#slots[Slot.SystemMs] ?? 0));
    this.#slots[Slot.Run] = 0;
    return { userMs, executionMs };
  }
}

export type RunTimes = { run: number; userMs: number; systemMs: number };

/** The run under way; null when the worker is idle. */
export function readRunClock(buffer: SharedArrayBuffer): RunTimes | null {
  const slots = new Float64Array(buffer);
  const run = slots[Slot.Run] ?? 0;
  if (run === 0) return null;
  const now = monotonic();
  const operationStarted = slots[Slot.OperationStartedAt] ?? 0;
  const systemMs = (slots[Slot.SystemMs] ?? 0) + (operationStarted === 0 ? 0 : now - operationStarted);
  return { run, systemMs, userMs: now - (slots[Slot.StartedAt] ?? now) - systemMs };
}
