import type { IndexKeyWrite, ReadSet, Ts } from "../storage/types";
import { RangeSet } from "./range-set";

export type LogEntry = {
  ts: Ts;
  keys: readonly IndexKeyWrite[];
  /** Indexes that ceased to be: all ranges of them have changed. */
  dropped: readonly number[];
};

/** Newer entries are kept for runs that are on an older snapshot, within MAX_KEYS. */
const MIN_AGE_NS = 30_000_000_000n;
/** About 150 bytes each. */
const MAX_KEYS = 300_000;
/** Trimmed entries are given back to the collector once there are this many. */
const COMPACT_AT = 1_024;

/** What was written lately, for conflict checks and for telling how long a result stands. */
export class WriteLog {
  #entries: LogEntry[] = [];
  #first = 0;
  #keyCount = 0;
  /** The log knows all writes after this timestamp. */
  #completeSince: Ts;

  constructor(startTs: Ts) {
    this.#completeSince = startTs;
  }

  append(entry: LogEntry): void {
    this.#entries.push(entry);
    this.#keyCount += entry.keys.length;
    this.#trim(entry.ts);
  }

  /** The first write in (since, upTo] that touches the read set: null = none, "unknown" = trimmed too far. */
  firstTouch(
    readSet: ReadSet,
    since: Ts,
    upTo: Ts,
  ): { ts: Ts; write: IndexKeyWrite | null } | null | "unknown" {
    if (since < this.#completeSince) return "unknown";
    let position = this.#positionAfter(since);
    let entry = this.#entries[position];
    if (entry === undefined || entry.ts > upTo) return null;
    const ranges = new RangeSet(readSet);
    for (; entry !== undefined && entry.ts <= upTo; entry = this.#entries[++position]) {
      const write = entry.keys.find(({ index, key }) => ranges.has(index, key));
      if (write !== undefined) return { ts: entry.ts, write };
      if (entry.dropped.some((index) => ranges.readsIndex(index))) return { ts: entry.ts, write: null };
    }
    return null;
  }

  #positionAfter(ts: Ts): number {
    let low = this.#first;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#entries[middle]?.ts ?? 0n) <= ts) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #trim(now: Ts): void {
    for (;;) {
      const oldest = this.#entries[this.#first];
      // The newest entry always stays.
      if (oldest === undefined || this.#first === this.#entries.length - 1) break;
      if (now - oldest.ts <= MIN_AGE_NS && this.#keyCount <= MAX_KEYS) break;
      this.#keyCount -= oldest.keys.length;
      this.#completeSince = oldest.ts;
      this.#first++;
    }
    if (this.#first < COMPACT_AT) return;
    this.#entries = this.#entries.slice(this.#first);
    this.#first = 0;
  }
}
