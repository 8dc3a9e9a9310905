/** Counts, sums and ranks of a table, kept by the aggregate component. */
import { TableAggregate } from "@convex-dev/aggregate";
import { v } from "convex/values";
import { components, mutation, query, type DataModel } from "./builders";

const byScore = new TableAggregate<{ Key: number; DataModel: DataModel; TableName: "scores" }>(
  components.aggregate,
  { sortKey: (doc) => doc.score, sumValue: (doc) => doc.score },
);

export const add = mutation({
  args: { player: v.string(), score: v.number() },
  handler: async (ctx, args) => {
    const id = await ctx.db.insert("scores", args);
    const doc = await ctx.db.get(id);
    if (doc !== null) await byScore.insert(ctx, doc);
    return id;
  },
});

export const change = mutation({
  args: { id: v.id("scores"), score: v.number() },
  handler: async (ctx, { id, score }) => {
    const before = await ctx.db.get(id);
    await ctx.db.patch(id, { score });
    const after = await ctx.db.get(id);
    if (before !== null && after !== null) await byScore.replace(ctx, before, after);
  },
});

export const remove = mutation({
  args: { id: v.id("scores") },
  handler: async (ctx, { id }) => {
    const doc = await ctx.db.get(id);
    if (doc === null) return;
    await ctx.db.delete(id);
    await byScore.delete(ctx, doc);
  },
});

const bounds = (lowest: number) => ({ lower: { key: lowest, inclusive: true } });

/** Of the scores from `lowest` up: by the aggregate, and from the table itself. */
export const totals = query({
  args: { lowest: v.number() },
  handler: async (ctx, { lowest }) => {
    const counted = (await ctx.db.query("scores").collect()).filter(({ score }) => score >= lowest);
    return {
      count: await byScore.count(ctx, { bounds: bounds(lowest) }),
      sum: await byScore.sum(ctx, { bounds: bounds(lowest) }),
      realCount: counted.length,
      realSum: counted.reduce((sum, { score }) => sum + score, 0),
    };
  },
});

/** Scores by rank, from `offset` on. */
export const page = query({
  args: { offset: v.number(), size: v.number() },
  handler: async (ctx, { offset, size }) => {
    const first = await byScore.at(ctx, offset);
    const { page: items } = await byScore.paginate(ctx, {
      bounds: { lower: { key: first.key, id: first.id, inclusive: true } },
      pageSize: size,
    });
    return items.map(({ key }) => key);
  },
});
