import { paginationOptsValidator } from "convex/server";
import { queryTable, systemQuery, textOf } from "../../system-tables";

/** Names of the user's tables, all in one page. */
export default systemQuery({
  args: { paginationOpts: paginationOptsValidator },
  handler: async (ctx) => {
    const tables = await queryTable(ctx, "_tables").collect();
    return {
      page: tables.map(({ name }) => ({ name: textOf(name) })),
      isDone: true,
      continueCursor: "end",
    };
  },
});
