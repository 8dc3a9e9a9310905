import { mutationGeneric, queryGeneric } from "convex/server";
import { v } from "convex/values";

const table = v.union(v.literal("few"), v.literal("many"));
const CHANNEL = "general";

/** Writes `count` messages numbered from `from` to the channel. */
export const fill = mutationGeneric({
  args: { table, from: v.number(), count: v.number() },
  handler: async (ctx, { table, from, count }) => {
    for (let i = from; i < from + count; i++) {
      await ctx.db.insert(table, {
        channel: CHANNEL,
        author: `author ${i % 100}`,
        body: "A message of about the length that people write to each other in a chat, no more.",
        at: i,
      });
    }
  },
});

/** The newest 50, `times` over in one run. `nonce` makes arguments differ, so that no earlier result answers. */
export const newest = queryGeneric({
  args: { table, times: v.number(), nonce: v.number() },
  handler: async (ctx, { table, times }) => {
    let page: unknown[] = [];
    for (let i = 0; i < times; i++) {
      page = await ctx.db
        .query(table)
        .withIndex("by_channel_and_at", (q) => q.eq("channel", CHANNEL))
        .order("desc")
        .take(50);
    }
    return times === 1 ? page : page.length;
  },
});

export const oldest = queryGeneric({
  args: { table },
  handler: (ctx, { table }) => ctx.db.query(table).first(),
});

/** One message in a channel of its own. */
export const send = mutationGeneric({
  args: { channel: v.string(), at: v.number() },
  handler: async (ctx, { channel, at }) => {
    await ctx.db.insert("few", { channel, author: "me", body: "hello", at });
  },
});

/** What subscribers watch. */
export const inChannel = queryGeneric({
  args: { channel: v.string() },
  handler: (ctx, { channel }) =>
    ctx.db
      .query("few")
      .withIndex("by_channel_and_at", (q) => q.eq("channel", channel))
      .order("desc")
      .take(50),
});

/** A small write that no query reads. */
export const touch = mutationGeneric({
  args: { n: v.number() },
  handler: async (ctx, { n }) => {
    await ctx.db.insert("elsewhere", { n });
  },
});
