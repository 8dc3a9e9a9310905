import { createHash } from "node:crypto";
import { decodeId, idLength } from "../storage/ids";
import { VIRTUAL_TABLES, type VirtualTable } from "../storage/system-tables";
import type {
  CatalogRow,
  DatabaseIndexSpec,
  IndexIdentity,
  IndexRow,
  SchemaJson,
  SearchIndexSpec,
  TableRow,
  ValidatorJSON,
  VectorIndexSpec,
} from "../storage/types";
import type { Snapshot } from "../storage/store";

/** Index 0 holds no documents; ranges of it stand for facts of the catalog that a run depended on. */
export const CATALOG_INDEX = 0;

export const BY_CREATION_TIME = "by_creation_time";
export const BY_ID = "by_id";

type Path = readonly string[];

export type IndexInfo = IndexIdentity & DatabaseIndexSpec & { paths: readonly Path[] };
export type SearchIndexInfo = IndexIdentity & SearchIndexSpec & { path: Path; filterPaths: readonly Path[] };
export type VectorIndexInfo = IndexIdentity & VectorIndexSpec & { path: Path; filterPaths: readonly Path[] };
export type AnyIndexInfo = IndexInfo | SearchIndexInfo | VectorIndexInfo;

/** Lists of indexes hold them whatever their state, in the order of their numbers. */
export type TableInfo = TableRow & {
  idLength: number;
  isSystem: boolean;
  /** The database indexes but by_id. */
  indexes: readonly IndexInfo[];
  searchIndexes: readonly SearchIndexInfo[];
  vectorIndexes: readonly VectorIndexInfo[];
};

/** What a table name means to a reader: a table, or a view of one. */
export type TableView = { table: TableInfo; virtual: VirtualTable | null };

/** Immutable view of the catalog: which tables, indexes and active schemas there are at one version. */
export class Catalog {
  readonly #byName = new Map<string, TableInfo>();
  readonly #byNumber = new Map<string, TableInfo>();
  readonly #byIndex = new Map<number, TableInfo>();
  readonly #documentTypes = new Map<string, ValidatorJSON>();
  /** Key material for pagination cursors. */
  readonly cursorKey: Buffer;
  /** Key material for function handles, which nobody can make who was not given one. */
  readonly functionHandleKey: Buffer;
  /** Signs the tokens of upload URLs. */
  readonly uploadKey: Buffer;

  constructor(readonly row: CatalogRow) {
    const indexes = new Map<number, AnyIndexInfo[]>();
    for (const index of row.indexes) {
      const list = indexes.get(index.table);
      if (list === undefined) indexes.set(index.table, [indexInfo(index)]);
      else list.push(indexInfo(index));
    }
    for (const table of row.tables) {
      const all = indexes.get(table.byId) ?? [];
      const info: TableInfo = {
        ...table,
        idLength: idLength(table.number),
        isSystem: table.name.startsWith("_"),
        indexes: all.filter((index) => index.kind === undefined),
        searchIndexes: all.filter((index) => index.kind === "search"),
        vectorIndexes: all.filter((index) => index.kind === "vector"),
      };
      this.#byName.set(scoped(table.component, table.name), info);
      this.#byNumber.set(scoped(table.component, table.number), info);
      for (const number of indexNumbers(info)) {
        this.#byIndex.set(number, info);
      }
    }
    for (const [component, schema] of Object.entries(row.schemas)) {
      if (!schema.schemaValidation) continue;
      for (const { tableName, documentType } of schema.tables) {
        if (documentType !== null) this.#documentTypes.set(scoped(component, tableName), documentType);
      }
    }
    this.cursorKey = createHash("sha256").update(`cursor ${row.cursorSecret}`).digest();
    this.functionHandleKey = createHash("sha256").update(`function handle ${row.cursorSecret}`).digest();
    this.uploadKey = createHash("sha256").update(`upload ${row.cursorSecret}`).digest();
  }

  get version(): number {
    return this.row.version;
  }

  table(component: string, name: string): TableInfo | null {
    return this.#byName.get(scoped(component, name)) ?? null;
  }

  tableByNumber(component: string, number: number): TableInfo | null {
    return this.#byNumber.get(scoped(component, number)) ?? null;
  }

  /** The table or view of this name. */
  view(component: string, name: string): TableView | null {
    const virtual = VIRTUAL_TABLES.find((candidate) => candidate.name === name) ?? null;
    const table = this.table(component, virtual?.of ?? name);
    return table === null ? null : { table, virtual };
  }

  /** The table or view whose ids carry this number. */
  viewByNumber(component: string, number: number): TableView | null {
    const virtual = VIRTUAL_TABLES.find((candidate) => candidate.number === number) ?? null;
    const table =
      virtual === null ? this.tableByNumber(component, number) : this.table(component, virtual.of);
    return table === null ? null : { table, virtual };
  }

  /** The table that an index belongs to. */
  tableOfIndex(index: number): TableInfo | null {
    return this.#byIndex.get(index) ?? null;
  }

  /** The view through which user code reads a system table, if there is one. */
  virtualOf(table: TableInfo): VirtualTable | null {
    return VIRTUAL_TABLES.find((virtual) => virtual.of === table.name) ?? null;
  }

  /** Every component that has tables, also unmounted ones; the app is "". */
  components(): readonly string[] {
    return [...new Set(this.row.tables.map(({ component }) => component))];
  }

  tables(component: string): readonly TableInfo[] {
    return [...this.#byName.values()].filter((table) => table.component === component);
  }

  schema(component: string): SchemaJson | null {
    return this.row.schemas[component] ?? null;
  }

  /** Validator that writes to the table must satisfy; null when nothing is enforced. */
  documentType(component: string, table: string): ValidatorJSON | null {
    return this.#documentTypes.get(scoped(component, table)) ?? null;
  }
}

/** All indexes of a table but by_id. */
export function allIndexes({ indexes, searchIndexes, vectorIndexes }: TableInfo): AnyIndexInfo[] {
  return [...indexes, ...searchIndexes, ...vectorIndexes];
}

/** Of all indexes of a table, by_id first. */
export function indexNumbers(table: TableInfo): number[] {
  return [table.byId, ...allIndexes(table).map((index) => index.number)];
}

function indexInfo(index: IndexRow): AnyIndexInfo {
  const path = (field: string): Path => field.split(".");
  switch (index.kind) {
    case undefined:
      return { ...index, paths: index.fields.map(path) };
    case "search":
      return { ...index, path: path(index.searchField), filterPaths: index.filterFields.map(path) };
    case "vector":
      return { ...index, path: path(index.vectorField), filterPaths: index.filterFields.map(path) };
  }
}

/** Tells validators to which table or view of the component an id belongs; null: none. */
export function idTableResolver(catalog: Catalog, component: string): (text: string) => string | null {
  return (text) => {
    const id = decodeId(text);
    if (id === null) return null;
    const view = catalog.viewByNumber(component, id.tableNumber);
    return view === null ? null : (view.virtual?.name ?? view.table.name);
  };
}

/** Keeps the newest catalog parsed, so that a snapshot costs a version comparison as long as nothing changed. */
export class CatalogCache {
  #catalog: Catalog | null = null;

  at(snapshot: Snapshot): Catalog {
    if (this.#catalog?.version === snapshot.catalogVersion) return this.#catalog;
    const text = snapshot.catalogText();
    if (text === null) throw new Error("The database has no catalog: it was never opened by a committer.");
    this.#catalog = new Catalog(JSON.parse(text) as CatalogRow);
    return this.#catalog;
  }
}

function scoped(component: string, key: string | number): string {
  return `${component}\0${key}`;
}

/** The catalog key that creating this table writes: who found no such table depends on it. */
export function tableKey(component: string, name: string): string {
  return scoped(component, name);
}
