import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { INBOX_LIMIT_DEFAULT, INBOX_LIMIT_MAX } from "../lib/limits";
import { notFound } from "./errors";
import { operatorMutation, operatorQuery } from "./functions";
import * as conversations from "./model/conversations";
import { listNewest, pageAnswered, pageWaiting, scopeOf } from "./model/inbox";
import { boundedPage, clampLimit } from "./model/paging";
import { channel, conversationDetail, conversationStatus, inboxRow } from "./validators";

/** Conversations of one status, newest activity first, within all the operator's brands or one of them. */
export const listInbox = operatorQuery({
  args: {
    status: v.optional(conversationStatus), // open
    channel: v.optional(channel), // all
    brandId: v.optional(v.string()),
    limit: v.optional(v.number()), // 50, at most 200
  },
  returns: v.array(inboxRow),
  handler: async (ctx, { status = "open", channel, brandId, limit }) => {
    const scope = await scopeOf(ctx.db, ctx.operator, brandId);
    const rows = await listNewest(ctx.db, scope, {
      status,
      channel,
      limit: clampLimit(limit, INBOX_LIMIT_DEFAULT, INBOX_LIMIT_MAX),
    });
    return await conversations.toInboxRows(ctx.db, rows);
  },
});

const pageArgs = {
  status: conversationStatus,
  brandId: v.optional(v.string()),
  paginationOpts: paginationOptsValidator,
};

/** Conversations in which a visitor waits for an answer, longest wait first. */
export const listWaiting = operatorQuery({
  args: pageArgs,
  returns: paginationResultValidator(inboxRow),
  handler: async (ctx, { status, brandId, paginationOpts }) => {
    const scope = await scopeOf(ctx.db, ctx.operator, brandId);
    const result = await pageWaiting(ctx.db, scope, { status, paginationOpts: boundedPage(paginationOpts) });
    return { ...result, page: await conversations.toInboxRows(ctx.db, result.page) };
  },
});

/** Conversations in which nobody waits, newest activity first. */
export const listAnswered = operatorQuery({
  args: pageArgs,
  returns: paginationResultValidator(inboxRow),
  handler: async (ctx, { status, brandId, paginationOpts }) => {
    const scope = await scopeOf(ctx.db, ctx.operator, brandId);
    const result = await pageAnswered(ctx.db, scope, { status, paginationOpts: boundedPage(paginationOpts) });
    return { ...result, page: await conversations.toInboxRows(ctx.db, result.page) };
  },
});

/** One conversation with its whole visitor; null for a foreign, malformed or unknown id. */
export const getById = operatorQuery({
  args: { conversationId: v.string() },
  returns: v.union(conversationDetail, v.null()),
  handler: async (ctx, { conversationId }) => {
    const conversation = await conversations.findConversation(ctx.db, ctx.operator, conversationId);
    return conversation === null ? null : await conversations.toDetail(ctx.db, conversation);
  },
});

/** Resolve, reopen, snooze or close. Setting what is set already changes nothing. */
export const setStatus = operatorMutation({
  args: { conversationId: v.string(), status: conversationStatus },
  returns: v.null(),
  handler: async (ctx, { conversationId, status }) => {
    const conversation = await conversations.findConversation(ctx.db, ctx.operator, conversationId);
    if (conversation === null) throw notFound("conversation");
    await conversations.setStatus(ctx, conversation, { status, operator: ctx.operator, now: Date.now() });
    return null;
  },
});
