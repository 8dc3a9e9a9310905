import type { IndexKey, IndexKeyWrite } from "../storage/types";
import type { IndexInfo } from "./catalog";

export type BufferedEntry = { index: IndexInfo; key: IndexKey; id: string };

/** About 150 bytes an entry, and bounded where keys are long. */
const MAX_ENTRIES = 64_000;
const MAX_KEY_BYTES = 16 * 1024 * 1024;

/**
 * Entries of indexes that are being built, gathered in the order of the documents and written in the order of the keys: neighbours
 * in an index lie on one page, and a page is written as a whole for each commit that touches it.
 */
export class EntryBuffer {
  /** Sorted runs, each at least twice as long as the next: merging costs little at any one time. */
  #runs: BufferedEntry[][] = [];
  #size = 0;
  #keyBytes = 0;
  #sorted: readonly BufferedEntry[] = [];
  #next = 0;
  /** Documents that were written after their entries may have been gathered. */
  readonly #written = new Set<string>();

  get isFull(): boolean {
    return this.#size >= MAX_ENTRIES || this.#keyBytes >= MAX_KEY_BYTES;
  }

  /** Whether there are entries to be taken. */
  get isDraining(): boolean {
    return this.#next < this.#sorted.length;
  }

  add(entries: BufferedEntry[]): void {
    this.#size += entries.length;
    for (const { key } of entries) this.#keyBytes += key.length;
    this.#runs.push(entries.sort(compare));
    for (;;) {
      const [last, before] = [this.#runs.at(-1), this.#runs.at(-2)];
      if (last === undefined || before === undefined || before.length >= 2 * last.length) return;
      this.#runs.splice(-2, 2, merged(before, last));
    }
  }

  /** From now on entries are taken; more are added only when all of these are gone. */
  drain(): void {
    this.#sorted = this.#runs.reduceRight((after, run) => merged(run, after), []);
    this.#next = 0;
    this.#runs = [];
    this.#size = 0;
    this.#keyBytes = 0;
  }

  /** The document has been written: what was gathered of it is not to be relied on. */
  noteWritten(id: string): void {
    this.#written.add(id);
  }

  /**
   * The next entries in order. `current` gives the entry that a document has by now, where it has been written since, or null
   * if it is gone.
   */
  take(count: number, current: (entry: BufferedEntry) => IndexKeyWrite | null): IndexKeyWrite[] {
    const taken: IndexKeyWrite[] = [];
    const end = Math.min(this.#next + count, this.#sorted.length);
    for (; this.#next < end; this.#next++) {
      const entry = this.#sorted[this.#next];
      if (entry === undefined) break;
      const write = this.#written.has(entry.id)
        ? current(entry)
        : { index: entry.index.number, key: entry.key };
      if (write !== null) taken.push(write);
    }
    if (!this.isDraining) {
      this.#sorted = [];
      this.#next = 0;
      this.#written.clear();
    }
    return taken;
  }
}

function compare(a: BufferedEntry, b: BufferedEntry): number {
  if (a.index.number !== b.index.number) return a.index.number - b.index.number;
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

function merged(a: readonly BufferedEntry[], b: readonly BufferedEntry[]): BufferedEntry[] {
  const result: BufferedEntry[] = [];
  let left = 0;
  let right = 0;
  for (;;) {
    const first = a[left];
    const second = b[right];
    if (first === undefined || second === undefined) break;
    if (compare(first, second) <= 0) {
      result.push(first);
      left++;
    } else {
      result.push(second);
      right++;
    }
  }
  return result.concat(a.slice(left), b.slice(right));
}
