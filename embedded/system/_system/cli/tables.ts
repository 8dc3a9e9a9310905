import { paginationOptsValidator, queryGeneric } from "convex/server";
import { queryTable } from "../../system-tables";

/** Names of the user's tables, all in one page. */
export default queryGeneric({
  args: { paginationOpts: paginationOptsValidator },
  handler: async (ctx) => {
    const tables = await queryTable(ctx, "_tables").collect();
    return {
      page: tables.map(({ name }) => ({ name: String(name) })),
      isDone: true,
      continueCursor: "end",
    };
  },
});
