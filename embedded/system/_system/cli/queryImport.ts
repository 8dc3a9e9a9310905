import { v } from "convex/values";
import { queryTable, systemQuery } from "../../system-tables";

const LISTED = 20;

/** An import by its id, or null. */
export default systemQuery({
  args: { importId: v.string() },
  handler: async (ctx, { importId }) => {
    const imports = await queryTable(ctx, "_snapshot_imports").collect();
    return imports.find(({ _id }) => _id === importId) ?? null;
  },
});

/** The newest imports, newest first. */
export const list = systemQuery({
  args: {},
  handler: (ctx) => queryTable(ctx, "_snapshot_imports").order("desc").take(LISTED),
});
