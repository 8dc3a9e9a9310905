import { keyBody, storedKey } from "../storage/index-keys";
import type { Snapshot } from "../storage/store";
import { documentSize, documentText, storeDocument } from "../storage/stored-document";
import type { DocumentWrite, IndexKey, IndexKeyWrite, JSONObject } from "../storage/types";
import type { TableInfo } from "./catalog";
import type { CheckedDocument } from "./document";
import { searchEntries } from "./search/search-entries";

/** A document as the transaction left it; `stored` null: deleted. */
type PendingDocument = {
  table: TableInfo;
  before: string | null;
  keysBefore: readonly IndexKeyWrite[];
  stored: string | null;
  keysAfter: readonly IndexKeyWrite[];
  /** Of search and vector indexes. */
  entriesBefore: readonly IndexKeyWrite[];
  entriesAfter: readonly IndexKeyWrite[];
  hasCommitTs: boolean;
};

type After = Pick<PendingDocument, "stored" | "keysAfter" | "entriesAfter" | "hasCommitTs">;

/** What of one index the transaction changed. Keys that left are hidden from the snapshot; those that came are added. */
export type IndexOverlay = { readonly hidden: ReadonlySet<IndexKey>; readonly added: readonly IndexKey[] };

type Overlay = { hidden: Set<IndexKey>; added: IndexKey[] };

/** The writes of one transaction, by document and by index, with an undo log for savepoints. */
export class PendingWrites {
  readonly #snapshot: Snapshot;
  readonly #documents = new Map<string, PendingDocument>();
  readonly #overlays = new Map<number, Overlay>();
  /** Of search indexes: made when a search asks, gone with the next write. */
  readonly #searchOverlays = new Map<number, IndexOverlay>();
  readonly #countDeltas = new Map<number, number>();
  readonly #undo: { id: string; previous: PendingDocument | undefined }[] = [];

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  /** Stored form of the document as this transaction sees it. */
  get(table: TableInfo, id: string): string | undefined {
    const pending = this.#documents.get(id);
    if (pending === undefined) return this.#snapshot.get(table.byId, id);
    return pending.stored ?? undefined;
  }

  overlay(index: number): IndexOverlay | undefined {
    return this.#overlays.get(index);
  }

  /** As `overlay`, for a search index of this table. */
  searchOverlay(table: TableInfo, index: number): IndexOverlay {
    const made = this.#searchOverlays.get(index);
    if (made !== undefined) return made;
    const hidden = new Set<IndexKey>();
    const added: IndexKey[] = [];
    for (const pending of this.#documents.values()) {
      if (pending.table.byId !== table.byId) continue;
      for (const entry of pending.entriesBefore) if (entry.index === index) hidden.add(entry.key);
      for (const entry of pending.entriesAfter) if (entry.index === index) added.push(entry.key);
    }
    const overlay = { hidden, added: added.sort() };
    this.#searchOverlays.set(index, overlay);
    return overlay;
  }

  /** Documents that this transaction adds to the table, less those it deletes. */
  countDelta(byId: number): number {
    return this.#countDeltas.get(byId) ?? 0;
  }

  /** Number of entries of search and vector indexes before and after. */
  put(table: TableInfo, id: string, checked: CheckedDocument): number {
    return this.#write(table, id, {
      stored: storeDocument(checked.text, checked.size),
      keysAfter: documentKeys(table, id, checked.document),
      entriesAfter: searchEntries(table, id, checked.document),
      hasCommitTs: checked.hasCommitTs,
    });
  }

  /** As `put`. */
  delete(table: TableInfo, id: string): number {
    return this.#write(table, id, { stored: null, keysAfter: [], entriesAfter: [], hasCommitTs: false });
  }

  savepoint(): number {
    return this.#undo.length;
  }

  rollbackTo(savepoint: number): void {
    while (this.#undo.length > savepoint) {
      const entry = this.#undo.pop();
      if (entry !== undefined) this.#set(entry.id, entry.previous);
    }
  }

  /** The net writes: none for documents that are as they were. */
  writes(): DocumentWrite[] {
    const writes: DocumentWrite[] = [];
    for (const [id, pending] of this.#documents) {
      if (pending.before === pending.stored) continue;
      const { table } = pending;
      writes.push({
        table: table.number,
        tableName: table.name,
        component: table.component,
        id,
        before: pending.before === null ? null : documentText(pending.before),
        after: pending.stored === null ? null : documentText(pending.stored),
        size: pending.stored === null ? 0 : documentSize(pending.stored),
        removed: [...pending.keysBefore, ...withoutKeysOf(pending.entriesBefore, pending.entriesAfter)],
        added: [...pending.keysAfter, ...changedEntries(pending.entriesBefore, pending.entriesAfter)],
        hasCommitTs: pending.hasCommitTs,
      });
    }
    return writes;
  }

  #write(table: TableInfo, id: string, after: After): number {
    const previous = this.#documents.get(id);
    this.#undo.push({ id, previous });
    if (previous !== undefined) {
      this.#set(id, { ...previous, ...after });
      return previous.entriesBefore.length + after.entriesAfter.length;
    }
    const before = this.#snapshot.get(table.byId, id) ?? null;
    const document = before === null ? null : (JSON.parse(documentText(before)) as JSONObject);
    const keysBefore = document === null ? [] : documentKeys(table, id, document);
    const entriesBefore = document === null ? [] : searchEntries(table, id, document);
    this.#set(id, { table, before, keysBefore, entriesBefore, ...after });
    return entriesBefore.length + after.entriesAfter.length;
  }

  /** Replaces what is pending for the document, in all indexes too. Undefined: nothing is pending any more. */
  #set(id: string, next: PendingDocument | undefined): void {
    this.#searchOverlays.clear();
    const previous = this.#documents.get(id);
    if (previous !== undefined) {
      for (const { index, key } of previous.keysAfter) removeSorted(this.#overlay(index).added, key);
      for (const { index, key } of previous.keysBefore) this.#overlay(index).hidden.delete(key);
      this.#count(previous, -1);
      this.#documents.delete(id);
    }
    if (next === undefined) return;
    this.#documents.set(id, next);
    for (const { index, key } of next.keysBefore) this.#overlay(index).hidden.add(key);
    for (const { index, key } of next.keysAfter) insertSorted(this.#overlay(index).added, key);
    this.#count(next, 1);
  }

  #count({ table, before, stored }: PendingDocument, sign: 1 | -1): void {
    const delta = Number(stored !== null) - Number(before !== null);
    if (delta !== 0) this.#countDeltas.set(table.byId, this.countDelta(table.byId) + sign * delta);
  }

  #overlay(index: number): Overlay {
    let overlay = this.#overlays.get(index);
    if (overlay === undefined) this.#overlays.set(index, (overlay = { hidden: new Set(), added: [] }));
    return overlay;
  }
}

function entryName({ index, key }: IndexKeyWrite): string {
  return `${index} ${key}`;
}

/** The entries whose keys are not among the others'. */
function withoutKeysOf(entries: readonly IndexKeyWrite[], others: readonly IndexKeyWrite[]): IndexKeyWrite[] {
  if (entries.length === 0) return [];
  const names = new Set(others.map(entryName));
  return entries.filter((entry) => !names.has(entryName(entry)));
}

/** What has to be put: entries that are new, or have another value. */
function changedEntries(before: readonly IndexKeyWrite[], after: readonly IndexKeyWrite[]): IndexKeyWrite[] {
  if (after.length === 0) return [];
  const known = new Map(before.map((entry) => [entryName(entry), entry]));
  return after.filter((entry) => {
    const old = known.get(entryName(entry));
    return old === undefined || (entry.value !== undefined && !isSame(entry.value, old.value));
  });
}

function isSame(a: Uint8Array, b: Uint8Array | undefined): boolean {
  return b !== undefined && Buffer.compare(a, b) === 0;
}

/** The keys of a document in the database indexes of its table, by_id first. */
export function documentKeys(table: TableInfo, id: string, document: JSONObject): IndexKeyWrite[] {
  const keys = [{ index: table.byId, key: id }];
  for (const index of table.indexes) {
    keys.push({ index: index.number, key: storedKey(keyBody(index.paths, document), id) });
  }
  return keys;
}

/** Position of the first key not below `key`. */
export function lowerBound(keys: readonly IndexKey[], key: IndexKey): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? "") < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

function insertSorted(keys: IndexKey[], key: IndexKey): void {
  keys.splice(lowerBound(keys, key), 0, key);
}

function removeSorted(keys: IndexKey[], key: IndexKey): void {
  const position = lowerBound(keys, key);
  if (keys[position] === key) keys.splice(position, 1);
}
