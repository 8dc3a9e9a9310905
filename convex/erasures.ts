/** Erasing people: by owners and admins, for good. */
import { v } from "convex/values";
import { internal } from "./_generated/api";
import { internalMutation, operatorMutation, operatorQuery } from "./functions";
import { erasePage, listErasable, listErasures, startErasure } from "./model/erasure";
import { erasable, erasureRow } from "./validators/erasures";

/** Who would go: the person first, then others with the same email address, who may be chosen too. At most 50. */
export const listSame = operatorQuery({
  args: { visitorId: v.string() },
  returns: v.array(erasable),
  handler: async (ctx, { visitorId }) => await listErasable(ctx.db, ctx.operator, visitorId),
});

/**
 * Deletes people and all that they left: conversations with messages, notes, files, tags and drafts, leads, their changes
 * in the feed with the webhook deliveries, notices. The people are gone at once; `list` says how far the rest is.
 */
export const start = operatorMutation({
  args: { visitorIds: v.array(v.string()) },
  returns: v.id("erasures"),
  handler: async (ctx, { visitorIds }) => await startErasure(ctx, ctx.operator, visitorIds, Date.now()),
});

/** Erasures, newest first, with what they deleted; they say nothing of who was erased. */
export const list = operatorQuery({
  args: {},
  returns: v.array(erasureRow),
  handler: async (ctx) => await listErasures(ctx.db, ctx.operator),
});

export const run = internalMutation({
  args: { erasureId: v.id("erasures") },
  returns: v.null(),
  handler: async (ctx, { erasureId }) => {
    const more = await erasePage(ctx, erasureId, Date.now());
    if (more) await ctx.scheduler.runAfter(0, internal.erasures.run, { erasureId });
    return null;
  },
});
