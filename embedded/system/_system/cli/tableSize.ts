import { v } from "convex/values";
import { queryTable, systemQuery } from "../../system-tables";

/** Number of documents in a table; 0 for a table that does not exist. */
export default systemQuery({
  args: { tableName: v.string() },
  handler: (ctx, { tableName }) => queryTable(ctx, tableName).count(),
});
