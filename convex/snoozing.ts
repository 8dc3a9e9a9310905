/** Ends of snoozes: each by a job of its own, and by a sweep for what has lost its job. */
import { v } from "convex/values";
import { internal } from "./_generated/api";
import { internalMutation } from "./functions";
import { wakeConversation, wakeOverdue } from "./model/snoozing";

/** Opens a conversation whose time has come, unless it sleeps no longer or until another time. */
export const wake = internalMutation({
  args: { conversationId: v.id("conversations"), snoozedUntil: v.number() },
  returns: v.null(),
  handler: async (ctx, { conversationId, snoozedUntil }) => {
    const conversation = await ctx.db.get("conversations", conversationId);
    if (conversation?.snoozedUntil === snoozedUntil) await wakeConversation(ctx, conversation, Date.now());
    return null;
  },
});

/** Opens what should have been opened by now: after an import, say, which brings tables but no jobs. */
export const sweep = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    const more = await wakeOverdue(ctx, Date.now());
    if (more) await ctx.scheduler.runAfter(0, internal.snoozing.sweep, {});
    return null;
  },
});
