import { randomBytes } from "node:crypto";
import { FIRST_INDEX } from "../storage/store";
import { FIRST_USER_TABLE_NUMBER, SYSTEM_TABLES } from "../storage/system-tables";
import type { CatalogRow, IndexIdentity, IndexRow, IndexSpec, TableRow } from "../storage/types";
import { BY_CREATION_TIME } from "./catalog";
import { DatabaseError } from "./errors";
import { MAX_TABLES } from "./limits";

/** Changes of the catalog as plain functions: a new row comes out, the old one stays as it was. */

export function newCatalog(): CatalogRow {
  return {
    version: 0,
    writeVersion: 0,
    nextIndex: FIRST_INDEX,
    tables: [],
    indexes: [],
    schemas: {},
    dropped: [],
    cursorSecret: randomBytes(32).toString("hex"),
  };
}

/** The system tables and indexes that this component lacks; `row` itself if it has all. */
export function withSystemTables(row: CatalogRow, component: string): CatalogRow {
  let next = row;
  for (const { name, number, perComponent, indexes } of SYSTEM_TABLES) {
    if (!perComponent && component !== "") continue;
    let table = findTable(next, component, name);
    // A new table is empty: there is nothing to build its indexes from.
    const state = table === undefined ? "enabled" : "building";
    if (table === undefined) {
      next = withTableNumbered(next, component, name, number);
      table = findTable(next, component, name);
    }
    if (table === undefined) continue;
    const { byId } = table;
    for (const index of indexes) {
      if (next.indexes.some((existing) => existing.table === byId && existing.name === index.name)) continue;
      next = withIndex(next, { table: byId, ...index, state });
    }
  }
  return next;
}

/** With a new user table under the lowest free number. Throws DatabaseError for a bad name or too many tables. */
export function withTable(row: CatalogRow, component: string, name: string): CatalogRow {
  if (findTable(row, component, name) !== undefined) return row;
  checkTableName(name);
  const inComponent = row.tables.filter((table) => table.component === component);
  const userTables = inComponent.filter((table) => !table.name.startsWith("_"));
  if (userTables.length >= MAX_TABLES) {
    throw new DatabaseError("TooManyTables", `Number of tables cannot exceed ${MAX_TABLES}.`);
  }
  const taken = new Set(inComponent.map((table) => table.number));
  for (const dropped of row.dropped) {
    if (dropped.component === component && dropped.tableNumber !== null) taken.add(dropped.tableNumber);
  }
  let number = FIRST_USER_TABLE_NUMBER;
  while (taken.has(number)) number++;
  return withTableNumbered(row, component, name, number);
}

export function withIndex(row: CatalogRow, index: Omit<IndexIdentity, "number"> & IndexSpec): CatalogRow {
  return {
    ...changed(row, true),
    nextIndex: row.nextIndex + 1,
    indexes: [...row.indexes, { ...index, number: row.nextIndex }],
  };
}

export function withIndexState(
  row: CatalogRow,
  numbers: ReadonlySet<number>,
  state: IndexRow["state"],
): CatalogRow {
  if (numbers.size === 0) return row;
  const indexes = row.indexes.map((index) => (numbers.has(index.number) ? { ...index, state } : index));
  return { ...changed(row, true), indexes };
}

/** Without these indexes; their entries are still to be purged. */
export function withoutIndexes(row: CatalogRow, numbers: ReadonlySet<number>): CatalogRow {
  if (numbers.size === 0) return row;
  const dropped = [...numbers].map((index) => ({ index, component: "", tableNumber: null }));
  return {
    ...changed(row, true),
    indexes: row.indexes.filter((index) => !numbers.has(index.number)),
    dropped: [...row.dropped, ...dropped],
  };
}

/** Without this table; its documents and entries are still to be purged, and its number is taken until then. */
export function withoutTable(row: CatalogRow, table: TableRow): CatalogRow {
  const own = new Set(row.indexes.filter((index) => index.table === table.byId).map((index) => index.number));
  const next = withoutIndexes(row, own);
  return {
    ...changed(next, true),
    tables: next.tables.filter(({ byId }) => byId !== table.byId),
    dropped: [...next.dropped, { index: table.byId, component: table.component, tableNumber: table.number }],
  };
}

/** Without the component's tables, those of the deployment included, and without its schema. */
export function withoutComponent(row: CatalogRow, component: string): CatalogRow {
  const tables = row.tables.filter((table) => table.component === component);
  return withSchema(tables.reduce(withoutTable, row), component, null);
}

export function withoutDropped(row: CatalogRow, index: number): CatalogRow {
  return { ...changed(row, false), dropped: row.dropped.filter((dropped) => dropped.index !== index) };
}

export function withSchema(
  row: CatalogRow,
  component: string,
  schema: CatalogRow["schemas"][string] | null,
): CatalogRow {
  const { [component]: _previous, ...others } = row.schemas;
  return { ...changed(row, true), schemas: schema === null ? others : { ...others, [component]: schema } };
}

export function findTable(row: CatalogRow, component: string, name: string): TableRow | undefined {
  return row.tables.find((table) => table.component === component && table.name === name);
}

/** Throws DatabaseError unless it may name a user's table. */
export function checkTableName(name: string): void {
  const why = identifierFault(name) ?? (name.startsWith("_") ? "it starts with an underscore" : null);
  if (why !== null) throw new DatabaseError("InvalidTableName", `Invalid table name "${name}": ${why}.`);
}

/** Why the text is no identifier (of a table, an index, a field of a validator); null if it is one. */
export function identifierFault(name: string): string | null {
  if (name.length === 0) return "it is empty";
  if (name.length > 64) return "it is longer than 64 characters";
  if (!/^[A-Za-z_]/.test(name)) return "it must start with a letter or an underscore";
  if (!/^[A-Za-z0-9_]*$/.test(name)) return "it may hold letters, digits and underscores only";
  return /^_*$/.test(name) ? "it may not be all underscores" : null;
}

function withTableNumbered(row: CatalogRow, component: string, name: string, number: number): CatalogRow {
  const byId = row.nextIndex;
  const next: CatalogRow = {
    ...changed(row, false),
    nextIndex: byId + 1,
    tables: [...row.tables, { component, name, number, byId }],
  };
  // A new table is empty, so its own index needs no building and no run can have missed it.
  return {
    ...withIndex(next, { table: byId, name: BY_CREATION_TIME, fields: [], state: "enabled" }),
    writeVersion: row.writeVersion,
  };
}

/** `forWrites`: runs on the catalog before this may have written wrong keys or documents. */
export function changed(row: CatalogRow, forWrites: boolean): CatalogRow {
  const version = row.version + 1;
  return { ...row, version, writeVersion: forWrites ? version : row.writeVersion };
}
