import { v } from "convex/values";
import { checkTag } from "../lib/validation";
import type { Doc } from "./_generated/dataModel";
import type { DatabaseReader } from "./_generated/server";
import { notFound, valid } from "./errors";
import { operatorMutation, operatorQuery } from "./functions";
import * as tags from "./model/conversationTags";
import { findConversation } from "./model/conversations";

type Asked = { db: DatabaseReader; operator: Doc<"operators"> };

async function requireConversation(
  { db, operator }: Asked,
  conversationId: string,
): Promise<Doc<"conversations">> {
  const conversation = await findConversation(db, operator, conversationId);
  if (conversation === null) throw notFound("conversation");
  return conversation;
}

/** Puts a tag on the conversation, in lower case. One that it has already changes nothing. */
export const addTag = operatorMutation({
  agents: "reply",
  args: { conversationId: v.string(), tag: v.string() },
  returns: v.null(),
  handler: async (ctx, { conversationId, tag }) => {
    const conversation = await requireConversation(ctx, conversationId);
    await tags.addTag(ctx, conversation, valid("tag", checkTag(tag)), Date.now());
    return null;
  },
});

/** Takes a tag off the conversation. One that it does not have changes nothing. */
export const removeTag = operatorMutation({
  agents: "reply",
  args: { conversationId: v.string(), tag: v.string() },
  returns: v.null(),
  handler: async (ctx, { conversationId, tag }) => {
    const conversation = await requireConversation(ctx, conversationId);
    await tags.removeTag(ctx, conversation, valid("tag", checkTag(tag)), Date.now());
    return null;
  },
});

/** The conversation's tags in order; none for a foreign, malformed or unknown id. */
export const listForConversation = operatorQuery({
  agents: "read",
  args: { conversationId: v.string() },
  returns: v.array(v.string()),
  handler: async (ctx, { conversationId }) => {
    const conversation = await findConversation(ctx.db, ctx.operator, conversationId);
    return conversation?.tags ?? [];
  },
});

/** The tags in use in the operator's brands, in order. */
export const listForWorkspace = operatorQuery({
  agents: "read",
  args: {},
  returns: v.array(v.string()),
  handler: async (ctx) => await tags.listTags(ctx.db, ctx.operator),
});
