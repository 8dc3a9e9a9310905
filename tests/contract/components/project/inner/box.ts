import {
  internalMutationGeneric,
  mutationGeneric,
  queryGeneric,
  type DataModelFromSchemaDefinition,
  type MutationBuilder,
  type QueryBuilder,
} from "convex/server";
import { v } from "convex/values";
import type schema from "./schema";

type DataModel = DataModelFromSchemaDefinition<typeof schema>;
const query: QueryBuilder<DataModel, "public"> = queryGeneric;
const mutation: MutationBuilder<DataModel, "public"> = mutationGeneric;
const internalMutation: MutationBuilder<DataModel, "internal"> = internalMutationGeneric;

export const put = mutation({
  args: { text: v.string() },
  returns: v.null(),
  handler: async (ctx, { text }) => {
    await ctx.db.insert("texts", { text });
    return null;
  },
});

export const list = query({
  args: {},
  returns: v.array(v.string()),
  handler: async (ctx) => (await ctx.db.query("texts").collect()).map(({ text }) => text),
});

export const greeting = query({ args: {}, handler: () => process.env.GREETING ?? null });

/** Run by this component's own cron job. */
export const tick = internalMutation({
  args: {},
  handler: async (ctx) => {
    const ticks = await ctx.db.query("texts").collect();
    if (!ticks.some(({ text }) => text === "tick")) await ctx.db.insert("texts", { text: "tick" });
  },
});
