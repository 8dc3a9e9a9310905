import type { IndexKeyWrite, ReadSet } from "../storage/types";

/** Handle of one `add`. */
export type RangeHandle = number;

/**
 * Which of many read sets do these written keys hit? Cost of `hit` grows with the keys and with the sets hit,
 * only logarithmically with the sets held.
 */
export class RangeIndex<T> {
  add(_readSet: ReadSet, _token: T): RangeHandle {
    throw new Error("unfinished");
  }

  remove(_handle: RangeHandle): void {
    throw new Error("unfinished");
  }

  hit(_keys: readonly IndexKeyWrite[]): Set<T> {
    throw new Error("unfinished");
  }
}
