import { decodeId, encodeId, INTERNAL_ID_RANDOM_BYTES, newInternalId } from "../storage/ids";
import type { Snapshot } from "../storage/store";
import { documentSize, documentText } from "../storage/stored-document";
import type { JSONObject, JSONValue, TransactionOutcome, TransactionUsage } from "../storage/types";
import {
  CATALOG_INDEX,
  idTableResolver,
  tableKey,
  type Catalog,
  type TableInfo,
  type TableView,
} from "./catalog";
import { checkDocument, isObject } from "./document";
import { DatabaseError, NeedsTable } from "./errors";
import type { Limits } from "./limits";
import {
  checkRestoredId,
  checkSystemFields,
  checkTable,
  notAnObject,
  undecodable,
  wrongSystem,
} from "./operation-errors";
import { checkPageOptions, readPage } from "./page";
import { planQuery, queryTableName, type QueryPlan } from "./query-plan";
import { QueryStream } from "./query-stream";
import type { Page, PageOptions, SerializedQuery } from "./query-types";
import { TABLE_LIST, TableListStream } from "./table-list";
import { TransactionState, type TransactionMetrics } from "./transaction-state";
import { checkValue } from "./validator";
import { physicalIdOf, renumberId, virtualDocument } from "./virtual-documents";

export { DatabaseError, NeedsTable } from "./errors";
export type { Page, PageOptions, SerializedQuery } from "./query-types";

/**
 * Who touches the database: `user` code may not touch tables whose names begin with `_`, but for reading
 * the virtual ones through `isSystem`; `system` code may touch all. Each method takes it as its last argument, so that the
 * runtime can write `_scheduled_jobs` inside a user's mutation; default: the `system` option of the transaction.
 */
export type Access = "user" | "system";

export type TransactionOptions = {
  snapshot: Snapshot;
  catalog: Catalog;
  kind: "query" | "mutation";
  component: string;
  /** Unix ms, may be fractional; the `_creationTime` of the first insert. */
  beginTime: number;
  /** Source of the random part of new ids. */
  randomBytes: (length: number) => Uint8Array;
  system: boolean;
  limits?: Partial<Limits>;
};

/**
 * One transaction on a snapshot, as one component sees it: synchronous, no I/O but LMDB reads. Buffers its writes, which its
 * own reads see, and records what it read. Holds no lock; the committer decides whether its outcome stands. Does not own the
 * snapshot: the caller closes that after the run. Errors of its methods are DatabaseErrors unless said otherwise.
 */
export class Transaction {
  readonly #options: TransactionOptions;
  readonly #access: Access;
  /** Shared with the views of other components. */
  readonly #state: TransactionState;
  readonly #streams = new Map<number, QueryStream | TableListStream | null>();
  readonly #idTable: (text: string) => string | null;
  #nextQueryId = 0;

  constructor(options: TransactionOptions, state = new TransactionState(options)) {
    this.#options = options;
    this.#access = options.system ? "system" : "user";
    this.#state = state;
    this.#idTable = idTableResolver(options.catalog, options.component);
    state.views.set(options.component, this);
  }

  /** The same transaction as another component sees it, with that one's tables: one read set, one set of writes and limits. */
  in(component: string): Transaction {
    const { views } = this.#state;
    return views.get(component) ?? new Transaction({ ...this.#options, component }, this.#state);
  }

  get component(): string {
    return this.#options.component;
  }

  get catalog(): Catalog {
    return this.#options.catalog;
  }

  /** Whether there is the component at all, mounted or not. */
  hasComponent(): boolean {
    return this.#options.catalog.table(this.#options.component, "_modules") !== null;
  }

  /** JSON text of the document, or null. `table`: the table that the caller says the id is of. */
  get(id: string, o: { isSystem: boolean; table?: string | null }, access = this.#access): string | null {
    const view = this.#viewOfId(id, "db.get");
    if (view === null || this.#isPrivate(view, access)) return null;
    checkTable(view, o.table, "db.get");
    if (access === "user" && o.isSystem !== view.table.isSystem) throw wrongSystem(o.isSystem);
    const stored = this.#read(view.table, physicalIdOf(view, id));
    if (stored === null) return null;
    const text = documentText(stored);
    return view.virtual === null ? text : virtualDocument(view.virtual, text);
  }

  /** Text id of the new document. Throws NeedsTable for a table that does not exist yet. */
  insert(tableName: string, value: JSONValue, access = this.#access): string {
    this.#checkWritable(tableName, access);
    if (!isObject(value)) throw notAnObject("db.insert");
    if (Object.hasOwn(value, "_id") || Object.hasOwn(value, "_creationTime")) {
      throw new DatabaseError(
        "InvalidArgument",
        "A new document cannot bring its own `_id` or `_creationTime`.",
      );
    }
    const table = this.#options.catalog.table(this.#options.component, tableName);
    if (table === null) throw new NeedsTable(this.#options.component, tableName);
    const id = this.#newId(table);
    this.#put(table, id, value, this.#state.creationTimes.next());
    return id;
  }

  /** As `insert`, of a document that may bring its own id and creation time (Unix ms). Does not create the table. */
  restore(
    tableName: string,
    fields: JSONObject,
    given: { id: string | null; creationTime: number | null },
  ): string {
    const table = this.#options.catalog.table(this.#options.component, tableName);
    if (table === null) throw new NeedsTable(this.#options.component, tableName);
    const id = given.id ?? this.#newId(table);
    if (given.id !== null) checkRestoredId(table, id, this.#read(table, id) !== null);
    this.#put(table, id, fields, given.creationTime ?? this.#state.creationTimes.next());
    return id;
  }

  /** Merges at the top level; `{"$undefined": null}` removes a field. JSON text of the new document. */
  patch(id: string, value: JSONValue, table?: string | null, access = this.#access): string {
    if (!isObject(value)) throw notAnObject("db.patch");
    const { info, stored } = this.#forWrite(id, table, "db.patch", "Update", access);
    const current = JSON.parse(documentText(stored)) as JSONObject;
    checkSystemFields(value, current);
    const fields = new Map(Object.entries(current));
    for (const [name, field] of Object.entries(value)) {
      if (isObject(field) && Object.hasOwn(field, "$undefined")) fields.delete(name);
      else fields.set(name, field);
    }
    return this.#put(info, id, Object.fromEntries(fields), current["_creationTime"] as number, stored);
  }

  /** JSON text of the new document. */
  replace(id: string, value: JSONValue, table?: string | null, access = this.#access): string {
    if (!isObject(value)) throw notAnObject("db.replace");
    const { info, stored } = this.#forWrite(id, table, "db.replace", "Replace", access);
    const current = JSON.parse(documentText(stored)) as JSONObject;
    checkSystemFields(value, current);
    return this.#put(info, id, value, current["_creationTime"] as number, stored);
  }

  /** JSON text of the deleted document. */
  remove(id: string, table?: string | null, access = this.#access): string {
    const { info, stored } = this.#forWrite(id, table, "db.delete", "Delete", access);
    this.#state.meter.countWrite(documentSize(stored), info.isSystem);
    this.#state.meter.countSearchEntries(this.#state.pending.delete(info, id));
    return documentText(stored);
  }

  /** The id's text if it is one of `table`, else null. */
  normalizeId(tableName: string, text: string, access = this.#access): string | null {
    const id = decodeId(text);
    const view =
      id === null ? null : this.#options.catalog.viewByNumber(this.#options.component, id.tableNumber);
    if (view === null || this.#isPrivate(view, access)) return null;
    return (view.virtual?.name ?? view.table.name) === tableName ? text : null;
  }

  /** Documents of the table, the transaction's own included. Depends on the whole table, counts none of them as read. */
  count(tableName: string, access = this.#access): number {
    this.#state.reads.countQuery();
    const view = this.#viewOfTable(tableName, access);
    if (view === null) return 0;
    const { byId } = view.table;
    this.#state.reads.range(byId, "", null);
    return this.#options.snapshot.count(byId) + this.#state.pending.countDelta(byId);
  }

  openQuery(query: SerializedQuery, access = this.#access): number {
    this.#state.reads.countQuery();
    const queryId = this.#nextQueryId++;
    this.#streams.set(queryId, this.#stream(query, access));
    return queryId;
  }

  /** JSON text of the next document; null at the end, after which the query is closed. */
  next(queryId: number): string | null {
    const stream = this.#streams.get(queryId);
    if (stream === undefined) throw new DatabaseError("QueryNotFound", "in-progress query not found");
    const text = stream?.next() ?? null;
    if (text === null) this.closeQuery(queryId);
    return text;
  }

  /** Whether there was such a query. */
  closeQuery(queryId: number): boolean {
    this.#streams.get(queryId)?.close();
    return this.#streams.delete(queryId);
  }

  page(query: SerializedQuery, options: PageOptions, access = this.#access): Page {
    checkPageOptions(options);
    this.#state.reads.countQuery();
    const plan = this.#plan(query, access);
    return readPage(
      plan,
      query,
      options,
      this.#state.limits,
      this.#options.catalog.cursorKey,
      this.#state.context,
    );
  }

  /** Marks a point to which `rollbackTo` undoes all writes, in every component; reads stay recorded. Savepoints nest. */
  savepoint(): number {
    return this.#state.savepoint();
  }

  /** Undoes what was written since; the savepoint stays. */
  rollbackTo(savepoint: number): void {
    this.#state.rollbackTo(savepoint);
  }

  /** Forgets the savepoint and those inside it; what was written stays. */
  release(savepoint: number): void {
    this.#state.release(savepoint);
  }

  /** The id under which user code knows a document of a table with a virtual view (`_scheduled_jobs` -> `_scheduled_functions`). */
  virtualId(id: string): string {
    const view = this.#viewOfId(id, "db.get");
    const virtual = view === null ? null : this.#options.catalog.virtualOf(view.table);
    return virtual === null ? id : renumberId(id, virtual.number);
  }

  /** The reverse of `virtualId`; null if it is no id of that virtual table. */
  physicalId(virtualTable: string, id: string): string | null {
    const decoded = decodeId(id);
    const view = this.#options.catalog.view(this.#options.component, virtualTable);
    if (decoded === null || decoded.tableNumber !== view?.virtual?.number) return null;
    return encodeId(view.table.number, decoded.internal);
  }

  /** Name of the table or view that the id belongs to; for validators. */
  tableOfId(text: string): string | null {
    return this.#idTable(text);
  }

  /** Counts a scheduled function toward the limits; throws when over. */
  countScheduled(argsBytes: number): void {
    this.#state.meter.countScheduled(argsBytes);
  }

  usage(): TransactionUsage {
    return this.#state.usage();
  }

  /** `1.0/getTransactionMetrics`. */
  metrics(): TransactionMetrics {
    return this.#state.metrics();
  }

  /** Ends the transaction: closes its queries and says what it did. */
  outcome(): TransactionOutcome {
    for (const view of this.#state.views.values()) view.#closeQueries();
    return {
      snapshotTs: this.#options.snapshot.ts,
      catalogVersion: this.#options.catalog.version,
      readSet: this.#state.reads.readSet(),
      writes: this.#state.pending.writes(),
      usage: this.usage(),
    };
  }

  #closeQueries(): void {
    for (const queryId of [...this.#streams.keys()]) this.closeQuery(queryId);
  }

  #newId({ number }: TableInfo): string {
    const random = this.#options.randomBytes(INTERNAL_ID_RANDOM_BYTES);
    return encodeId(number, newInternalId(random, this.#options.beginTime));
  }

  #stream(query: SerializedQuery, access: Access): QueryStream | TableListStream | null {
    const { catalog, component } = this.#options;
    if (access === "system" && queryTableName(query) === TABLE_LIST) {
      this.#state.reads.range(CATALOG_INDEX, tableKey(component, ""), tableKey(component, "\xff"));
      return new TableListStream(catalog, component);
    }
    const plan = this.#plan(query, access);
    return plan === null ? null : new QueryStream(plan, query.operators, this.#state.context);
  }

  #plan(query: SerializedQuery, access: Access): QueryPlan | null {
    const view = this.#viewOfTable(queryTableName(query), access);
    return view === null ? null : planQuery(query, this.#options.catalog, this.#options.component);
  }

  /** Null if there is no such table, on which the transaction then depends, or if it is none of the reader's business. */
  #viewOfTable(name: string, access: Access): TableView | null {
    const { catalog, component } = this.#options;
    const view = catalog.view(component, name);
    if (view === null) this.#state.reads.point(CATALOG_INDEX, tableKey(component, name));
    return view === null || this.#isPrivate(view, access) ? null : view;
  }

  #viewOfId(id: string, operation: string): TableView | null {
    const decoded = decodeId(id);
    if (decoded === null) throw undecodable(id, operation);
    return this.#options.catalog.viewByNumber(this.#options.component, decoded.tableNumber);
  }

  #isPrivate(view: TableView, access: Access): boolean {
    return access === "user" && view.table.isSystem && view.virtual === null;
  }

  #read(table: TableInfo, id: string): string | null {
    this.#state.reads.countQuery();
    this.#state.reads.point(table.byId, id);
    const stored = this.#state.pending.get(table, id);
    if (stored === undefined) return null;
    this.#state.reads.countDocument(documentSize(stored));
    return stored;
  }

  #checkWritable(tableName: string, access: Access): void {
    if (this.#options.kind !== "mutation") {
      throw new DatabaseError("ReadOnlyTransaction", "A query cannot write to the database.");
    }
    if (!tableName.startsWith("_")) return;
    const view = this.#options.catalog.view(this.#options.component, tableName);
    if (view?.virtual != null) {
      throw new DatabaseError("ReadOnlyTable", `The table "${tableName}" is read-only.`);
    }
    if (access === "user" || view === null) {
      throw new DatabaseError(
        "SystemTableError",
        `The table "${tableName}" is a system table and cannot be written to.`,
      );
    }
  }

  /** The document to be changed; `verb` as the error for a missing one begins. */
  #forWrite(
    id: string,
    table: string | null | undefined,
    operation: string,
    verb: "Update" | "Replace" | "Delete",
    access: Access,
  ): { info: TableInfo; stored: string } {
    const view = this.#viewOfId(id, operation);
    if (view !== null && !this.#isPrivate(view, access)) {
      checkTable(view, table, operation);
      this.#checkWritable(view.virtual?.name ?? view.table.name, access);
      const stored = this.#read(view.table, id);
      if (stored !== null) return { info: view.table, stored };
    }
    throw new DatabaseError("NonexistentDocument", `${verb} on nonexistent document ID ${id}`);
  }

  /** Checks and buffers the new state of a document; JSON text as stored. Nothing is written if it is as it was. */
  #put(
    table: TableInfo,
    id: string,
    fields: JSONObject,
    creationTime: number,
    current: string | null = null,
  ): string {
    const checked = checkDocument(fields, id, creationTime);
    if (current !== null && documentText(current) === checked.text) return checked.text;
    this.#enforceSchema(table, checked.document);
    this.#state.meter.countWrite(checked.size, table.isSystem);
    this.#state.meter.countSearchEntries(this.#state.pending.put(table, id, checked));
    return checked.text;
  }

  #enforceSchema(table: TableInfo, document: JSONObject): void {
    const validator = this.#options.catalog.documentType(table.component, table.name);
    if (validator === null) return;
    const { _id, _creationTime, ...fields } = document;
    const mismatch = checkValue(validator, fields, this.#idTable);
    if (mismatch === null) return;
    throw new DatabaseError(
      "SchemaEnforcementError",
      `Failed to insert or update a document in table "${table.name}" because it does not match the schema: ${mismatch}`,
    );
  }
}
