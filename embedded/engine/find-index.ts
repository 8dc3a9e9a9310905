import {
  allIndexes,
  type AnyIndexInfo,
  type IndexInfo,
  type SearchIndexInfo,
  type TableInfo,
  type VectorIndexInfo,
} from "./catalog";
import { DatabaseError } from "./errors";

/** Each throws DatabaseError unless the table has an enabled index of this name and kind. `shownName`: as the query says it. */
export function findDatabaseIndex(table: TableInfo, name: string, shownName: string): IndexInfo {
  const index = findIndex(table, name, shownName);
  if (index.kind === undefined) return index;
  throw new DatabaseError("IndexNotADatabaseIndexError", `Index ${shownName} is not a database index`);
}

export function findSearchIndex(table: TableInfo, name: string, shownName: string): SearchIndexInfo {
  const index = findIndex(table, name, shownName);
  if (index.kind === "search") return index;
  throw new DatabaseError("IndexNotASearchIndexError", `Index ${shownName} is not a search index`);
}

export function findVectorIndex(table: TableInfo, name: string, shownName: string): VectorIndexInfo {
  const index = findIndex(table, name, shownName);
  if (index.kind === "vector") return index;
  throw new DatabaseError("IndexNotAVectorIndexError", `Index ${shownName} is not a vector index`);
}

function findIndex(table: TableInfo, name: string, shownName: string): AnyIndexInfo {
  // While a changed index is being built there are two of one name: the old one serves.
  const named = allIndexes(table).filter((index) => index.name === name);
  const enabled = named.find((index) => index.state === "enabled");
  if (enabled !== undefined) return enabled;
  if (named.length === 0) throw new DatabaseError("IndexNotFoundError", `Index ${shownName} not found.`);
  if (named.some((index) => index.state === "staged")) {
    throw new DatabaseError(
      "StagedIndexError",
      `Index ${shownName} is currently staged and not available to query until it is enabled.`,
    );
  }
  throw new DatabaseError(
    "IndexBackfillingError",
    `Index ${shownName} is currently backfilling and not available to query yet.`,
  );
}
