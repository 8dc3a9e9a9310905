import type { Snapshot } from "../storage/store";
import { documentText } from "../storage/stored-document";
import type { IndexKey, IndexKeyWrite, JSONObject, ValidatorJSON } from "../storage/types";
import type { AnyIndexInfo, TableInfo } from "./catalog";
import { indexEntries } from "./search/search-entries";
import { checkValue, type IdTable } from "./validator";

/** What to do with each document of a table: make its entries in these indexes, hold it against this validator. */
export type SweepTask = { table: TableInfo; indexes: AnyIndexInfo[]; validator: ValidatorJSON | null };

export type Mismatch = { tableName: string; id: string; text: string };

/** Work of one page: a few milliseconds, so that commits in between hardly wait. */
const PAGE_DOCUMENTS = 500;
const PAGE_BYTES = 512 * 1024;
const PAGE_ENTRIES = 4_000;

/** Goes through all documents of some tables, page by page; stops for good at the first that fails its validator. */
export class TableSweep {
  readonly #tasks: SweepTask[];
  #position: IndexKey = "";
  #mismatch: Mismatch | null = null;
  readonly #unbuilt: Set<number>;

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

  /**
   * One page of the current table. `snapshot` must be the newest state, and nothing may be committed before the
   * entries that this returns are.
   */
  step(snapshot: Snapshot, idTable: IdTable): IndexKeyWrite[] {
    const task = this.#tasks[0];
    if (task === undefined || this.done) return [];
    const entries: IndexKeyWrite[] = [];
    let documents = 0;
    let bytes = 0;
    for (const id of snapshot.keys(task.table.byId, this.#position, null, false)) {
      const stored = snapshot.get(task.table.byId, id);
      if (stored === undefined) continue;
      bytes += stored.length;
      this.#visit(task, id, JSON.parse(documentText(stored)) as JSONObject, entries, idTable);
      this.#position = `${id}\0`;
      if (this.#mismatch !== null) return entries;
      documents++;
      if (documents >= PAGE_DOCUMENTS || bytes >= PAGE_BYTES || entries.length >= PAGE_ENTRIES)
        return entries;
    }
    this.#tasks.shift();
    this.#position = "";
    for (const index of task.indexes) this.#unbuilt.delete(index.number);
    return entries;
  }

  #visit(
    task: SweepTask,
    id: string,
    document: JSONObject,
    entries: IndexKeyWrite[],
    idTable: IdTable,
  ): void {
    for (const index of task.indexes) {
      for (const entry of indexEntries(index, id, document)) entries.push(entry);
    }
    if (task.validator === null) return;
    const { _id, _creationTime, ...fields } = document;
    const text = checkValue(task.validator, fields, idTable);
    if (text !== null) this.#mismatch = { tableName: task.table.name, id, text };
  }
}
