import type { IndexSpec, SchemaJson, SchemaSearchIndexJson, SchemaVectorIndexJson } from "../storage/types";
import { allIndexes, BY_CREATION_TIME, type AnyIndexInfo, type Catalog } from "./catalog";

/** An index as the CLI names it in push reports. */
export type IndexDescription = { table: string; name: string; staged: boolean } & IndexSpec;

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
    for (const index of allIndexes(table)) {
      if (index.name === BY_CREATION_TIME || index.state === "building") continue;
      const key = `${table.name}\0${index.name}`;
      const wanted = declared.get(key);
      const current = describe(table.name, index);
      if (wanted === undefined || fingerprint(wanted) !== fingerprint(current)) {
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
): AnyIndexInfo | null {
  const owner = catalog.table(component, table);
  const indexes = owner === null ? [] : allIndexes(owner);
  return indexes.find((index) => index.name === name && index.state !== "building") ?? null;
}

function declaredIndexes(schema: SchemaJson | null): IndexDescription[] {
  return (schema?.tables ?? []).flatMap((definition) => {
    const { tableName: table, indexes, stagedDbIndexes = [] } = definition;
    const { searchIndexes = [], stagedSearchIndexes = [] } = definition;
    const { vectorIndexes = [], stagedVectorIndexes = [] } = definition;
    const list = <T extends { indexDescriptor: string }>(
      declared: readonly T[],
      staged: boolean,
      spec: (index: T) => IndexSpec,
    ): IndexDescription[] =>
      declared.map((index) => ({ table, name: index.indexDescriptor, ...spec(index), staged }));
    const search = (index: SchemaSearchIndexJson): IndexSpec => specOf({ kind: "search", ...index });
    const vector = (index: SchemaVectorIndexJson): IndexSpec => specOf({ kind: "vector", ...index });
    return [
      ...list(indexes, false, specOf),
      ...list(stagedDbIndexes, true, specOf),
      ...list(searchIndexes, false, search),
      ...list(stagedSearchIndexes, true, search),
      ...list(vectorIndexes, false, vector),
      ...list(stagedVectorIndexes, true, vector),
    ];
  });
}

function describe(table: string, index: AnyIndexInfo): IndexDescription {
  return { table, name: index.name, ...specOf(index), staged: index.state === "staged" };
}

/** The same text for two indexes exactly if they hold the same. */
function fingerprint(index: IndexSpec): string {
  return JSON.stringify(specOf(index));
}

/** Without whatever else the object has. */
function specOf(index: IndexSpec): IndexSpec {
  switch (index.kind) {
    case undefined:
      return { fields: index.fields };
    case "search": {
      const { kind, searchField, filterFields } = index;
      return { kind, searchField, filterFields };
    }
    case "vector": {
      const { kind, vectorField, dimensions, filterFields } = index;
      return { kind, vectorField, dimensions, filterFields };
    }
  }
}
