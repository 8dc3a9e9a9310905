import type {
  JSONObject,
  JSONValue,
  SchemaSearchIndexJson,
  SchemaTableJson,
  SchemaVectorIndexJson,
} from "../storage/types";
import { isObject } from "./document";
import { DatabaseError } from "./errors";
import { MAX_FILTER_FIELDS, MAX_VECTOR_DIMENSIONS, MIN_VECTOR_DIMENSIONS } from "./limits";
import { mayHoldVector } from "./schema-fields";

/** Throws DatabaseError for what is no search index. */
export function parseSearchIndex(tableName: string, json: JSONValue): SchemaSearchIndexJson {
  const { index, name } = indexObject(tableName, json);
  return {
    indexDescriptor: name,
    searchField: fieldPath(tableName, name, index["searchField"]),
    filterFields: parseFilterFields(tableName, name, index["filterFields"]),
  };
}

/** Throws DatabaseError for what is no vector index. */
export function parseVectorIndex(tableName: string, json: JSONValue): SchemaVectorIndexJson {
  const { index, name } = indexObject(tableName, json);
  const { dimensions } = index;
  if (typeof dimensions !== "number" || !Number.isInteger(dimensions)) {
    throw malformed(tableName, name, "its dimensions are no whole number");
  }
  if (dimensions < MIN_VECTOR_DIMENSIONS || dimensions > MAX_VECTOR_DIMENSIONS) {
    throw new DatabaseError(
      "InvalidVectorDimensionError",
      `In table "${tableName}": Dimensions ${dimensions} must be between ${MIN_VECTOR_DIMENSIONS} and ${MAX_VECTOR_DIMENSIONS}.`,
    );
  }
  return {
    indexDescriptor: name,
    vectorField: fieldPath(tableName, name, index["vectorField"]),
    dimensions,
    filterFields: parseFilterFields(tableName, name, index["filterFields"]),
  };
}

/** What search and vector indexes of one table must not have in common. */
export function checkSearchIndexes(table: SchemaTableJson): void {
  const search = [...(table.searchIndexes ?? []), ...(table.stagedSearchIndexes ?? [])];
  const vector = [...(table.vectorIndexes ?? []), ...(table.stagedVectorIndexes ?? [])];
  checkDifferent(table.tableName, "search", search, ({ searchField }) => searchField);
  checkDifferent(
    table.tableName,
    "vector",
    vector,
    ({ vectorField, dimensions }) => `${dimensions} ${vectorField}`,
  );
}

/** For a schema that is enforced: the field must be able to hold vectors. */
export function checkVectorFields({ tableName, documentType, ...table }: SchemaTableJson): void {
  if (documentType === null) return;
  for (const index of [...(table.vectorIndexes ?? []), ...(table.stagedVectorIndexes ?? [])]) {
    if (mayHoldVector(documentType, index.vectorField.split("."))) continue;
    throw new DatabaseError(
      "SchemaDefinitionError",
      `In table "${tableName}" the vector index "${index.indexDescriptor}" is invalid because the field ` +
        `${index.vectorField} is not an array of float64 (v.array(v.float64())).`,
    );
  }
}

function checkDifferent<T extends { indexDescriptor: string }>(
  tableName: string,
  kind: "search" | "vector",
  indexes: readonly T[],
  identity: (index: T) => string,
): void {
  const seen = new Map<string, string>();
  for (const index of indexes) {
    const other = seen.get(identity(index));
    const name = index.indexDescriptor;
    if (other !== undefined) {
      throw new DatabaseError(
        kind === "search" ? "SearchIndexFieldNotUnique" : "VectorIndexFieldNotUnique",
        `In table "${tableName}" ${kind} index "${other}" and ${kind} index "${name}" have the same ` +
          `\`${kind}Field\`. ${kind === "search" ? "Search" : "Vector"} index fields must be unique within a table. You ` +
          `should combine the indexes with the same \`${kind}Field\` into one index containing all \`filterField\`s and ` +
          "then use different subsets of the `filterField`s at query time.",
      );
    }
    seen.set(identity(index), name);
  }
}

function indexObject(tableName: string, json: JSONValue): { index: JSONObject; name: string } {
  const name = isObject(json) ? json["indexDescriptor"] : undefined;
  if (!isObject(json) || typeof name !== "string") throw malformed(tableName, "", "it has no name");
  return { index: json, name };
}

/** Sorted, each once: their positions are part of stored keys. */
function parseFilterFields(tableName: string, name: string, json: JSONValue | undefined): string[] {
  if (!Array.isArray(json)) throw malformed(tableName, name, "its filterFields are no array");
  const fields = [...new Set(json.map((field) => fieldPath(tableName, name, field)))].sort();
  if (fields.length <= MAX_FILTER_FIELDS) return fields;
  throw new DatabaseError(
    "IndexTooManyFilterFields",
    `In table "${tableName}": In index "${name}": Search indexes may have up to ${MAX_FILTER_FIELDS} filter fields.`,
  );
}

function fieldPath(tableName: string, name: string, json: JSONValue | undefined): string {
  if (typeof json === "string" && json.split(".").every((part) => part !== "")) return json;
  throw new DatabaseError(
    "InvalidIndexField",
    `In table "${tableName}": In index "${name}": Invalid index field: ${JSON.stringify(json ?? null)}`,
  );
}

function malformed(tableName: string, name: string, why: string): DatabaseError {
  return new DatabaseError(
    "InvalidSchema",
    `Invalid schema: table "${tableName}" has a malformed index "${name}": ${why}.`,
  );
}
