/** Gives rows from before a search had words of them theirs: from the first run of a cron job on, in runs of its own. */
import { v } from "convex/values";
import { internal } from "./_generated/api";
import { internalMutation } from "./functions";
import { backfillPage, isBackfillIdle } from "./model/searchWords";

export const backfill = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    const more = await backfillPage(ctx, Date.now());
    if (more) await ctx.scheduler.runAfter(0, internal.searchWords.backfill, {});
    return null;
  },
});

/** Begins, and goes on with what no run goes on with: after an import, say, which brings tables but no jobs. */
export const sweep = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    if (await isBackfillIdle(ctx, Date.now())) {
      await ctx.scheduler.runAfter(0, internal.searchWords.backfill, {});
    }
    return null;
  },
});
