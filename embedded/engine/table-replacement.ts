import { randomBytes } from "node:crypto";
import type { Store } from "../storage/store";
import type { CatalogRow, DocumentWrite, TransactionOutcome, ValidatorJSON } from "../storage/types";
import { Catalog } from "./catalog";
import type { CommitGroup, CommitResult } from "./commit-group";
import type { CommitQueue } from "./commit-queue";
import { DatabaseError } from "./errors";
import { DEPLOYMENT_LIMITS } from "./limits";
import {
  tableSignature,
  withHiddenTables,
  withoutHidden,
  withReplacedTables,
  type HiddenTable,
  type TableName,
  type TableSpec,
} from "./hidden-tables";
import type { SchemaChanges } from "./schema-changes";
import { Transaction } from "./transaction";

export type ReplacementParts = {
  store: Store;
  queue: CommitQueue;
  schemas: SchemaChanges;
  /** Unix ms. */
  now: () => number;
  /** Called when there may be something to purge. */
  onDropped: () => void;
};

export type FinishOptions = {
  /** Tables that shall be no more. */
  deleted: readonly TableName[];
  /** Refuse if a table to be replaced has documents. */
  requireEmpty: boolean;
  /** Committed in the same transaction. */
  extra: TransactionOutcome;
};

/**
 * New contents for whole tables: written out of sight, page by page, while the tables go on serving; then put in their place
 * by one commit. Lives in memory: what a crash leaves is purged at the next start.
 */
export class TableReplacement {
  /** As it will be when this is finished. */
  readonly catalog: Catalog;
  readonly #parts: ReplacementParts;
  readonly #hidden: readonly HiddenTable[];
  readonly #signature: string;

  private constructor(parts: ReplacementParts, row: CatalogRow, hidden: readonly HiddenTable[]) {
    this.#parts = parts;
    this.#hidden = hidden;
    this.#signature = signature(row, hidden);
    this.catalog = new Catalog(withReplacedTables(row, hidden, []).row);
  }

  /** Throws DatabaseError for a bad table name, or for numbers that collide. Drops schemas that are still pending. */
  static async begin(parts: ReplacementParts, specs: readonly TableSpec[]): Promise<TableReplacement> {
    for (const component of componentsOf(specs)) await parts.schemas.abandon(component);
    return parts.queue.run((group) => {
      const { row, hidden } = withHiddenTables(group.catalog.row, specs);
      group.commitCatalog(row);
      return new TableReplacement(parts, row, hidden);
    });
  }

  /**
   * Runs the body as a transaction of the deployment's own on the tables to come, and makes what it wrote durable. One at a
   * time; only tables that are being replaced may be written.
   */
  async write(component: string, body: (tx: Transaction) => void): Promise<void> {
    const writes = this.#run(component, body);
    await this.#parts.queue.run((group) => group.addHiddenDocuments(writes, this.catalog));
  }

  /** As `write`, and undone: throws what stands in the way. Tables that are not being replaced may be written too. */
  check(component: string, body: (tx: Transaction) => void): void {
    this.#run(component, body);
  }

  #run(component: string, body: (tx: Transaction) => void): DocumentWrite[] {
    const { store, now } = this.#parts;
    const snapshot = store.snapshot();
    try {
      const tx = new Transaction({
        snapshot,
        catalog: this.catalog,
        kind: "mutation",
        component,
        beginTime: now(),
        randomBytes,
        system: true,
        limits: DEPLOYMENT_LIMITS,
      });
      body(tx);
      return tx.outcome().writes;
    } finally {
      snapshot.close();
    }
  }

  /** Puts the new tables in the place of the old ones. Throws DatabaseError if they do not fit any more. */
  async finish(options: FinishOptions): Promise<CommitResult> {
    const result = await this.#parts.queue.run((group) => this.#finish(group, options));
    this.#parts.onDropped();
    return result;
  }

  /** Gives up what was written. */
  async abandon(): Promise<void> {
    await this.#parts.queue.run((group) =>
      group.commitCatalog(withoutHidden(group.catalog.row, this.#hidden)),
    );
    this.#parts.onDropped();
  }

  #finish(group: CommitGroup, { deleted, requireEmpty, extra }: FinishOptions): CommitResult {
    const conflict = group.conflict(extra);
    if (conflict !== null) return { ok: false, conflict, retryAfter: group.lastTs };
    const { row } = group.catalog;
    const isPending = componentsOf(this.#hidden).some(
      (component) => this.#parts.schemas.status(component).type !== "none",
    );
    if (isPending || signature(row, this.#hidden) !== this.#signature) {
      throw new DatabaseError(
        "ImportSchemaChanged",
        "Could not complete import because schema changed. Avoid modifying schema.ts while importing tables",
      );
    }
    for (const { component, name } of requireEmpty ? this.#hidden : []) {
      const table = group.catalog.table(component, name);
      if (table !== null && group.count(table.byId) > 0) throw tableExists(name);
    }
    this.#checkReferences(group);
    const next = withReplacedTables(row, this.#hidden, deleted);
    const ts = group.commitCatalog(next.row, next.dropped, extra.writes);
    return { ok: true, ts };
  }

  /** Documents that stay must not point, by schema, into a table whose ids change. */
  #checkReferences(group: CommitGroup): void {
    for (const { component, name, number } of this.#hidden) {
      const old = group.catalog.table(component, name);
      if (old === null || old.number === number) continue;
      for (const { tableName, documentType } of group.catalog.schema(component)?.tables ?? []) {
        const table = group.catalog.table(component, tableName);
        const stays = !this.#hidden.some((own) => own.component === component && own.name === tableName);
        if (!stays || table === null || documentType === null || group.count(table.byId) === 0) continue;
        if (!refersTo(documentType, name)) continue;
        throw new DatabaseError(
          "ImportForeignKey",
          `Import changes table '${name}' which is referenced by '${tableName}' in the schema`,
        );
      }
    }
  }
}

export function tableExists(name: string): DatabaseError {
  return new DatabaseError(
    "TableExists",
    `Table ${name} already exists. Please choose a new table name or use replace/append modes.`,
  );
}

/** Changes with whatever the documents of the tables were checked against and indexed by. */
function signature(row: CatalogRow, hidden: readonly HiddenTable[]): string {
  const schemas = componentsOf(hidden).map((component) => row.schemas[component] ?? null);
  return JSON.stringify([schemas, hidden.map((table) => tableSignature(row, table))]);
}

function componentsOf(tables: readonly TableName[]): string[] {
  return [...new Set(tables.map(({ component }) => component))];
}

function refersTo(validator: ValidatorJSON, table: string): boolean {
  switch (validator.type) {
    case "id":
      return validator.tableName === table;
    case "array":
      return refersTo(validator.value, table);
    case "union":
      return validator.value.some((member) => refersTo(member, table));
    case "object":
      return Object.values(validator.value).some(({ fieldType }) => refersTo(fieldType, table));
    case "record":
      return refersTo(validator.keys, table) || refersTo(validator.values.fieldType, table);
    default:
      return false;
  }
}
