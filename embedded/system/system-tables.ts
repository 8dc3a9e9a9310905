/** How system functions are made, and how they read tables whose names begin with `_`, which user code's types do not know. */
import {
  queryGeneric,
  type GenericDataModel,
  type GenericQueryCtx,
  type GenericTableInfo,
  type QueryBuilder,
  type QueryInitializer,
} from "convex/server";
import type { Value } from "convex/values";

export const systemQuery: QueryBuilder<GenericDataModel, "public"> = queryGeneric;

type AnyTableQuery = QueryInitializer<GenericTableInfo> & { count(): Promise<number> };
type Queryable = { query(table: string): AnyTableQuery };

/** A query on any table, the user's or the deployment's own. */
export function queryTable(ctx: GenericQueryCtx<GenericDataModel>, table: string): AnyTableQuery {
  const reader = table.startsWith("_") ? ctx.db.system : ctx.db;
  return (reader as unknown as Queryable).query(table);
}

/** A field of a system document that always holds text. */
export function textOf(value: Value | undefined): string {
  if (typeof value !== "string") throw new Error("Expected text in a system document.");
  return value;
}
