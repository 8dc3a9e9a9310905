import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CatalogCache } from "@/embedded/engine/catalog";
import { Committer, parseSchema, type CommitterOptions } from "@/embedded/engine/committer";
import type { RangeExpression, SerializedQuery } from "@/embedded/engine/query-types";
import { Transaction, type TransactionOptions } from "@/embedded/engine/transaction";
import { Store, type Snapshot } from "@/embedded/storage/store";
import type { JSONObject, JSONValue } from "@/embedded/storage/types";

/** A transaction with its own snapshot, as a worker would hold it. */
export type OpenTransaction = { tx: Transaction; snapshot: Snapshot };

/** A real store and committer in a directory of their own. */
export class Engine {
  readonly dir: string;
  store!: Store;
  committer!: Committer;
  readonly #catalogs = new CatalogCache();

  private constructor(dir: string) {
    this.dir = dir;
  }

  static async create(options: CommitterOptions = {}): Promise<Engine> {
    const engine = new Engine(mkdtempSync(join(tmpdir(), "praxtalk-engine-")));
    await engine.open(options);
    return engine;
  }

  async open(options: CommitterOptions = {}): Promise<void> {
    this.store = await Store.open(this.dir);
    this.committer = await Committer.open(this.store, options);
  }

  async close(): Promise<void> {
    await this.committer.close();
    await this.store.close();
  }

  async destroy(): Promise<void> {
    await this.close();
    rmSync(this.dir, { recursive: true, force: true });
  }

  begin(options: Partial<TransactionOptions> = {}): OpenTransaction {
    const snapshot = this.store.snapshot();
    const tx = new Transaction({
      snapshot,
      catalog: this.#catalogs.at(snapshot),
      kind: "mutation",
      component: "",
      beginTime: Date.now(),
      randomBytes,
      system: false,
      ...options,
    });
    return { tx, snapshot };
  }

  /** Runs the body as user code in one transaction and commits it. */
  async mutate<T>(body: (tx: Transaction) => T, options: Partial<TransactionOptions> = {}): Promise<T> {
    const { tx, snapshot } = this.begin(options);
    try {
      const value = body(tx);
      const result = await this.committer.commit(tx.outcome());
      if (!result.ok) throw new Error(`conflict on ${result.conflict.table}`);
      return value;
    } finally {
      snapshot.close();
    }
  }

  query<T>(body: (tx: Transaction) => T, options: Partial<TransactionOptions> = {}): T {
    const { tx, snapshot } = this.begin({ kind: "query", ...options });
    try {
      return body(tx);
    } finally {
      snapshot.close();
    }
  }

  /** Inserts a document with each `n` into the table, which is made if need be. */
  async insertInto(table: string, ns: JSONValue[]): Promise<string[]> {
    await this.committer.createTable("", table);
    return await this.mutate((tx) => ns.map((n) => tx.insert(table, { n })));
  }

  /** Pushes a schema to the root component and waits until it is active. */
  async push(tables: TableDefinitions, schemaValidation = true): Promise<void> {
    await this.committer.prepareSchema("", parseSchema(schemaOf(tables, schemaValidation)));
    const status = await this.committer.waitForSchema("", 10_000);
    if (status.type !== "complete") throw new Error(JSON.stringify(status));
    await this.committer.activateSchema("");
  }
}

type SearchDefinition = { searchField: string; filterFields: string[] };
type VectorDefinition = { vectorField: string; dimensions: number; filterFields: string[] };

export type TableDefinitions = Record<
  string,
  {
    indexes?: Record<string, string[]>;
    staged?: Record<string, string[]>;
    search?: Record<string, SearchDefinition>;
    stagedSearch?: Record<string, SearchDefinition>;
    vector?: Record<string, VectorDefinition>;
    type?: JSONValue;
  }
>;

/** As `defineSchema(...).export()` gives it; the type of a table is any unless said otherwise. */
export function schemaOf(tables: TableDefinitions, schemaValidation = true): JSONValue {
  const list = (indexes: Record<string, string[]> = {}): JSONValue =>
    Object.entries(indexes).map(([indexDescriptor, fields]) => ({ indexDescriptor, fields }));
  const named = (indexes: Record<string, JSONObject> = {}): JSONValue =>
    Object.entries(indexes).map(([indexDescriptor, index]) => ({ indexDescriptor, ...index }));
  return {
    tables: Object.entries(tables).map(
      ([tableName, { indexes, staged, search, stagedSearch, vector, type }]) => ({
        tableName,
        indexes: list(indexes),
        stagedDbIndexes: list(staged),
        searchIndexes: named(search),
        stagedSearchIndexes: named(stagedSearch),
        vectorIndexes: named(vector),
        documentType: type ?? { type: "any" },
      }),
    ),
    schemaValidation,
  };
}

export function fullScan(tableName: string, order: "asc" | "desc" = "asc"): SerializedQuery {
  return { source: { type: "FullTableScan", tableName, order }, operators: [] };
}

export function indexScan(
  indexName: string,
  range: [RangeExpression["type"], string, JSONValue][] = [],
  order: "asc" | "desc" = "asc",
): SerializedQuery {
  return {
    source: {
      type: "IndexRange",
      indexName,
      range: range.map(([type, fieldPath, value]) => ({ type, fieldPath, value })),
      order,
    },
    operators: [],
  };
}

export function search(
  indexName: string,
  field: string,
  text: string,
  filters: Record<string, JSONValue> = {},
): SerializedQuery {
  const eq = Object.entries(filters).map(([fieldPath, value]) => ({ type: "Eq" as const, fieldPath, value }));
  const filter = { type: "Search" as const, fieldPath: field, value: text };
  return { source: { type: "Search", indexName, filters: [filter, ...eq] }, operators: [] };
}

export function limited(query: SerializedQuery, limit: number): SerializedQuery {
  return { ...query, operators: [...query.operators, { limit }] };
}

export function filtered(query: SerializedQuery, filter: JSONValue): SerializedQuery {
  return { ...query, operators: [...query.operators, { filter }] };
}

export function collect(tx: Transaction, query: SerializedQuery): JSONObject[] {
  const queryId = tx.openQuery(query);
  const documents: JSONObject[] = [];
  for (let text = tx.next(queryId); text !== null; text = tx.next(queryId))
    documents.push(JSON.parse(text) as JSONObject);
  return documents;
}

export function getDocument(tx: Transaction, id: string): JSONObject | null {
  const text = tx.get(id, { isSystem: false });
  return text === null ? null : (JSON.parse(text) as JSONObject);
}
