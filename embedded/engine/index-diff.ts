import type { SchemaJson } from "../storage/types";
import { BY_CREATION_TIME, type Catalog, type IndexInfo } from "./catalog";

/** An index as the CLI names it in push reports. */
export type IndexDescription = { table: string; name: string; fields: string[]; staged: boolean };

/** What a schema changes about indexes. `enabled`/`disabled`: staged ones that go live, live ones that become staged. */
export type IndexDiff = {
  added: IndexDescription[];
  removed: IndexDescription[];
  enabled: IndexDescription[];
  disabled: IndexDescription[];
};

/** Existing indexes are compared by name and fields; one whose fields changed is removed and added. */
export function diffIndexes(catalog: Catalog, component: string, schema: SchemaJson | null): IndexDiff {
  const diff: IndexDiff = { added: [], removed: [], enabled: [], disabled: [] };
  const declared = new Map(declaredIndexes(schema).map((index) => [`${index.table}\0${index.name}`, index]));
  for (const table of catalog.tables(component)) {
    if (table.isSystem) continue;
    for (const index of table.indexes) {
      if (index.name === BY_CREATION_TIME || index.state === "building") continue;
      const key = `${table.name}\0${index.name}`;
      const wanted = declared.get(key);
      const current = describe(table.name, index);
      if (wanted === undefined || wanted.fields.join() !== index.fields.join()) {
        diff.removed.push(current);
        continue;
      }
      declared.delete(key);
      if (wanted.staged && !current.staged) diff.disabled.push(wanted);
      if (!wanted.staged && current.staged) diff.enabled.push(wanted);
    }
  }
  diff.added.push(...declared.values());
  return diff;
}

/** The row of an index that is in use, or staged, under this name; null if there is none. */
export function findUsedIndex(
  catalog: Catalog,
  component: string,
  { table, name }: IndexDescription,
): IndexInfo | null {
  const indexes = catalog.table(component, table)?.indexes ?? [];
  return indexes.find((index) => index.name === name && index.state !== "building") ?? null;
}

function declaredIndexes(schema: SchemaJson | null): IndexDescription[] {
  return (schema?.tables ?? []).flatMap(({ tableName, indexes, stagedDbIndexes = [] }) => [
    ...indexes.map(({ indexDescriptor: name, fields }) => ({
      table: tableName,
      name,
      fields,
      staged: false,
    })),
    ...stagedDbIndexes.map(({ indexDescriptor: name, fields }) => ({
      table: tableName,
      name,
      fields,
      staged: true,
    })),
  ]);
}

function describe(table: string, { name, fields, state }: IndexInfo): IndexDescription {
  return { table, name, fields, staged: state === "staged" };
}
