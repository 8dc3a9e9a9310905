/**
 * How much memory a thread takes, told from outside it: V8's own limit for a worker cannot be used for that, since an
 * allocation that does not fit below it ends the whole process, and array buffers lie outside it anyway.
 */
import { readFileSync, readlinkSync } from "node:fs";

/** What the threads of one kind have to do. `bytes`: heap and array buffers of each, as it last told. */
export type ThreadLoad = { running: number; waiting: number; bytes: number[] };

const PAGE_BYTES = 4096;

/** Names the calling thread below /proc; null where the system has no such thing. Call it in the worker. */
export function ownThread(): string | null {
  try {
    return readlinkSync("/proc/thread-self");
  } catch {
    return null;
  }
}

/**
 * Tells whether a thread has taken more memory than it may since `begin`: the process has grown by so much, and the thread itself
 * has touched as many fresh pages. Where the system does not tell about threads, growth of the process has to do.
 */
export class GrowthMeter {
  #process = 0;
  #thread = 0;

  constructor(
    readonly limitBytes: number,
    readonly processBytes: () => number = residentBytes,
    readonly touchedBytes: (thread: string) => number | null = touchedByThread,
  ) {}

  begin(thread: string | null): void {
    this.#process = this.processBytes();
    this.#thread = thread === null ? 0 : (this.touchedBytes(thread) ?? 0);
  }

  isOver(thread: string | null): boolean {
    if (this.processBytes() - this.#process <= this.limitBytes) return false;
    if (thread === null) return true;
    const touched = this.touchedBytes(thread);
    return touched === null || touched - this.#thread > this.limitBytes;
  }
}

/** Memory of the process without that of mapped files, where the system tells. */
function residentBytes(): number {
  try {
    const [, resident, shared] = readFileSync("/proc/self/statm", "latin1").split(" ").map(Number);
    return ((resident ?? 0) - (shared ?? 0)) * PAGE_BYTES;
  } catch {
    return process.memoryUsage.rss();
  }
}

/** Pages that the thread was the first to touch, from its count of minor faults. */
function touchedByThread(thread: string): number | null {
  try {
    const stat = readFileSync(`/proc/${thread}/stat`, "latin1");
    // The name before it may hold anything; what follows its bracket are numbers: state, ppid, …, minor faults eighth.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return Number(fields[7]) * PAGE_BYTES;
  } catch {
    return null;
  }
}
