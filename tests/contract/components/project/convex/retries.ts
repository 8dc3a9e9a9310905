/** Actions that fail, run again by the action retrier. */
import { ActionRetrier, onCompleteValidator, runIdValidator } from "@convex-dev/action-retrier";
import { makeFunctionReference } from "convex/server";
import { v } from "convex/values";
import { components, internalAction, internalMutation, mutation, query } from "./builders";

const retrier = new ActionRetrier(components.actionRetrier, {
  initialBackoffMs: 20,
  base: 2,
  logLevel: "ERROR",
});
const flakyFn = makeFunctionReference<"action", { name: string; failures: number }, string>("retries:flaky");
const noteAttemptFn = makeFunctionReference<"mutation", { name: string }, number>("retries:noteAttempt");
const completedFn = makeFunctionReference<"mutation">("retries:completed");

/** Which attempt this is, from 1. */
export const noteAttempt = internalMutation({
  args: { name: v.string() },
  handler: async (ctx, { name }) => {
    await ctx.db.insert("attempts", { of: name });
    const all = await ctx.db
      .query("attempts")
      .withIndex("by_of", (q) => q.eq("of", name))
      .collect();
    return all.length;
  },
});

export const flaky = internalAction({
  args: { name: v.string(), failures: v.number() },
  handler: async (ctx, { name, failures }): Promise<string> => {
    const tried = await ctx.runMutation(noteAttemptFn, { name });
    if (tried <= failures) throw new Error(`attempt ${tried} failed`);
    return `attempt ${tried} worked`;
  },
});

export const start = mutation({
  args: { name: v.string(), failures: v.number(), maxFailures: v.number() },
  handler: (ctx, { name, failures, maxFailures }) =>
    retrier.run(ctx, flakyFn, { name, failures }, { maxFailures, onComplete: completedFn }),
});

export const completed = internalMutation({
  args: onCompleteValidator,
  handler: async (ctx, { runId, result }) => {
    await ctx.db.insert("outcomes", { of: runId, result: JSON.stringify(result) });
  },
});

export const outcome = query({
  args: { runId: runIdValidator },
  handler: async (ctx, { runId }) => {
    const found = await ctx.db
      .query("outcomes")
      .withIndex("by_of", (q) => q.eq("of", runId))
      .unique();
    return found?.result ?? null;
  },
});
