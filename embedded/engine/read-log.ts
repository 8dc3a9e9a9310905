import type { IndexKey, ReadRange, ReadSet } from "../storage/types";
import { DatabaseError } from "./errors";
import type { Limits } from "./limits";

const READ_ADVICE =
  "Consider using smaller limits in your queries, paginating your queries, or using indexed queries with a " +
  "selective index range expressions.";

/** What a transaction has read: ranges for the conflict check, and how much of the limits is used. */
export class ReadLog {
  readonly #limits: Limits;
  readonly #points = new Map<number, Set<IndexKey>>();
  readonly #ranges: ReadRange[] = [];
  documents = 0;
  bytes = 0;
  queries = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Counts one get or one query range. */
  countQuery(): void {
    if (++this.queries <= this.#limits.databaseQueries) return;
    throw new DatabaseError(
      "TooManyReads",
      `Too many reads in a single function execution (limit: ${this.#limits.databaseQueries}). ${READ_ADVICE}`,
    );
  }

  /** Counts a document that was loaded, whether or not a filter then drops it. */
  countDocument(bytes: number): void {
    this.documents++;
    this.bytes += bytes;
    if (this.documents > this.#limits.documentsRead) {
      throw new DatabaseError(
        "TooManyDocumentsRead",
        `Too many documents read in a single function execution (limit: ${this.#limits.documentsRead}). ${READ_ADVICE}`,
      );
    }
    if (this.bytes > this.#limits.bytesRead) {
      throw new DatabaseError(
        "TooManyBytesRead",
        `Too many bytes read in a single function execution (limit: ${this.#limits.bytesRead} bytes). ${READ_ADVICE}`,
      );
    }
  }

  point(index: number, key: IndexKey): void {
    const keys = this.#points.get(index);
    if (keys === undefined) this.#points.set(index, new Set([key]));
    else keys.add(key);
  }

  /** Records a range and returns it, so that a scan can widen it as it goes on. */
  range(index: number, lo: IndexKey, hi: IndexKey | null): ReadRange {
    const range = { index, lo, hi };
    this.#ranges.push(range);
    return range;
  }

  readSet(): ReadSet {
    const ranges = this.#ranges.filter(({ lo, hi }) => hi === null || lo < hi);
    for (const [index, keys] of this.#points) {
      for (const key of keys) ranges.push({ index, lo: key, hi: `${key}\0` });
    }
    return { ranges: ranges.map((range) => ({ ...range })) };
  }
}
