/** Work done by the workpool, so much at a time. */
import { vOnCompleteArgs, vWorkId, Workpool } from "@convex-dev/workpool";
import { makeFunctionReference } from "convex/server";
import { v } from "convex/values";
import { components, internalAction, internalMutation, mutation, query } from "./builders";

const pool = new Workpool(components.workpool, {
  maxParallelism: 2,
  retryActionsByDefault: true,
  defaultRetryBehavior: { maxAttempts: 3, initialBackoffMs: 20, base: 2 },
  logLevel: "ERROR",
});
type Work = { name: string; ms: number; failures: number };
const workFn = makeFunctionReference<"action", Work, string>("pool:work");
const countFn = makeFunctionReference<"mutation", { by: number }, null>("pool:count");
const attemptFn = makeFunctionReference<"mutation", { name: string }, number>("retries:noteAttempt");
const completedFn = makeFunctionReference<"mutation">("pool:completed");

export const enqueue = mutation({
  args: { names: v.array(v.string()), ms: v.number(), failures: v.number() },
  handler: (ctx, { names, ms, failures }) =>
    Promise.all(
      names.map((name) =>
        pool.enqueueAction(ctx, workFn, { name, ms, failures }, { onComplete: completedFn, context: name }),
      ),
    ),
});

export const enqueueLater = mutation({
  args: { name: v.string(), ms: v.number() },
  handler: (ctx, { name, ms }) =>
    pool.enqueueAction(
      ctx,
      workFn,
      { name, ms: 0, failures: 0 },
      { onComplete: completedFn, context: name, runAfter: ms },
    ),
});

export const cancel = mutation({
  args: { id: vWorkId },
  handler: (ctx, { id }) => pool.cancel(ctx, id),
});

export const status = query({
  args: { id: vWorkId },
  handler: (ctx, { id }) => pool.status(ctx, id),
});

/** How many run now, and the most that ever did. */
export const count = internalMutation({
  args: { by: v.number() },
  handler: async (ctx, { by }) => {
    const row = await ctx.db.query("running").first();
    const now = (row?.now ?? 0) + by;
    const most = Math.max(row?.most ?? 0, now);
    if (row === null) await ctx.db.insert("running", { name: "pool", now, most });
    else await ctx.db.patch(row._id, { now, most });
  },
});

export const work = internalAction({
  args: { name: v.string(), ms: v.number(), failures: v.number() },
  handler: async (ctx, { name, ms, failures }): Promise<string> => {
    await ctx.runMutation(countFn, { by: 1 });
    const tried = await ctx.runMutation(attemptFn, { name });
    await new Promise((resolve) => setTimeout(resolve, ms));
    await ctx.runMutation(countFn, { by: -1 });
    if (tried <= failures) throw new Error(`attempt ${tried} failed`);
    return `attempt ${tried} worked`;
  },
});

export const completed = internalMutation({
  args: vOnCompleteArgs(v.string()),
  handler: async (ctx, { context, result }) => {
    await ctx.db.insert("outcomes", { of: context, result: JSON.stringify(result) });
  },
});

export const outcomes = query({
  args: { names: v.array(v.string()) },
  handler: async (ctx, { names }) => {
    const rows = await ctx.db.query("outcomes").collect();
    const running = await ctx.db.query("running").first();
    return {
      results: rows.filter(({ of }) => names.includes(of)).map(({ of, result }) => ({ of, result })),
      most: running?.most ?? 0,
    };
  },
});
