import { v } from "convex/values";
import { queryTable, systemQuery, textOf } from "../../system-tables";

const BUILT_IN_NAMES = ["CONVEX_CLOUD_URL", "CONVEX_SITE_URL"];

/** All variables that were set, by name. */
export default systemQuery({
  args: {},
  handler: (ctx) => queryTable(ctx, "_environment_variables").withIndex("by_name").collect(),
});

/** One variable, built-in ones included, or null. */
export const get = systemQuery({
  args: { name: v.string() },
  handler: async (ctx, { name }) => {
    const builtIn = BUILT_IN_NAMES.includes(name) ? process.env[name] : undefined;
    if (builtIn !== undefined) return { name, value: builtIn };
    const row = await queryTable(ctx, "_environment_variables")
      .withIndex("by_name", (q) => q.eq("name", name))
      .unique();
    return row === null ? null : { name, value: textOf(row.value) };
  },
});
