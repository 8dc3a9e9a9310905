/** Deployed beside the product's functions for `npm run bench:rest`: rows as no function of the product makes so many. */
import { internalMutationGeneric as internalMutation } from "convex/server";
import { v } from "convex/values";

export const insert = internalMutation({
  args: { table: v.string(), rows: v.array(v.any()) },
  handler: (ctx, { table, rows }) =>
    Promise.all(rows.map((row: object) => ctx.db.insert(table, row as never))),
});
