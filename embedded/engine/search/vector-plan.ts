import type { JSONObject, JSONValue } from "../../storage/types";
import type { Catalog, VectorIndexInfo } from "../catalog";
import { isObject } from "../document";
import { DatabaseError } from "../errors";
import { findVectorIndex } from "../find-index";
import {
  DEFAULT_VECTOR_RESULTS,
  MAX_VECTOR_CONDITIONS,
  MAX_VECTOR_DIMENSIONS,
  MAX_VECTOR_RESULTS,
} from "../limits";
import { encodeQueryValue } from "../query-values";
import { fieldScope, type Scope } from "./search-keys";
import { unitVector } from "./unit-vector";

/** A vector search that is ready to run. */
export type VectorPlan = {
  index: VectorIndexInfo;
  vector: Float32Array;
  limit: number;
  /** Documents are in one of these; null: no filter. */
  scopes: Scope[] | null;
};

/**
 * `query`: `{indexName, vector, limit?, expressions?}` as convex/server sends it. Null for a table that does not exist. Throws
 * DatabaseError for a query that the index cannot serve.
 */
export function planVectorSearch(query: JSONValue, catalog: Catalog, component: string): VectorPlan | null {
  if (!isObject(query) || typeof query["indexName"] !== "string") throw invalidQuery("it names no index");
  const { indexName } = query;
  const dot = indexName.indexOf(".");
  const view = catalog.view(component, indexName.slice(0, Math.max(dot, 0)));
  if (view === null) return null;
  const index = findVectorIndex(view.table, indexName.slice(dot + 1), indexName);
  const elements = vectorOf(query);
  if (elements.length > MAX_VECTOR_DIMENSIONS) throw mismatch(MAX_VECTOR_DIMENSIONS, elements.length);
  const limit = limitOf(query);
  const scopes = scopesOf(query["expressions"] ?? null, indexName, index);
  if (elements.length !== index.dimensions) throw mismatch(index.dimensions, elements.length);
  const vector = unitVector(elements, index.dimensions);
  if (vector === null) throw invalidQuery("its vector is no array of finite numbers");
  return { index, vector, limit, scopes };
}

function vectorOf({ vector }: JSONObject): JSONValue[] {
  if (Array.isArray(vector)) return vector;
  throw invalidQuery("it has no vector");
}

function limitOf({ limit = null }: JSONObject): number {
  if (limit === null) return DEFAULT_VECTOR_RESULTS;
  if (typeof limit !== "number" || !Number.isInteger(limit) || limit < 0) {
    throw invalidQuery(`its limit is no whole number: ${JSON.stringify(limit)}`);
  }
  if (limit <= MAX_VECTOR_RESULTS) return limit;
  throw new DatabaseError(
    "VectorLimitTooLargeError",
    `Vector queries can fetch at most ${MAX_VECTOR_RESULTS} results, requested ${limit}.`,
  );
}

function scopesOf(expression: JSONValue, indexName: string, index: VectorIndexInfo): Scope[] | null {
  if (expression === null) return null;
  const scopes = new Set<Scope>();
  for (const { field, value } of equalities(expression)) {
    const position = index.filterFields.indexOf(field);
    if (position < 0) {
      throw new DatabaseError(
        "IncorrectVectorFilterField",
        `Vector query against ${indexName} contains a filter on "${field}" but that field isn't indexed for filtering ` +
          "in `filterFields`.",
      );
    }
    scopes.add(fieldScope(position, encodeQueryValue(value)));
  }
  if (scopes.size > MAX_VECTOR_CONDITIONS) {
    throw new DatabaseError(
      "TooManyElementsInVectorQueryError",
      `Vector query against ${indexName} has too many conditions. Max: ${MAX_VECTOR_CONDITIONS} Actual: ${scopes.size}`,
    );
  }
  // As in production, an `or` of nothing is no filter.
  return scopes.size === 0 ? null : [...scopes];
}

/** A filter is one equality or an `or` of filters, so that it comes to an `or` of equalities. */
function* equalities(expression: JSONValue): Generator<{ field: string; value: JSONValue }> {
  const { $eq, $or } = isObject(expression) ? expression : {};
  if (Array.isArray($or)) {
    for (const one of $or) yield* equalities(one);
    return;
  }
  if (!Array.isArray($eq)) throw invalidFilter("Filters should be a combination of `q.eq` and `q.or`.");
  const [left = null, right = null] = $eq;
  const field = isObject(left) ? left["$field"] : undefined;
  const value = isObject(right) ? right["$literal"] : undefined;
  if (typeof field !== "string" || value === undefined) {
    throw invalidFilter("`q.eq` must take a field path as its first argument and a value as its second");
  }
  yield { field, value };
}

function mismatch(expected: number, received: number): DatabaseError {
  return new DatabaseError(
    "VectorDimensionsMismatch",
    `Expected a vector with dimensions ${expected}, received ${received}.`,
  );
}

function invalidFilter(message: string): DatabaseError {
  return new DatabaseError("InvalidVectorSearchFilter", message);
}

function invalidQuery(why: string): DatabaseError {
  return new DatabaseError("InvalidVectorQuery", `Invalid vector query: ${why}.`);
}
