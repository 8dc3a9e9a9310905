import { prefixEnd } from "../../storage/key-encoding";
import type { IndexKey } from "../../storage/types";
import type { SearchIndexInfo, TableInfo } from "../catalog";
import { lowerBound } from "../pending-writes";
import type { StreamContext } from "../stream-context";

/** The entries of one search index as the transaction sees it: its own writes included. */
export class SearchIndexReader {
  readonly #index: number;
  readonly #context: StreamContext;
  readonly #hidden: ReadonlySet<IndexKey>;
  readonly #added: readonly IndexKey[];

  constructor(table: TableInfo, index: SearchIndexInfo, context: StreamContext) {
    this.#index = index.number;
    this.#context = context;
    const { hidden, added } = context.pending.searchOverlay(table, index.number);
    this.#hidden = hidden;
    this.#added = added;
  }

  /** Makes the transaction depend on all entries that begin so. */
  record(prefix: IndexKey): void {
    this.#context.reads.range(this.#index, prefix, prefixEnd(prefix));
  }

  /** Keys of [lo, hi) in order. */
  *keys(lo: IndexKey, hi: IndexKey | null): Generator<IndexKey> {
    const stored = this.#context.snapshot.keys(this.#index, lo, hi, false);
    let position = lowerBound(this.#added, lo);
    const end = hi === null ? this.#added.length : lowerBound(this.#added, hi);
    for (const key of stored) {
      if (this.#hidden.has(key)) continue;
      for (; position < end && this.#addedAt(position) < key; position++) yield this.#addedAt(position);
      yield key;
    }
    for (; position < end; position++) yield this.#addedAt(position);
  }

  /** The first key of [lo, hi); null if there is none. */
  first(lo: IndexKey, hi: IndexKey | null): IndexKey | null {
    for (const key of this.keys(lo, hi)) return key;
    return null;
  }

  /** Number of keys that begin so. */
  count(prefix: IndexKey): number {
    const hi = prefixEnd(prefix);
    let count = this.#context.snapshot.countKeys(this.#index, prefix, hi);
    for (const key of this.#hidden) if (key.startsWith(prefix)) count--;
    for (let i = lowerBound(this.#added, prefix); this.#added[i]?.startsWith(prefix) === true; i++) count++;
    return count;
  }

  /** What the committer has stored under a key. */
  stored(key: IndexKey): string | undefined {
    return this.#context.snapshot.get(this.#index, key);
  }

  /** The transaction's own entries that begin so. */
  own(prefix: IndexKey): { hidden: IndexKey[]; added: IndexKey[] } {
    return {
      hidden: [...this.#hidden].filter((key) => key.startsWith(prefix)),
      added: this.#added.filter((key) => key.startsWith(prefix)),
    };
  }

  #addedAt(position: number): IndexKey {
    return this.#added[position] ?? "";
  }
}
