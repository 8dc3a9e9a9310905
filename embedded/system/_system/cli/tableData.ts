import { paginationOptsValidator } from "convex/server";
import { v } from "convex/values";
import { queryTable, systemQuery } from "../../system-tables";

const MAX_ROWS_READ = 10_000;
const MAX_BYTES_READ = 5_000_000;

/** A page of a table's documents in the order of their creation. */
export default systemQuery({
  args: {
    table: v.string(),
    order: v.union(v.literal("asc"), v.literal("desc")),
    paginationOpts: paginationOptsValidator,
  },
  handler: (ctx, { table, order, paginationOpts }) =>
    queryTable(ctx, table)
      .order(order)
      .paginate({
        ...paginationOpts,
        maximumRowsRead: MAX_ROWS_READ,
        maximumBytesRead: MAX_BYTES_READ,
      }),
});
