/** Pages of a list by the place of their last row in an index: rows that move or come between pages hide no other. */
import { getPage } from "convex-helpers/server/pagination";
import type { IndexKey } from "convex-helpers/server/pagination";
import type { IndexNames, NamedTableInfo } from "convex/server";
import type { Infer, Value } from "convex/values";
import { v } from "convex/values";
import type { DataModel, Doc, TableNames } from "../_generated/dataModel";
import type { DatabaseReader } from "../_generated/server";
import { refusal } from "../errors";
import schema from "../schema";

/** Where a row stands: the value that the list is ordered by, then what tells rows of one value apart. */
export const position = v.object({ at: v.number(), createdAt: v.number(), id: v.string() });
export type Position = Infer<typeof position>;

/** In any list: the ordering value may be of another type. */
type Place = Omit<Position, "at"> & { at: Value };

export type KeysetRequest<Table extends TableNames> = {
  table: Table;
  index: IndexNames<NamedTableInfo<DataModel, Table>>;
  prefix: (Value | undefined)[]; // values of the index's fields before the one that orders
  order: "asc" | "desc";
  after: Place | null; // null: from the start
  from?: Value; // without `after`: rows whose ordering value is beyond this one
  upTo?: Value; // the last ordering value of the list
  limit: number;
};

export type KeysetPage<Table extends TableNames> = { page: Doc<Table>[]; hasMore: boolean };

/** At most `limit` rows, reading one more to know whether there are any. */
export async function keysetPage<Table extends TableNames>(
  db: DatabaseReader,
  { table, index, prefix, order, after, from, upTo, limit }: KeysetRequest<Table>,
): Promise<KeysetPage<Table>> {
  if (after !== null && db.normalizeId(table, after.id) === null) throw invalidCursor();
  const start: IndexKey = [...prefix];
  if (after !== null) start.push(after.at, after.createdAt, after.id);
  else if (from !== undefined) start.push(from);
  const { page, hasMore } = await getPage<DataModel, Table>(
    { db },
    {
      table,
      index,
      schema,
      order,
      startIndexKey: start,
      startInclusive: after === null && from === undefined,
      endIndexKey: upTo === undefined ? prefix : [...prefix, upTo],
      absoluteMaxRows: limit,
    },
  );
  return { page, hasMore };
}

export function invalidCursor() {
  return refusal("INVALID_CURSOR", "This cursor is not one that this list gave. Start again without it.");
}
