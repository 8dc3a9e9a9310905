import type { IndexKey, ReadSet } from "../storage/types";

type Interval = { lo: IndexKey; hi: IndexKey | null };
type IndexRanges = { points: Set<IndexKey>; intervals: Interval[] };

/** Exactly one key: what reading a document by its id records. */
export function isPoint({ lo, hi }: Interval): boolean {
  return hi !== null && hi.length === lo.length + 1 && hi.endsWith("\0") && hi.startsWith(lo);
}

/** A read set prepared for many membership tests: points hashed, ranges of each index sorted and without overlap. */
export class RangeSet {
  readonly #indexes = new Map<number, IndexRanges>();

  constructor(readSet: ReadSet) {
    for (const range of readSet.ranges) {
      let ranges = this.#indexes.get(range.index);
      if (ranges === undefined)
        this.#indexes.set(range.index, (ranges = { points: new Set(), intervals: [] }));
      if (isPoint(range)) ranges.points.add(range.lo);
      else ranges.intervals.push(range);
    }
    for (const ranges of this.#indexes.values()) ranges.intervals = merge(ranges.intervals);
  }

  readsIndex(index: number): boolean {
    return this.#indexes.has(index);
  }

  has(index: number, key: IndexKey): boolean {
    const ranges = this.#indexes.get(index);
    if (ranges === undefined) return false;
    return ranges.points.has(key) || contains(ranges.intervals, key);
  }
}

function merge(intervals: Interval[]): Interval[] {
  const sorted = intervals.sort((a, b) => (a.lo < b.lo ? -1 : a.lo > b.lo ? 1 : 0));
  const merged: Interval[] = [];
  for (const { lo, hi } of sorted) {
    const last = merged.at(-1);
    if (last === undefined || (last.hi !== null && last.hi < lo)) merged.push({ lo, hi });
    else if (last.hi !== null && (hi === null || hi > last.hi)) last.hi = hi;
  }
  return merged;
}

function contains(intervals: readonly Interval[], key: IndexKey): boolean {
  let low = 0;
  let high = intervals.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const interval = intervals[middle];
    if (interval !== undefined && interval.lo <= key) low = middle + 1;
    else high = middle;
  }
  const candidate = intervals[low - 1];
  return candidate !== undefined && (candidate.hi === null || key < candidate.hi);
}
