import { isCut, keyBody, MAX_BODY } from "../storage/index-keys";
import { prefixEnd } from "../storage/key-encoding";
import type { Snapshot } from "../storage/store";
import { documentText } from "../storage/stored-document";
import type { IndexKey, JSONObject, ReadRange } from "../storage/types";
import type { IndexInfo, TableInfo } from "./catalog";
import { lowerBound, type PendingWrites } from "./pending-writes";
import type { ReadLog } from "./read-log";

/** Closed-open range of full keys. */
export type KeyBounds = { lo: string; hi: string | null };

/** An entry of an index; `key` is its full key. */
export type ScanRow = { key: string; id: string };

/** `index` null: by_id. */
export type ScanSource = { table: TableInfo; index: IndexInfo | null; bounds: KeyBounds; reverse: boolean };

/**
 * Walks a range of an index as the transaction sees it: the snapshot without what the transaction hid, with what it added, writes made
 * while the walk is on included. What has been walked is in the read log at every moment, and nothing beyond.
 */
export class IndexScan {
  readonly #source: ScanSource;
  readonly #indexNumber: number;
  readonly #snapshot: Snapshot;
  readonly #pending: PendingWrites;
  readonly #reads: ReadLog;
  readonly #lo: IndexKey;
  readonly #hi: IndexKey | null;
  /** Whether stored bounds are wider than the full ones, so that rows have to be checked. */
  readonly #widened: boolean;
  #walked: ReadRange | null = null;
  #iterator: IterableIterator<IndexKey> | null = null;
  /** Next key of the snapshot: undefined = not fetched yet, null = there is none. */
  #peeked: IndexKey | null | undefined;
  #last: IndexKey | null = null;
  #group: ScanRow[] = [];
  #done: boolean;

  constructor(source: ScanSource, snapshot: Snapshot, pending: PendingWrites, reads: ReadLog) {
    const { lo, hi } = source.bounds;
    this.#source = source;
    this.#indexNumber = source.index?.number ?? source.table.byId;
    this.#snapshot = snapshot;
    this.#pending = pending;
    this.#reads = reads;
    const cutLo = source.index !== null && lo.length > MAX_BODY;
    const cutHi = source.index !== null && hi !== null && hi.length > MAX_BODY;
    this.#lo = cutLo ? lo.slice(0, MAX_BODY) : lo;
    this.#hi = cutHi ? prefixEnd(hi.slice(0, MAX_BODY)) : hi;
    this.#widened = cutLo || cutHi;
    this.#done = hi !== null && lo >= hi;
  }

  /** Null at the end, for good. */
  next(): ScanRow | null {
    for (;;) {
      const row = this.#group.pop() ?? this.#nextStored();
      if (row === null) return null;
      if (!this.#widened || this.#isInside(row.key)) return row;
    }
  }

  close(): void {
    this.#done = true;
    this.#group = [];
    this.#iterator?.return?.();
    this.#iterator = null;
  }

  #isInside(key: string): boolean {
    const { lo, hi } = this.#source.bounds;
    return key >= lo && (hi === null || key < hi);
  }

  #nextStored(): ScanRow | null {
    const key = this.#advance();
    if (key === null) return null;
    const { idLength } = this.#source.table;
    if (this.#source.index === null) return { key, id: key };
    if (!isCut(key, idLength)) return { key, id: key.slice(-idLength) };
    return this.#enterGroup(key, this.#source.index);
  }

  /** Loads all documents whose keys begin with the same cut bytes and puts them in order of their full keys. */
  #enterGroup(first: IndexKey, index: IndexInfo): ScanRow | null {
    const { table, reverse } = this.#source;
    const prefix = first.slice(0, MAX_BODY);
    const keys = [first];
    for (let key = this.#peekMerged(); key?.startsWith(prefix) === true; key = this.#peekMerged()) {
      keys.push(key);
      this.#advance();
    }
    this.#recordUpTo(reverse ? prefix : prefixEnd(prefix));
    const rows: ScanRow[] = [];
    for (const key of keys) {
      const id = key.slice(-table.idLength);
      const stored = this.#pending.get(table, id);
      if (stored === undefined) continue;
      const document = JSON.parse(documentText(stored)) as JSONObject;
      rows.push({ key: keyBody(index.paths, document) + id, id });
    }
    // Taken from the end, so the first to come is last.
    rows.sort((a, b) => (a.key < b.key === reverse ? -1 : 1));
    this.#group = rows;
    return this.#group.pop() ?? this.#nextStored();
  }

  /** Moves to the next stored key of the merged view. */
  #advance(): IndexKey | null {
    if (this.#done) return null;
    const key = this.#peekMerged();
    this.#last = key;
    if (key === null) {
      this.#recordUpTo(this.#source.reverse ? this.#lo : this.#hi);
      this.close();
      return null;
    }
    if (key === this.#peeked) this.#peeked = undefined;
    this.#recordUpTo(this.#source.reverse ? key : `${key}\0`);
    return key;
  }

  #peekMerged(): IndexKey | null {
    if (this.#done) return null;
    const overlay = this.#pending.overlay(this.#indexNumber);
    this.#peekSnapshot(overlay?.hidden);
    const ours = overlay === undefined ? null : this.#nextAdded(overlay.added);
    const theirs = this.#peeked ?? null;
    if (ours === null || theirs === null) return ours ?? theirs;
    return ours < theirs === this.#source.reverse ? theirs : ours;
  }

  #peekSnapshot(hidden: ReadonlySet<IndexKey> | undefined): void {
    if (this.#peeked === null) return;
    const { reverse } = this.#source;
    this.#iterator ??= this.#snapshot.keys(this.#indexNumber, this.#lo, this.#hi, reverse);
    while (this.#peeked === undefined || (this.#peeked !== null && hidden?.has(this.#peeked) === true)) {
      const { value, done } = this.#iterator.next() as IteratorResult<IndexKey, undefined>;
      this.#peeked = done === true ? null : value;
      if (this.#peeked === null) return;
    }
  }

  /** The transaction's own next key after the last one walked. */
  #nextAdded(added: readonly IndexKey[]): IndexKey | null {
    if (this.#source.reverse) {
      const limit = this.#last ?? this.#hi;
      const position = limit === null ? added.length : lowerBound(added, limit);
      const key = added[position - 1];
      return key !== undefined && key >= this.#lo ? key : null;
    }
    const from = this.#last === null ? this.#lo : `${this.#last}\0`;
    const key = added[lowerBound(added, from)];
    return key !== undefined && (this.#hi === null || key < this.#hi) ? key : null;
  }

  #recordUpTo(limit: IndexKey | null): void {
    if (this.#source.reverse) {
      this.#walked ??= this.#reads.range(this.#indexNumber, this.#hi ?? "", this.#hi);
      this.#walked.lo = limit ?? "";
    } else {
      this.#walked ??= this.#reads.range(this.#indexNumber, this.#lo, this.#lo);
      this.#walked.hi = limit;
    }
  }
}
