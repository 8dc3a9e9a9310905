import { fillCommitTs } from "../storage/commit-ts";
import type { Snapshot, WriteBatch } from "../storage/store";
import { storeDocument } from "../storage/stored-document";
import type {
  CatalogRow,
  DocumentWrite,
  IndexKeyWrite,
  JSONObject,
  TransactionOutcome,
  Ts,
} from "../storage/types";
import { Catalog, CATALOG_INDEX, tableKey, type TableInfo } from "./catalog";
import { documentKeys } from "./pending-writes";
import { DatabaseError } from "./errors";
import { searchEntries } from "./search/search-entries";
import { documentOf } from "./search/search-keys";
import { StatisticsChanges } from "./search/statistics";
import type { WriteLog } from "./write-log";

export type Conflict = { table: string; documentId: string | null };

export type CommitResult =
  | { ok: true; ts: Ts }
  /** `retryAfter`: a snapshot of this timestamp or newer shows what was in the way. It is visible already. */
  | { ok: false; conflict: Conflict; retryAfter: Ts };

/** One commit of a group, as listeners are told of it. */
export type GroupCommit = {
  ts: Ts;
  keys: readonly IndexKeyWrite[];
  /** Indexes that ceased to be. */
  dropped: readonly number[];
};

/** Called with each document write that is about to be committed. */
export type WriteObserver = (write: DocumentWrite, catalog: Catalog) => void;

/** A write with its commit timestamp in place; `byId`: the index that holds its document. */
type PreparedWrite = { write: DocumentWrite; byId: number };

/** What a group needs to know, and what it carries on to the next one. */
export type GroupState = { lastTs: Ts; catalog: Catalog; counts: Map<number, number>; log: WriteLog };

/**
 * Commits that go to disk together. Each is decided on in turn, against all before it, those of this group
 * included. Collects the writes; `flush` gives them to the store.
 */
export class CommitGroup {
  readonly commits: GroupCommit[] = [];
  readonly #state: GroupState;
  readonly #now: () => number;
  readonly #observe: WriteObserver;
  readonly #writes: ((batch: WriteBatch) => void)[] = [];
  readonly #countsChanged = new Set<number>();
  readonly #statistics = new StatisticsChanges();
  readonly #firstVersion: number;

  constructor(state: GroupState, now: () => number, observe: WriteObserver) {
    this.#state = state;
    this.#now = now;
    this.#observe = observe;
    this.#firstVersion = state.catalog.version;
  }

  get catalog(): Catalog {
    return this.#state.catalog;
  }

  get lastTs(): Ts {
    return this.#state.lastTs;
  }

  get isEmpty(): boolean {
    return this.#writes.length === 0 && this.commits.length === 0;
  }

  /** What stands in the way of the outcome; null if it may be committed now. */
  conflict(outcome: TransactionOutcome): Conflict | null {
    if (outcome.catalogVersion < this.catalog.row.writeVersion) {
      return { table: outcome.writes[0]?.tableName ?? "", documentId: null };
    }
    const touch = this.#state.log.firstTouch(outcome.readSet, outcome.snapshotTs, this.lastTs);
    if (touch === null) return null;
    if (touch === "unknown" || touch.write === null) return { table: "", documentId: null };
    return this.#describe(touch.write);
  }

  /** Takes over the writes of an outcome under a new timestamp. */
  commit(writes: readonly DocumentWrite[]): Ts {
    return this.#commit(writes, [], []);
  }

  /** Changes the catalog, and with it these documents. `dropped`: the indexes that are no more. */
  commitCatalog(row: CatalogRow, dropped: readonly number[] = [], writes: readonly DocumentWrite[] = []): Ts {
    // Who found no such table before is told of new ones.
    const known = new Set(this.catalog.row.tables.map(({ byId }) => byId));
    const created = row.tables.filter(({ byId }) => !known.has(byId));
    const keys = created.map(({ component, name }) => ({
      index: CATALOG_INDEX,
      key: tableKey(component, name),
    }));
    const catalog = new Catalog(row);
    const ts = this.#commit(writes, keys, dropped);
    this.#state.catalog = catalog;
    return ts;
  }

  /** Writes that change nothing that a reader could see: entries of an index that is being built, purged entries. */
  addHidden(write: (batch: WriteBatch) => void): void {
    this.#writes.push(write);
  }

  /** Writes documents of tables that are not in service yet. `catalog`: the one that has these tables. */
  addHiddenDocuments(writes: readonly DocumentWrite[], catalog: Catalog): void {
    for (const write of writes) {
      if (write.hasCommitTs)
        throw new DatabaseError("InvalidValue", "A commit timestamp has no value before the commit.");
    }
    for (const write of writes) this.#add(prepared(write), catalog);
  }

  /** Documents of the table whose by_id index this is. */
  count(byId: number): number {
    return this.#state.counts.get(byId) ?? 0;
  }

  /** As `addHidden`: entries of indexes that are being built. */
  addEntries(entries: readonly IndexKeyWrite[]): void {
    if (entries.length === 0) return;
    const [first] = entries;
    const table = first === undefined ? null : this.catalog.tableOfIndex(first.index);
    if (table !== null) this.#noteStatistics(table, [], entries);
    this.addHidden((batch) => {
      for (const { index, key, value } of entries) batch.putKey(index, key, value);
    });
  }

  /** Hands everything to the store's batch. `openSnapshot`: of the newest durable state, which is the one before this group. */
  flush(batch: WriteBatch, openSnapshot: () => Snapshot): void {
    for (const write of this.#writes) write(batch);
    this.#statistics.write(batch, openSnapshot);
    for (const byId of this.#countsChanged) batch.setCount(byId, this.#state.counts.get(byId) ?? 0);
    if (this.catalog.version !== this.#firstVersion) batch.setCatalog(this.catalog.row);
    batch.setPosition(this.lastTs, this.catalog.version);
  }

  /** All that can fail comes first, so that a commit is in the group whole or not at all. */
  #commit(
    writes: readonly DocumentWrite[],
    catalogKeys: readonly IndexKeyWrite[],
    dropped: readonly number[],
  ): Ts {
    const ts = this.#nextTs();
    const ready = writes.map((write) => this.#prepare(write, ts));
    for (const { write } of ready) this.#observe(write, this.catalog);

    this.#state.lastTs = ts;
    const keys: IndexKeyWrite[] = [...catalogKeys];
    for (const one of ready) for (const key of this.#add(one, this.catalog)) keys.push(key);
    this.#state.log.append({ ts, keys, dropped });
    this.commits.push({ ts, keys, dropped });
    return ts;
  }

  #prepare(raw: DocumentWrite, ts: Ts): PreparedWrite {
    return prepared(raw.hasCommitTs ? this.#filled(raw, ts) : raw);
  }

  /** All keys old and new, each once. */
  #add({ write, byId }: PreparedWrite, catalog: Catalog): IndexKeyWrite[] {
    const { id, before, after, removed, added, size } = write;
    const delta = Number(after !== null) - Number(before !== null);
    if (delta !== 0) {
      this.#state.counts.set(byId, (this.#state.counts.get(byId) ?? 0) + delta);
      this.#countsChanged.add(byId);
    }
    // Both lists begin with the database indexes in the same order.
    const gone = removed.filter((entry, position) => !isSameKey(entry, added[position]));
    const come = added.filter(
      (entry, position) => entry.value !== undefined || !isSameKey(entry, removed[position]),
    );
    this.#writes.push((batch) => {
      for (const { index, key } of gone) batch.removeKey(index, key);
      for (const { index, key, value } of come) if (index !== byId) batch.putKey(index, key, value);
      if (after !== null) batch.putDocument(byId, id, storeDocument(after, size));
    });
    const table = catalog.tableOfIndex(byId);
    if (table === null || !hasSearchEntries(table)) return [...gone, ...added];
    this.#noteStatistics(table, gone, come);
    // Vectors would fill the log, which is about keys.
    return [...gone, ...added.map(({ index, key }) => ({ index, key }))];
  }

  #noteStatistics(
    { searchIndexes }: TableInfo,
    gone: readonly IndexKeyWrite[],
    come: readonly IndexKeyWrite[],
  ): void {
    if (searchIndexes.length === 0) return;
    const numbers = new Set(searchIndexes.map(({ number }) => number));
    for (const { index, key } of gone) if (numbers.has(index)) this.#statistics.note(index, key, false);
    for (const { index, key } of come) if (numbers.has(index)) this.#statistics.note(index, key, true);
  }

  /** With the commit timestamp in the place of its tokens, in the document and in its index keys. */
  #filled(write: DocumentWrite, ts: Ts): DocumentWrite {
    if (write.after === null) return write;
    const table = this.catalog.table(write.component, write.tableName);
    if (table === null) throw new Error(`No table "${write.tableName}" to write to`);
    const after = fillCommitTs(write.after, ts);
    const document = JSON.parse(after) as JSONObject;
    return {
      ...write,
      after,
      added: [...documentKeys(table, write.id, document), ...searchEntries(table, write.id, document)],
      hasCommitTs: false,
    };
  }

  #nextTs(): Ts {
    const clock = BigInt(Math.floor(this.#now())) * 1_000_000n;
    return clock > this.lastTs ? clock : this.lastTs + 1n;
  }

  #describe({ index, key }: IndexKeyWrite): Conflict {
    const table = this.catalog.tableOfIndex(index);
    if (table === null) return { table: "", documentId: null };
    const { name, idLength } = table;
    const isOrdered = index === table.byId || table.indexes.some(({ number }) => number === index);
    // Every key of a database index ends in the id of its document.
    return { table: name, documentId: isOrdered ? key.slice(-idLength) : documentOf(key, idLength) };
  }
}

function prepared(write: DocumentWrite): PreparedWrite {
  const byId = (write.added[0] ?? write.removed[0])?.index;
  if (byId === undefined) throw new Error(`Write of document ${write.id} has no keys`);
  return { write, byId };
}

function isSameKey(a: IndexKeyWrite, b: IndexKeyWrite | undefined): boolean {
  return a.key === b?.key && a.index === b.index;
}

function hasSearchEntries({ searchIndexes, vectorIndexes }: TableInfo): boolean {
  return searchIndexes.length > 0 || vectorIndexes.length > 0;
}
