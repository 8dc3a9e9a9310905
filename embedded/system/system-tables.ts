/** How system functions read: tables whose names begin with `_`, which the types of user code do not know. */
import type { GenericDataModel, GenericQueryCtx, GenericTableInfo, QueryInitializer } from "convex/server";

export type SystemQueryCtx = GenericQueryCtx<GenericDataModel>;
export type AnyTableQuery = QueryInitializer<GenericTableInfo> & { count(): Promise<number> };
type Queryable = { query(table: string): AnyTableQuery };

/** A query on any table, the user's or the deployment's own. */
export function queryTable(ctx: SystemQueryCtx, table: string): AnyTableQuery {
  const reader = table.startsWith("_") ? ctx.db.system : ctx.db;
  return (reader as unknown as Queryable).query(table);
}
