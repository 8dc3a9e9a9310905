/** Reads an import through once, before anything is written: which tables it brings, and what it will do to those there are. */
import { identifierFault } from "../../engine/catalog-changes";
import type { Committer } from "../../engine/committer";
import { isObject } from "../../engine/document";
import { FILE_VIEW } from "../../runtime/file-rows";
import { decodeId } from "../../storage/ids";
import type { JSONValue } from "../../storage/types";
import { ImportError, rowError } from "./import-error";
import type { ImportSource } from "./import-source";
import { deletedBy, type ImportMode, type TableChange } from "./import-summary";
import { TABLES_TABLE } from "./import-zip";

export type PlannedTable = {
  component: string;
  name: string;
  /** That its ids have; null: the file does not say. */
  number: number | null;
  rows: number;
};

/** Tables by component and name; those without rows too. `_storage` is one, `_tables` is none. */
export async function planImport(source: ImportSource, signal: AbortSignal): Promise<PlannedTable[]> {
  const planned = new Map<string, PlannedTable>();
  for (const { name } of source.tables) if (name !== TABLES_TABLE) checkName(name);
  const named = new Map<string, number>();
  for (const { component, name, rows } of source.tables) {
    let count = 0;
    let number: number | null = null;
    for await (const row of rows()) {
      signal.throwIfAborted();
      count++;
      if (!isObject(row)) throw rowError(count, "wasn't an object");
      if (name === TABLES_TABLE) {
        const [table, id] = listedTable(row, count);
        checkName(table);
        named.set(keyOf(component, table), id);
        addTable(planned, { component, name: table, number: id, rows: 0 });
      } else if (count === 1) {
        const id = row["_id"];
        number = typeof id === "string" ? (decodeId(id)?.tableNumber ?? null) : null;
      }
    }
    if (name !== TABLES_TABLE) addTable(planned, { component, name, number, rows: count });
  }
  for (const table of planned.values())
    table.number = named.get(keyOf(table.component, table.name)) ?? table.number;
  return [...planned.values()];
}

/** What the import changes. Throws ImportError when its mode forbids that. */
export function plannedChanges(
  committer: Committer,
  planned: readonly PlannedTable[],
  mode: ImportMode,
): TableChange[] {
  const others = mode === "replaceAll" ? otherTables(committer, planned) : [];
  return [...planned, ...others].map(({ component, name, rows }) => {
    const existing = committer.read((tx) => tx.count(name), { component });
    const deleted = deletedBy(mode, name, existing);
    return {
      component,
      table: name,
      added: rows,
      deleted,
      existing,
      unit: name === FILE_VIEW ? " files" : "",
    };
  });
}

/** The user's tables that the import does not have, in whatever component. */
export function otherTables({ catalog }: Committer, planned: readonly PlannedTable[]): PlannedTable[] {
  const keys = new Set(planned.map(({ component, name }) => keyOf(component, name)));
  const tables = catalog.components().flatMap((component) => catalog.tables(component));
  return tables
    .filter(({ component, name, isSystem }) => !isSystem && !keys.has(keyOf(component, name)))
    .map(({ component, name }) => ({ component, name, number: null, rows: 0 }));
}

function addTable(planned: Map<string, PlannedTable>, table: PlannedTable): void {
  const key = keyOf(table.component, table.name);
  const known = planned.get(key);
  if (known === undefined) planned.set(key, table);
  else planned.set(key, { ...known, number: known.number ?? table.number, rows: known.rows + table.rows });
}

function listedTable(row: { [key: string]: JSONValue }, count: number): [string, number] {
  const { name, id } = row;
  if (typeof name !== "string") throw rowError(count, "wasn't a valid Convex value: table requires name");
  if (typeof id === "number" && Number.isInteger(id)) return [name, id];
  throw new ImportError(
    `Row ${count} wasn't a valid Convex value: table requires id (received ${JSON.stringify(id)})`,
  );
}

/** The deployment's own tables are no business of an import, but for stored files. */
function checkName(name: string): void {
  if (name === FILE_VIEW) return;
  const fault = identifierFault(name) ?? (name.startsWith("_") ? "it starts with metadata prefix '_'" : null);
  if (fault !== null) throw new ImportError(`Invalid table name ${JSON.stringify(name)}: ${fault}`);
}

function keyOf(component: string, name: string): string {
  return `${component}\0${name}`;
}
