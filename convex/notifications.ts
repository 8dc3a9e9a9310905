import { v } from "convex/values";
import { ACTIVITY_LIMIT_DEFAULT, ACTIVITY_LIMIT_MAX, UNREAD_IDS_MAX } from "../lib/limits";
import { internal } from "./_generated/api";
import { notFound, refusal } from "./errors";
import { internalMutation, operatorMutation, operatorQuery } from "./functions";
import { findConversation } from "./model/conversations";
import * as notifications from "./model/notifications";
import { clampLimit } from "./model/paging";
import { isUnread, setReadMark } from "./model/readMarks";
import { notificationRow } from "./validators";

/** Marks the conversation as read by this operator, up to its newest message. */
export const markRead = operatorMutation({
  args: { conversationId: v.string() },
  returns: v.null(),
  handler: async (ctx, { conversationId }) => {
    const conversation = await findConversation(ctx.db, ctx.operator, conversationId);
    if (conversation === null) throw notFound("conversation");
    await setReadMark(ctx, ctx.operator, conversation, conversation.sequence);
    return null;
  },
});

/** Those of the given conversations in which a visitor wrote something that this operator has not read. */
export const listUnread = operatorQuery({
  args: { conversationIds: v.array(v.string()) }, // at most 100
  returns: v.array(v.string()),
  handler: async (ctx, { conversationIds }) => {
    if (conversationIds.length > UNREAD_IDS_MAX) {
      throw refusal("VALIDATION", `Ask about at most ${UNREAD_IDS_MAX} conversations at a time.`, {
        field: "conversationIds",
      });
    }
    const unread = await Promise.all(
      conversationIds.map(async (id) => {
        const conversation = await findConversation(ctx.db, ctx.operator, id);
        return conversation !== null && (await isUnread(ctx.db, ctx.operator, conversation));
      }),
    );
    return conversationIds.filter((_id, index) => unread[index]);
  },
});

/** What this operator should know of, newest first. */
export const listActivity = operatorQuery({
  args: { limit: v.optional(v.number()) }, // 100, at most 500
  returns: v.array(notificationRow),
  handler: async (ctx, { limit }) => {
    const count = clampLimit(limit, ACTIVITY_LIMIT_DEFAULT, ACTIVITY_LIMIT_MAX);
    return await notifications.listNotifications(ctx.db, ctx.operator, count);
  },
});

/** How many of these the operator has not read; counts to 100. */
export const countUnreadActivity = operatorQuery({
  args: {},
  returns: v.number(),
  handler: async (ctx) => await notifications.countUnread(ctx.db, ctx.operator),
});

export const markActivityRead = operatorMutation({
  args: { notificationId: v.string() },
  returns: v.null(),
  handler: async (ctx, { notificationId }) => {
    const notification = await notifications.findNotification(ctx.db, ctx.operator, notificationId);
    if (notification === null) throw notFound("notification");
    if (notification.readAt === undefined) {
      await ctx.db.patch("notifications", notification._id, { readAt: Date.now() });
    }
    return null;
  },
});

/** Marks all that this operator has now: a page at once, more in runs of their own. */
export const markAllRead = operatorMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    const job = { operatorId: ctx.operator._id, until: Date.now() };
    const more = await notifications.markPageRead(ctx, job.operatorId, job.until);
    if (more) await ctx.scheduler.runAfter(0, internal.notifications.markMoreRead, job);
    return null;
  },
});

export const markMoreRead = internalMutation({
  args: { operatorId: v.id("operators"), until: v.number() },
  returns: v.null(),
  handler: async (ctx, job) => {
    const more = await notifications.markPageRead(ctx, job.operatorId, job.until);
    if (more) await ctx.scheduler.runAfter(0, internal.notifications.markMoreRead, job);
    return null;
  },
});
