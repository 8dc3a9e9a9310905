/** Messages for agent software. Arguments and rows of v1 only ever gain fields. */
import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { MESSAGES_LIMIT_DEFAULT, MESSAGES_LIMIT_MAX } from "../../lib/limits";
import { checkClientMessageId, checkMessageBody } from "../../lib/validation";
import type { Doc } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { notFound, valid } from "../errors";
import { operatorMutation, operatorQuery } from "../functions";
import { findConversation } from "../model/conversations";
import { sendMessage, toMessageRow, visibleMessagesNewestFirst } from "../model/messages";
import { boundedPage, clampLimit, emptyPage } from "../model/paging";
import { toMessage } from "../rest/rows";
import { messageShape } from "./shapes";

/** The newest messages that the visitor can see, in the order they were written; none for a foreign or unknown id. */
export const list = operatorQuery({
  agents: "read",
  args: { conversationId: v.string(), limit: v.optional(v.number()) }, // 200, at most 500
  returns: v.array(messageShape),
  handler: async (ctx, { conversationId, limit }) => {
    const conversation = await findConversation(ctx.db, ctx.operator, conversationId);
    if (conversation === null) return [];
    const count = clampLimit(limit, MESSAGES_LIMIT_DEFAULT, MESSAGES_LIMIT_MAX);
    const newest = await visibleMessagesNewestFirst(ctx.db, conversation._id).take(count);
    return newest.reverse().map((message) => toMessage(toMessageRow(message)));
  },
});

/** The same by pages, newest first. */
export const page = operatorQuery({
  agents: "read",
  args: { conversationId: v.string(), paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(messageShape),
  handler: async (ctx, { conversationId, paginationOpts }) => {
    const conversation = await findConversation(ctx.db, ctx.operator, conversationId);
    if (conversation === null) return emptyPage();
    const visible = visibleMessagesNewestFirst(ctx.db, conversation._id);
    const result = await visible.paginate(boundedPage(paginationOpts));
    return { ...result, page: result.page.map((message) => toMessage(toMessageRow(message))) };
  },
});

const outgoing = {
  conversationId: v.string(),
  body: v.string(),
  clientMessageId: v.string(), // a repeated one sends nothing and gives the same message
};
type Outgoing = { conversationId: string; body: string; clientMessageId: string };

/** An answer to the visitor, in the operator's name. */
export const send = operatorMutation({
  agents: "reply",
  args: outgoing,
  returns: messageShape,
  handler: async (ctx, args) => {
    const messageId = await write(ctx, "operator", args);
    const message = await ctx.db.get("messages", messageId);
    if (message === null) throw new Error("A message is gone right after it was sent.");
    return toMessage(toMessageRow(message));
  },
});

/** A note that operators alone can see. */
export const addNote = operatorMutation({
  agents: "reply",
  args: outgoing,
  returns: v.object({ messageId: v.id("messages") }),
  handler: async (ctx, args) => ({ messageId: await write(ctx, "internal_note", args) }),
});

async function write(
  ctx: MutationCtx & { operator: Doc<"operators"> },
  role: "operator" | "internal_note",
  { conversationId, body, clientMessageId }: Outgoing,
) {
  const conversation = await findConversation(ctx.db, ctx.operator, conversationId);
  if (conversation === null) throw notFound("conversation");
  return await sendMessage(ctx, conversation, {
    sender: { role, operator: ctx.operator },
    body: valid("body", checkMessageBody(body)),
    clientMessageId: valid("clientMessageId", checkClientMessageId(clientMessageId)),
    now: Date.now(),
  });
}
