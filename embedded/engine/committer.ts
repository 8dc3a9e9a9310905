import { randomBytes } from "node:crypto";
import type { Snapshot, Store } from "../storage/store";
import type { ReadSet, SchemaJson, TransactionOutcome, Ts } from "../storage/types";
import { Catalog, CatalogCache, indexNumbers } from "./catalog";
import { checkTableName, newCatalog, withoutComponent, withoutTable, withTable } from "./catalog-changes";
import { Purge, repairCatalog } from "./catalog-upkeep";
import type { CommitGroup, CommitResult, GroupCommit, GroupState } from "./commit-group";
import { CommitQueue } from "./commit-queue";
import { DatabaseError, NeedsTable } from "./errors";
import { diffIndexes, type IndexDiff } from "./index-diff";
import { DEPLOYMENT_LIMITS } from "./limits";
import type { TableSpec } from "./hidden-tables";
import { TableReplacement } from "./table-replacement";
import type { SchemaStatus } from "./schema-change";
import { SchemaChanges } from "./schema-changes";
import { Transaction } from "./transaction";
import { WriteLog } from "./write-log";

export type { CommitResult } from "./commit-group";
export type { IndexDescription, IndexDiff } from "./index-diff";
export type { SchemaStatus } from "./schema-change";
export { parseSchema } from "./schema";

export type CommitEvent = GroupCommit;

export type CommitterOptions = {
  /** Unix ms. */
  now?: () => number;
  /** The store failed (disk full, I/O error): nothing can be committed any more and the process should end. */
  onFailure?: (error: Error) => void;
  /** Told of each write to disk: how many transactions it held, and how long it took, ms. */
  onWrite?: (write: { commits: number; writeMs: number }) => void;
  /** A listener of commits failed. Commits and the other listeners go on. Default: an uncaught exception. */
  onListenerError?: (error: unknown) => void;
};

/** Only a caller that conflicts with itself for ever gets here. */
const MAX_EXECUTE_RUNS = 100;

/**
 * The one writer. Decides whether a run's outcome stands (nothing it read has been written since its snapshot), gives it
 * a timestamp, writes groups of outcomes with one fsync. Lives on the main thread.
 */
export class Committer {
  readonly store: Store;
  readonly #now: () => number;
  readonly #onListenerError: (error: unknown) => void;
  readonly #catalogs = new CatalogCache();
  readonly #log: WriteLog;
  readonly #queue: CommitQueue;
  readonly #schemas: SchemaChanges;
  readonly #purge: Purge;
  readonly #listeners = new Set<(commit: CommitEvent) => void>();

  private constructor(store: Store, state: GroupState, options: CommitterOptions) {
    const { now = Date.now, onFailure, onListenerError, onWrite } = options;
    this.store = store;
    this.#now = now;
    this.#onListenerError = onListenerError ?? throwLater;
    this.#log = state.log;
    this.#queue = new CommitQueue(store, state, {
      now,
      onFailure: (error) => onFailure?.(error),
      onWrite: (write) => onWrite?.(write),
      onCommit: (commit) => this.#announce(commit),
      observe: (write, catalog) => this.#schemas.observe(write, catalog),
    });
    this.#purge = new Purge(this.#queue);
    this.#schemas = new SchemaChanges(this.#queue, () => this.#purge.start());
  }

  /** Brings the catalog up to date: system tables, and leftovers of schema changes that a crash cut short. */
  static async open(store: Store, options: CommitterOptions = {}): Promise<Committer> {
    const snapshot = store.snapshot();
    const isNew = snapshot.catalogText() === null;
    const catalog = isNew ? new Catalog(newCatalog()) : new CatalogCache().at(snapshot);
    const state: GroupState = {
      lastTs: snapshot.ts,
      catalog,
      counts: new Map(catalog.row.tables.map(({ byId }) => [byId, snapshot.count(byId)])),
      log: new WriteLog(snapshot.ts),
    };
    snapshot.close();
    const committer = new Committer(store, state, options);
    await repairCatalog(committer.#queue, store);
    committer.#purge.start();
    return committer;
  }

  /** Newest durable and visible timestamp. */
  get visibleTs(): Ts {
    return this.#queue.visibleTs;
  }

  /** The newest durable catalog. */
  get catalog(): Catalog {
    return this.#withSnapshot((snapshot) => this.#catalogs.at(snapshot));
  }

  /** Resolves once durable and visible, or with the conflict that forbids it. Rejects if the store failed or is closing. */
  commit(outcome: TransactionOutcome): Promise<CommitResult> {
    // What only read stands as of its snapshot, whatever has been written since.
    if (outcome.writes.length === 0) return Promise.resolve({ ok: true, ts: outcome.snapshotTs });
    return this.#queue.run((group): CommitResult => {
      const conflict = group.conflict(outcome);
      if (conflict !== null) return { ok: false, conflict, retryAfter: group.lastTs };
      return { ok: true, ts: group.commit(outcome.writes) };
    });
  }

  /**
   * Called for each commit in the order of ts, when it is visible, before its `commit()` resolves.
   * Returns the unsubscriber.
   */
  onCommit(listener: (commit: CommitEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Whether a commit in (since, upTo] touched the read set. "unknown": the log no longer reaches back to `since`. */
  changedSince(readSet: ReadSet, since: Ts, upTo: Ts): boolean | "unknown" {
    const touch = this.#log.firstTouch(readSet, since, upTo);
    return touch === "unknown" ? touch : touch !== null;
  }

  /** Resolves when `visibleTs` is at least `ts`. */
  waitUntilVisible(ts: Ts): Promise<void> {
    return this.#queue.waitUntilVisible(ts);
  }

  /** Creates a user table; nothing happens if it exists. Throws DatabaseError for a bad name or too many tables. */
  async createTable(component: string, name: string): Promise<void> {
    checkTableName(name);
    await this.#queue.run((group) => {
      const row = withTable(group.catalog.row, component, name);
      if (row !== group.catalog.row) group.commitCatalog(row);
    });
  }

  /**
   * Deletes user tables with their documents; unknown ones are passed over. Space is freed in the background. Throws
   * DatabaseError, and deletes none, if the active schema has one of them.
   */
  async deleteTables(component: string, names: readonly string[]): Promise<void> {
    await this.#queue.run((group) => deleteTables(group, component, names));
    this.#purge.start();
  }

  /**
   * Runs `body` in a transaction with access to system tables on this thread and commits, again from the start on
   * conflict. For the deployment's own small writes.
   */
  async execute<T>(
    body: (tx: Transaction) => T,
    options: { component?: string } = {},
  ): Promise<{ value: T; ts: Ts }> {
    for (let run = 0; run < MAX_EXECUTE_RUNS; run++) {
      try {
        const { value, outcome } = this.prepare(body, options);
        const result = await this.commit(outcome);
        if (result.ok) return { value, ts: result.ts };
      } catch (error) {
        if (!(error instanceof NeedsTable)) throw error;
        await this.createTable(error.component, error.tableName);
      }
    }
    throw new DatabaseError("OptimisticConcurrencyControlFailure", "The transaction conflicted too often.");
  }

  /** As `execute`, reading only. */
  read<T>(body: (tx: Transaction) => T, { component = "" }: { component?: string } = {}): T {
    return this.#run(body, "query", component).value;
  }

  /** As `execute`, without committing: the outcome is for `commit`, `activateSchemas` or `deleteComponent`. */
  prepare<T>(
    body: (tx: Transaction) => T,
    { component = "" }: { component?: string } = {},
  ): { value: T; outcome: TransactionOutcome } {
    return this.#run(body, "mutation", component);
  }

  /** What `prepareSchema` would change. `schema` null: there is no schema file. */
  evaluateSchema(component: string, schema: SchemaJson | null): IndexDiff {
    return diffIndexes(this.catalog, component, schema);
  }

  /**
   * Makes the schema (of `parseSchema`) the pending one of its component, in place of an earlier pending one: creates
   * its tables, starts building its new indexes and checking stored documents, in pages between which other work runs.
   * Nothing that functions see changes. Resolves once the work has started.
   */
  prepareSchema(component: string, schema: SchemaJson | null): Promise<IndexDiff> {
    return this.#schemas.prepare(component, schema);
  }

  schemaStatus(component: string): SchemaStatus {
    return this.#schemas.status(component);
  }

  /** Resolves when the status is no longer inProgress, or after `timeoutMs`. */
  waitForSchema(component: string, timeoutMs: number): Promise<SchemaStatus> {
    return this.#schemas.wait(component, timeoutMs);
  }

  /** Drops the pending schema and the indexes built for it. */
  abandonSchema(component: string): Promise<void> {
    return this.#schemas.abandon(component);
  }

  /** As `activateSchemas`, for one component. */
  activateSchema(component: string, extra?: TransactionOutcome): Promise<CommitResult> {
    return this.activateSchemas([component], extra);
  }

  /**
   * Makes the pending schemas of these components active, all in one transaction: enables their indexes, drops the removed
   * ones, and commits `extra`, with the same conflict check as `commit`; after a conflict they are still pending. Throws
   * DatabaseError if one of them has none or it is not complete.
   */
  activateSchemas(components: readonly string[], extra?: TransactionOutcome): Promise<CommitResult> {
    return this.#schemas.activate(components, extra);
  }

  /**
   * Deletes all tables of a component, with what is in them; commits `extra` in the same transaction. Space is freed in
   * the background.
   */
  async deleteComponent(component: string, extra: TransactionOutcome): Promise<CommitResult> {
    const result = await this.#queue.run((group): CommitResult => {
      const conflict = group.conflict(extra);
      if (conflict !== null) return { ok: false, conflict, retryAfter: group.lastTs };
      const tables = group.catalog.tables(component);
      const dropped = tables.flatMap(indexNumbers);
      const row = withoutComponent(group.catalog.row, component);
      return { ok: true, ts: group.commitCatalog(row, dropped, extra.writes) };
    });
    if (result.ok) this.#purge.start();
    return result;
  }

  /** Transactions that wait for their group. */
  get pending(): number {
    return this.#queue.length;
  }

  /** Commits a transaction that changes nothing; resolves when it is on disk. */
  async probe(): Promise<void> {
    await this.#queue.run((group) => group.commit([]));
  }

  /** Begins to fill tables that will take the place of those of their names, where there are such. */
  replaceTables(specs: readonly TableSpec[]): Promise<TableReplacement> {
    const parts = {
      store: this.store,
      queue: this.#queue,
      schemas: this.#schemas,
      now: this.#now,
      onDropped: () => this.#purge.start(),
    };
    return TableReplacement.begin(parts, specs);
  }

  /** Resolves when everything handed in so far is durable. */
  drain(): Promise<void> {
    return this.#queue.run(() => undefined);
  }

  /** Refuses new work, finishes what there is. Does not close the store. */
  close(): Promise<void> {
    return this.#queue.close();
  }

  #announce(commit: CommitEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(commit);
      } catch (error) {
        // Not the committer's failure, and no reason to keep the commit from its callers.
        this.#onListenerError(error);
      }
    }
  }

  #run<T>(
    body: (tx: Transaction) => T,
    kind: "query" | "mutation",
    component: string,
  ): { value: T; outcome: TransactionOutcome } {
    return this.#withSnapshot((snapshot) => {
      const catalog = this.#catalogs.at(snapshot);
      const beginTime = this.#now();
      const tx = new Transaction({
        snapshot,
        catalog,
        kind,
        component,
        beginTime,
        randomBytes,
        system: true,
        limits: DEPLOYMENT_LIMITS,
      });
      const value = body(tx);
      return { value, outcome: tx.outcome() };
    });
  }

  #withSnapshot<T>(body: (snapshot: Snapshot) => T): T {
    const snapshot = this.store.snapshot();
    try {
      return body(snapshot);
    } finally {
      snapshot.close();
    }
  }
}

function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

function deleteTables(group: CommitGroup, component: string, names: readonly string[]): void {
  const inSchema = new Set(group.catalog.schema(component)?.tables.map(({ tableName }) => tableName));
  const blocked = names.find((name) => inSchema.has(name));
  if (blocked !== undefined) {
    throw new DatabaseError(
      "TableInSchema",
      `Failed to delete table "${blocked}" because it appears in the schema`,
    );
  }
  for (const name of names) {
    const table = group.catalog.table(component, name);
    if (table === null || table.isSystem) continue;
    const dropped = indexNumbers(table);
    group.commitCatalog(withoutTable(group.catalog.row, table), dropped);
  }
}
