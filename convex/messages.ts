import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { MESSAGES_LIMIT_DEFAULT, MESSAGES_LIMIT_MAX } from "../lib/limits";
import {
  checkClientMessageId,
  checkMessageBody,
  checkMessageContent,
  checkSenderName,
} from "../lib/validation";
import { notFound, valid } from "./errors";
import { keyMutation, keyQuery, operatorMutation, operatorQuery } from "./functions";
import { permitUpload } from "./model/attachments";
import { findConversation } from "./model/conversations";
import { requireConversation } from "./model/keyScope";
import { checkMentions } from "./model/mentions";
import { messagesNewestFirst, sendMessage, toMessageRow, visibleMessages } from "./model/messages";
import { boundedPage, clampLimit, emptyPage } from "./model/paging";
import { throttleOperatorUpload } from "./model/throttles";
import { messageRow } from "./validators";

/** The newest messages of a conversation, in the order they were written; none for a foreign or unknown id. */
export const listByConversation = operatorQuery({
  agents: "read",
  args: {
    conversationId: v.string(),
    limit: v.optional(v.number()), // 200, at most 500
  },
  returns: v.array(messageRow),
  handler: async (ctx, { conversationId, limit }) => {
    const conversation = await findConversation(ctx.db, ctx.operator, conversationId);
    if (conversation === null) return [];
    const count = clampLimit(limit, MESSAGES_LIMIT_DEFAULT, MESSAGES_LIMIT_MAX);
    const newest = await messagesNewestFirst(ctx.db, conversation._id).take(count);
    return newest.reverse().map(toMessageRow);
  },
});

/** All messages of a conversation by pages, newest first. */
export const listPage = operatorQuery({
  agents: "read",
  args: { conversationId: v.string(), paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(messageRow),
  handler: async (ctx, { conversationId, paginationOpts }) => {
    const conversation = await findConversation(ctx.db, ctx.operator, conversationId);
    if (conversation === null) return emptyPage();
    const result = await messagesNewestFirst(ctx.db, conversation._id).paginate(boundedPage(paginationOpts));
    return { ...result, page: result.page.map(toMessageRow) };
  },
});

/**
 * An answer to the visitor, or a note for operators alone. Repeating a clientMessageId gives the same message. With
 * expectedSequence an answer is refused (CONFLICT, with the `answer` that came first) when somebody else has answered
 * behind it.
 */
export const send = operatorMutation({
  agents: "reply",
  args: {
    conversationId: v.string(),
    body: v.string(),
    internal: v.optional(v.boolean()), // false
    clientMessageId: v.optional(v.string()),
    attachments: v.optional(v.array(v.string())), // ids of uploaded files, up to five; with some the body may be empty
    mentions: v.optional(v.array(v.string())), // of a note: operators who may see the conversation, up to 20
    expectedSequence: v.optional(v.number()), // of the newest answer that the operator has seen, 0 for none
  },
  returns: v.id("messages"),
  handler: async (ctx, { conversationId, body, internal = false, clientMessageId, ...outgoing }) => {
    const { attachments = [], mentions, expectedSequence } = outgoing;
    const conversation = await findConversation(ctx.db, ctx.operator, conversationId);
    if (conversation === null) throw notFound("conversation");
    return await sendMessage(ctx, conversation, {
      sender: { role: internal ? "internal_note" : "operator", operator: ctx.operator },
      body: valid("body", checkMessageContent(body, attachments.length)),
      uploads: attachments,
      mentions: valid("mentions", checkMentions(mentions, internal)),
      expectedSequence,
      clientMessageId:
        clientMessageId === undefined
          ? undefined
          : valid("clientMessageId", checkClientMessageId(clientMessageId)),
      now: Date.now(),
    });
  },
});

/**
 * Permission to upload a file for a message in the conversation: the address that takes it once, within an hour, as the
 * body of a POST with `&name=`. The answer's `id` goes into `attachments` of `messages:send`.
 */
export const generateUploadUrl = operatorMutation({
  agents: "reply",
  args: { conversationId: v.string() },
  returns: v.string(),
  handler: async (ctx, { conversationId }) => {
    const conversation = await findConversation(ctx.db, ctx.operator, conversationId);
    if (conversation === null) throw notFound("conversation");
    await throttleOperatorUpload(ctx, ctx.operator);
    return await permitUpload(ctx, conversation, { operatorId: ctx.operator._id }, Date.now());
  },
});

/** What the visitor can see of a conversation, for a program: from behind a sequence on, in either direction. */
export const listForKey = keyQuery({
  args: {
    conversationId: v.string(),
    order: v.union(v.literal("asc"), v.literal("desc")),
    after: v.union(v.number(), v.null()), // null: from that end
    limit: v.number(),
  },
  returns: v.object({ page: v.array(messageRow), next: v.union(v.number(), v.null()) }),
  handler: async (ctx, { conversationId, order, after, limit }) => {
    const conversation = await requireConversation(ctx.db, ctx.key, conversationId);
    const range = { order, after: after ?? undefined };
    const found = await visibleMessages(ctx.db, conversation._id, range).take(limit + 1);
    const page = found.slice(0, limit);
    return {
      page: page.map(toMessageRow),
      next: found.length > limit ? (page.at(-1)?.sequence ?? null) : null,
    };
  },
});

/** An answer to the visitor by a program. */
export const sendForKey = keyMutation({
  args: { conversationId: v.string(), body: v.string(), senderName: v.optional(v.string()) },
  returns: messageRow,
  handler: async (ctx, { conversationId, body, senderName }) => {
    const conversation = await requireConversation(ctx.db, ctx.key, conversationId);
    const messageId = await sendMessage(ctx, conversation, {
      sender: {
        role: "program",
        senderName: senderName === undefined ? undefined : valid("senderName", checkSenderName(senderName)),
      },
      body: valid("body", checkMessageBody(body)),
      now: Date.now(),
    });
    const message = await ctx.db.get("messages", messageId);
    if (message === null) throw new Error("A message is gone right after it was sent.");
    return toMessageRow(message);
  },
});
