/**
 * The newest function executions, in memory, for clients that poll: `convex logs`, `convex dev`.
 * It holds no log of requests that never reached a function.
 */

const HISTORY_ENTRIES = 1000;
/** Room for the history, in the unit of `sizeOf`; the newest entry is kept whatever its size. */
const HISTORY_SIZE = 16 * 1024 * 1024;
/** A poll with nothing new is answered, empty, after this long (ms). */
const POLL_TIMEOUT_MS = 60_000;

export type LogPage<Entry> = { entries: Entry[]; newCursor: number };

export class ExecutionLog<Entry> {
  readonly #entries: { cursor: number; entry: Entry; size: number }[] = [];
  readonly #waiters = new Set<() => void>();
  readonly #now: () => number;
  readonly #sizeOf: (entry: Entry) => number;
  #size = 0;
  #lastCursor = 0;

  /** `now`: Unix ms. `sizeOf`: characters that keeping the entry costs. */
  constructor(now: () => number, sizeOf: (entry: Entry) => number) {
    this.#now = now;
    this.#sizeOf = sizeOf;
  }

  /** Cursors are Unix ms, made unique and increasing by a fraction, so that no entry is shown twice or skipped. */
  append(entry: Entry): void {
    const now = this.#now();
    this.#lastCursor = now > this.#lastCursor ? now : this.#lastCursor + 0.001;
    const size = this.#sizeOf(entry);
    this.#entries.push({ cursor: this.#lastCursor, entry, size });
    this.#size += size;
    while (
      this.#entries.length > HISTORY_ENTRIES ||
      (this.#size > HISTORY_SIZE && this.#entries.length > 1)
    ) {
      this.#size -= this.#entries.shift()?.size ?? 0;
    }
    for (const wake of this.#waiters) wake();
  }

  /**
   * Entries after `cursor`. With cursor 0 the history at once; else waits for a first entry, at most a minute or
   * until `signal` ends (the client went away, the server stops).
   */
  async poll(cursor: number, signal: AbortSignal): Promise<LogPage<Entry>> {
    const head = this.#page(cursor);
    // A client whose cursor lies in the future (the clock went back) would otherwise wait for ever.
    if (cursor === 0 || head.entries.length > 0 || cursor > this.#now() + POLL_TIMEOUT_MS) return head;
    await this.#waitForEntry(signal);
    return this.#page(cursor);
  }

  #page(cursor: number): LogPage<Entry> {
    const newer = this.#entries.filter((item) => item.cursor > cursor);
    // What is appended from now on must lie after a cursor that was handed out.
    if (cursor === 0) this.#lastCursor = Math.max(this.#lastCursor, this.#now());
    const newest = newer.at(-1)?.cursor ?? (cursor === 0 ? this.#lastCursor : cursor);
    return { entries: newer.map((item) => item.entry), newCursor: newest };
  }

  #waitForEntry(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#waiters.delete(wake);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      const timer = setTimeout(wake, POLL_TIMEOUT_MS);
      this.#waiters.add(wake);
      signal.addEventListener("abort", wake);
      if (signal.aborted) wake();
    });
  }
}
