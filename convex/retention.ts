import { v } from "convex/values";
import { components, internal } from "./_generated/api";
import { internalMutation } from "./functions";
import { purgeFeed } from "./model/feed";
import { purgeResults } from "./model/idempotency";

/** Older than any window of a rate limit. */
const IDLE = 24 * 60 * 60 * 1000;

/** Deletes a page of what is past its time, and goes on in runs of its own while there is more. */
export const purge = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    const now = Date.now();
    const more = [await purgeFeed(ctx, now), await purgeResults(ctx, now)];
    if (more.includes(true)) await ctx.scheduler.runAfter(0, internal.retention.purge, {});
    return null;
  },
});

/** Forgets counts of keys and addresses: a window is a minute, and each new address would leave a row for ever. */
export const forgetRates = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    await ctx.runMutation(components.rateLimiter.lib.clearAll, { before: Date.now() - IDLE });
    return null;
  },
});
