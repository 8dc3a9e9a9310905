/** Tables that are filled out of sight, as changes of the catalog: plain functions, as in catalog-changes.ts. */
import { FIRST_USER_TABLE_NUMBER, SYSTEM_TABLES, VIRTUAL_TABLES } from "../storage/system-tables";
import type { CatalogRow, IndexRow, TableRow } from "../storage/types";
import { BY_CREATION_TIME } from "./catalog";
import { changed, checkTableName, findTable, withoutTable, withSystemTables } from "./catalog-changes";
import { DatabaseError } from "./errors";
import { MAX_TABLES } from "./limits";

export type TableName = { component: string; name: string };

/** `number`: in the ids that its documents bring; null: that of the table it replaces, or any. */
export type TableSpec = TableName & { number: number | null };

/** A table with its indexes, as they will stand in the catalog. */
export type HiddenTable = TableRow & { indexes: readonly IndexRow[] };

const MAX_TABLE_NUMBER = 0xffff_ffff;
const RESERVED_NUMBERS = new Set([...SYSTEM_TABLES, ...VIRTUAL_TABLES].map(({ number }) => number));

/** Sets aside what the tables need. Components that are not there get their own tables of the deployment. */
export function withHiddenTables(
  row: CatalogRow,
  specs: readonly TableSpec[],
): { row: CatalogRow; hidden: HiddenTable[] } {
  let next = specs.reduce((current, { component }) => withSystemTables(current, component), row);
  const hidden: HiddenTable[] = [];
  for (const spec of specs) {
    const table = hiddenTable(next, spec, hidden);
    hidden.push(table);
    const numbers = indexNumbers(table);
    next = {
      ...changed(next, false),
      nextIndex: next.nextIndex + numbers.length,
      hidden: [...(next.hidden ?? []), ...numbers],
    };
  }
  withReplacedTables(next, hidden, []);
  return { row: next, hidden };
}

/** The catalog with the tables in service, and the indexes that are no more. Throws DatabaseError if numbers collide. */
export function withReplacedTables(
  row: CatalogRow,
  hidden: readonly HiddenTable[],
  deleted: readonly TableName[],
): { row: CatalogRow; dropped: number[] } {
  let next = row;
  const dropped: number[] = [];
  for (const { component, name } of [...hidden, ...deleted]) {
    const old = findTable(next, component, name);
    if (old === undefined) continue;
    dropped.push(old.byId);
    for (const index of next.indexes) if (index.table === old.byId) dropped.push(index.number);
    next = withoutTable(next, old);
  }
  const own = new Set(hidden.flatMap(indexNumbers));
  const tables = hidden.map(({ component, name, number, byId }) => ({ component, name, number, byId }));
  next = {
    ...changed(next, true),
    tables: [...next.tables, ...tables],
    indexes: [...next.indexes, ...hidden.flatMap(({ indexes }) => indexes)],
    hidden: (next.hidden ?? []).filter((index) => !own.has(index)),
  };
  for (const table of tables) checkNumber(next, table);
  return { row: next, dropped };
}

/** Leaves the tables to the purge; all that are hidden unless some are named. */
export function withoutHidden(row: CatalogRow, hidden: readonly HiddenTable[] | null = null): CatalogRow {
  const all = row.hidden ?? [];
  if (all.length === 0) return row;
  const gone = hidden === null ? new Set(all) : new Set(hidden.flatMap(indexNumbers));
  const dropped = all.filter((index) => gone.has(index));
  return {
    ...changed(row, false),
    hidden: all.filter((index) => !gone.has(index)),
    dropped: [...row.dropped, ...dropped.map((index) => ({ index, component: "", tableNumber: null }))],
  };
}

/** What the indexes of the table of this name are, whatever their numbers. */
export function tableSignature(row: CatalogRow, { component, name }: TableName): unknown {
  const table = findTable(row, component, name);
  return row.indexes
    .filter((index) => index.table === table?.byId)
    .map(({ number: _number, table: _table, ...definition }) => definition);
}

function hiddenTable(row: CatalogRow, spec: TableSpec, others: readonly HiddenTable[]): HiddenTable {
  const { component, name } = spec;
  const existing = findTable(row, component, name);
  if (existing === undefined) checkTableName(name);
  const byId = row.nextIndex;
  const model: IndexRow[] =
    existing === undefined
      ? [{ number: 0, table: 0, name: BY_CREATION_TIME, fields: [], state: "enabled" }]
      : row.indexes.filter((index) => index.table === existing.byId);
  const indexes = model.map((index, i) => ({ ...index, number: byId + 1 + i, table: byId }));
  const number = spec.number ?? existing?.number ?? freeNumber(row, component, others);
  return { component, name, number, byId, indexes };
}

function freeNumber(row: CatalogRow, component: string, others: readonly HiddenTable[]): number {
  const inComponent = [...row.tables, ...others].filter((table) => table.component === component);
  if (inComponent.length >= MAX_TABLES + SYSTEM_TABLES.length) {
    throw new DatabaseError("TooManyTables", `Number of tables cannot exceed ${MAX_TABLES}.`);
  }
  const taken = new Set(inComponent.map(({ number }) => number));
  for (const dropped of row.dropped) {
    if (dropped.component === component && dropped.tableNumber !== null) taken.add(dropped.tableNumber);
  }
  let number = FIRST_USER_TABLE_NUMBER;
  while (taken.has(number)) number++;
  return number;
}

function checkNumber(row: CatalogRow, table: TableRow): void {
  const { component, name, number } = table;
  const isOwn = name.startsWith("_") || !RESERVED_NUMBERS.has(number);
  if (!isOwn || number < 1 || number > MAX_TABLE_NUMBER) {
    throw new DatabaseError(
      "TableNumberConflict",
      `Table "${name}" has IDs with the number ${number}, which is reserved`,
    );
  }
  const other = row.tables.find(
    (candidate) =>
      candidate.component === component && candidate.number === number && candidate.byId !== table.byId,
  );
  if (other === undefined) return;
  throw new DatabaseError(
    "TableNumberConflict",
    `New table "${name}" has IDs that conflict with existing table "${other.name}"`,
  );
}

function indexNumbers({ byId, indexes }: HiddenTable): number[] {
  return [byId, ...indexes.map(({ number }) => number)];
}
