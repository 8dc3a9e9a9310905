import type { Snapshot } from "../storage/store";
import { keyBody, storedKey } from "../storage/index-keys";
import { documentText } from "../storage/stored-document";
import type { IndexKey, IndexKeyWrite, JSONObject, ValidatorJSON } from "../storage/types";
import type { AnyIndexInfo, TableInfo } from "./catalog";
import { EntryBuffer, type BufferedEntry } from "./entry-buffer";
import { indexEntries } from "./search/search-entries";
import { checkValue, type IdTable } from "./validator";

/** What to do with each document of a table: make its entries in these indexes, hold it against this validator. */
export type SweepTask = { table: TableInfo; indexes: AnyIndexInfo[]; validator: ValidatorJSON | null };

export type Mismatch = { tableName: string; id: string; text: string };

/** Work of one page: a few milliseconds, so that commits in between hardly wait. */
const PAGE_DOCUMENTS = 500;
const PAGE_BYTES = 512 * 1024;
/** Those of search indexes, mostly, lie far apart on disk: a commit of more of them costs less for each. */
const PAGE_ENTRIES = 8_000;
/** Entries of a page that only writes what was gathered. */
const SLICE_ENTRIES = 1_000;

/** Goes through all documents of some tables, page by page; stops for good at the first that fails its validator. */
export class TableSweep {
  readonly #tasks: SweepTask[];
  #position: IndexKey = "";
  #mismatch: Mismatch | null = null;
  readonly #unbuilt: Set<number>;
  /** Entries of the current table's database indexes; those of search indexes are written as they come. */
  readonly #buffer = new EntryBuffer();
  /** Whether all documents of the current table have been read. */
  #isRead = false;

  constructor(tasks: SweepTask[]) {
    this.#tasks = tasks.filter(({ indexes, validator }) => indexes.length > 0 || validator !== null);
    this.#unbuilt = new Set(this.#tasks.flatMap(({ indexes }) => indexes.map((index) => index.number)));
  }

  get done(): boolean {
    return this.#tasks.length === 0 || this.#mismatch !== null;
  }

  get mismatch(): Mismatch | null {
    return this.#mismatch;
  }

  isBuilt(index: number): boolean {
    return !this.#unbuilt.has(index);
  }

  /** A document of these tables is about to be committed. */
  noteWritten(id: string): void {
    this.#buffer.noteWritten(id);
  }

  /**
   * One page of the current table: documents read, or entries to be written. `snapshot` must be the newest state, all that was
   * committed until then told by `noteWritten`, and nothing may be committed before the entries that this returns are.
   */
  step(snapshot: Snapshot, idTable: IdTable): IndexKeyWrite[] {
    const task = this.#tasks[0];
    if (task === undefined || this.done) return [];
    const entries = this.#buffer.isDraining
      ? this.#buffer.take(SLICE_ENTRIES, (entry) => currentEntry(task, snapshot, entry))
      : this.#readPage(task, snapshot, idTable);
    if (this.#isRead && !this.#buffer.isDraining) this.#finish(task);
    return entries;
  }

  #finish({ indexes }: SweepTask): void {
    this.#tasks.shift();
    this.#position = "";
    this.#isRead = false;
    for (const { number } of indexes) this.#unbuilt.delete(number);
  }

  /** Entries to be written at once. */
  #readPage(task: SweepTask, snapshot: Snapshot, idTable: IdTable): IndexKeyWrite[] {
    const page: Page = { direct: [], gathered: [] };
    this.#isRead = this.#visitAll(task, snapshot, idTable, page);
    this.#buffer.add(page.gathered);
    if (this.#isRead || this.#buffer.isFull) this.#buffer.drain();
    return page.direct;
  }

  /** Whether that was the last of the table. */
  #visitAll(task: SweepTask, snapshot: Snapshot, idTable: IdTable, page: Page): boolean {
    let documents = 0;
    let bytes = 0;
    for (const id of snapshot.keys(task.table.byId, this.#position, null, false)) {
      const stored = snapshot.get(task.table.byId, id);
      if (stored === undefined) continue;
      bytes += stored.length;
      this.#visit(task, id, JSON.parse(documentText(stored)) as JSONObject, page, idTable);
      this.#position = `${id}\0`;
      if (this.#mismatch !== null) return false;
      documents++;
      const entries = page.direct.length + page.gathered.length;
      if (documents >= PAGE_DOCUMENTS || bytes >= PAGE_BYTES || entries >= PAGE_ENTRIES) return false;
    }
    return true;
  }

  #visit(task: SweepTask, id: string, document: JSONObject, page: Page, idTable: IdTable): void {
    for (const index of task.indexes) {
      if (index.kind === undefined) {
        page.gathered.push({ index, key: storedKey(keyBody(index.paths, document), id), id });
      } else for (const entry of indexEntries(index, id, document)) page.direct.push(entry);
    }
    if (task.validator === null) return;
    const { _id, _creationTime, ...fields } = document;
    const text = checkValue(task.validator, fields, idTable);
    if (text !== null) this.#mismatch = { tableName: task.table.name, id, text };
  }
}

type Page = { direct: IndexKeyWrite[]; gathered: BufferedEntry[] };

/** Of a document that was written since its entry was gathered; null: it is gone. */
function currentEntry(
  { table }: SweepTask,
  snapshot: Snapshot,
  { index, id }: BufferedEntry,
): IndexKeyWrite | null {
  const stored = snapshot.get(table.byId, id);
  if (stored === undefined) return null;
  const document = JSON.parse(documentText(stored)) as JSONObject;
  return { index: index.number, key: storedKey(keyBody(index.paths, document), id) };
}
