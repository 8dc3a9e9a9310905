import { v } from "convex/values";
import { queryTable, systemQuery } from "../../system-tables";

/** A number that changes whenever the table does: counting depends on the whole table, and no two runs draw the same. */
export default systemQuery({
  args: { tableName: v.string() },
  handler: async (ctx, { tableName }) => {
    await queryTable(ctx, tableName).count();
    return Math.random();
  },
});
