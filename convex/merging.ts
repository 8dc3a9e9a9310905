/** Pages of merges of conversations: each by a run of its own, and by a sweep for what has lost its run. */
import { v } from "convex/values";
import { internal } from "./_generated/api";
import { internalMutation } from "./functions";
import { mergeOn, resumeMerges } from "./model/mergePages";

export const run = internalMutation({
  args: { mergeId: v.id("conversationMerges") },
  returns: v.null(),
  handler: async (ctx, { mergeId }) => {
    await mergeOn(ctx, mergeId, { now: Date.now() });
    return null;
  },
});

/** Goes on with what no run goes on with: after an import, say, which brings tables but no jobs. */
export const sweep = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    const more = await resumeMerges(ctx, Date.now());
    if (more) await ctx.scheduler.runAfter(0, internal.merging.sweep, {});
    return null;
  },
});
