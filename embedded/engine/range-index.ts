import type { IndexKey, IndexKeyWrite, ReadRange, ReadSet } from "../storage/types";
import { IntervalTree } from "./interval-tree";
import { isPoint } from "./range-set";

/** Handle of one `add`. */
export type RangeHandle = number;

type Entry<T> = { token: T; ranges: readonly ReadRange[] };
type IndexEntries<T> = { points: Map<IndexKey, Set<Entry<T>>>; intervals: IntervalTree<Entry<T>> };

/**
 * Which of many read sets do these written keys hit? Cost of `hit` grows with the keys and with the sets hit,
 * only logarithmically with the sets held. A token may be added several times; each `add` is removed by itself.
 */
export class RangeIndex<T> {
  readonly #random: () => number;
  readonly #indexes = new Map<number, IndexEntries<T>>();
  readonly #entries = new Map<RangeHandle, Entry<T>>();
  #nextHandle = 0;

  /** `random` in [0, 1): for balance only. */
  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  get size(): number {
    return this.#entries.size;
  }

  add({ ranges }: ReadSet, token: T): RangeHandle {
    const entry = { token, ranges };
    const handle = this.#nextHandle++;
    this.#entries.set(handle, entry);
    for (const range of ranges) {
      const { points, intervals } = this.#of(range.index);
      if (!isPoint(range)) {
        intervals.add(range.lo, range.hi, entry);
        continue;
      }
      const entries = points.get(range.lo);
      if (entries === undefined) points.set(range.lo, new Set([entry]));
      else entries.add(entry);
    }
    return handle;
  }

  remove(handle: RangeHandle): void {
    const entry = this.#entries.get(handle);
    if (entry === undefined) return;
    this.#entries.delete(handle);
    for (const range of entry.ranges) {
      const { points, intervals } = this.#of(range.index);
      if (isPoint(range)) {
        const entries = points.get(range.lo);
        entries?.delete(entry);
        if (entries?.size === 0) points.delete(range.lo);
      } else intervals.delete(range.lo, range.hi, entry);
      if (points.size === 0 && intervals.isEmpty) this.#indexes.delete(range.index);
    }
  }

  /** `dropped`: indexes that ceased to be, which hits whatever read them. */
  hit(keys: readonly IndexKeyWrite[], dropped: readonly number[] = []): Set<T> {
    const found = new Set<Entry<T>>();
    for (const entry of dropped.length === 0 ? [] : this.#entries.values()) {
      if (entry.ranges.some(({ index }) => dropped.includes(index))) found.add(entry);
    }
    for (const { index, key } of keys) {
      const entries = this.#indexes.get(index);
      if (entries === undefined) continue;
      for (const entry of entries.points.get(key) ?? []) found.add(entry);
      entries.intervals.collect(key, found);
    }
    return new Set([...found].map(({ token }) => token));
  }

  #of(index: number): IndexEntries<T> {
    let entries = this.#indexes.get(index);
    if (entries === undefined) {
      entries = { points: new Map(), intervals: new IntervalTree(this.#random) };
      this.#indexes.set(index, entries);
    }
    return entries;
  }
}
