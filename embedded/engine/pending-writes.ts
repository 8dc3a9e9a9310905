import { keyBody, storedKey } from "../storage/index-keys";
import type { Snapshot } from "../storage/store";
import { documentSize, documentText, storeDocument } from "../storage/stored-document";
import type { DocumentWrite, IndexKey, IndexKeyWrite, JSONObject } from "../storage/types";
import type { TableInfo } from "./catalog";
import type { CheckedDocument } from "./document";

/** A document as the transaction left it; `stored` null: deleted. */
type PendingDocument = {
  table: TableInfo;
  before: string | null;
  keysBefore: readonly IndexKeyWrite[];
  stored: string | null;
  keysAfter: readonly IndexKeyWrite[];
  hasCommitTs: boolean;
};

/** What of one index the transaction changed. Keys that left are hidden from the snapshot; those that came are added. */
export type IndexOverlay = { readonly hidden: ReadonlySet<IndexKey>; readonly added: readonly IndexKey[] };

type Overlay = { hidden: Set<IndexKey>; added: IndexKey[] };

/** The writes of one transaction, by document and by index, with an undo log for savepoints. */
export class PendingWrites {
  readonly #snapshot: Snapshot;
  readonly #documents = new Map<string, PendingDocument>();
  readonly #overlays = new Map<number, Overlay>();
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

  /** Documents that this transaction adds to the table, less those it deletes. */
  countDelta(byId: number): number {
    return this.#countDeltas.get(byId) ?? 0;
  }

  put(table: TableInfo, id: string, checked: CheckedDocument): void {
    this.#write(table, id, {
      stored: storeDocument(checked.text, checked.size),
      keysAfter: documentKeys(table, id, checked.document),
      hasCommitTs: checked.hasCommitTs,
    });
  }

  delete(table: TableInfo, id: string): void {
    this.#write(table, id, { stored: null, keysAfter: [], hasCommitTs: false });
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
        removed: [...pending.keysBefore],
        added: [...pending.keysAfter],
        hasCommitTs: pending.hasCommitTs,
      });
    }
    return writes;
  }

  #write(
    table: TableInfo,
    id: string,
    after: Pick<PendingDocument, "stored" | "keysAfter" | "hasCommitTs">,
  ): void {
    const previous = this.#documents.get(id);
    this.#undo.push({ id, previous });
    if (previous !== undefined) {
      this.#set(id, { ...previous, ...after });
      return;
    }
    const before = this.#snapshot.get(table.byId, id) ?? null;
    const document = before === null ? null : (JSON.parse(documentText(before)) as JSONObject);
    const keysBefore = document === null ? [] : documentKeys(table, id, document);
    this.#set(id, { table, before, keysBefore, ...after });
  }

  /** Replaces what is pending for the document, in all indexes too. Undefined: nothing is pending any more. */
  #set(id: string, next: PendingDocument | undefined): void {
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

/** The keys of a document in all indexes of its table, by_id first. */
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
