/** One conversation for agent software. Arguments and rows of v1 only ever gain fields. */
import { v } from "convex/values";
import { notFound } from "../errors";
import { operatorMutation, operatorQuery } from "../functions";
import * as conversations from "../model/conversations";
import { conversationUpdate, updateConversation } from "../model/conversationUpdate";
import { toConversation } from "../rest/rows";
import { conversationShape } from "./shapes";

/** One conversation; null for a foreign, malformed or unknown id. */
export const get = operatorQuery({
  agents: "read",
  args: { conversationId: v.string() },
  returns: v.union(conversationShape, v.null()),
  handler: async (ctx, { conversationId }) => {
    const conversation = await conversations.findConversation(ctx.db, ctx.operator, conversationId);
    if (conversation === null) return null;
    const [row] = await conversations.toInboxRows(ctx.db, [conversation]);
    return row === undefined ? null : toConversation(row);
  },
});

/** Sets status, assignee or both; or snoozes until a time, at which the conversation opens by itself. Setting what is set already changes nothing. */
export const update = operatorMutation({
  agents: "reply",
  args: { conversationId: v.string(), ...conversationUpdate }, // assignee "me": the token's operator
  returns: v.null(),
  handler: async (ctx, { conversationId, assignee, ...update }) => {
    const conversation = await conversations.findConversation(ctx.db, ctx.operator, conversationId);
    if (conversation === null) throw notFound("conversation");
    const wanted = assignee === "me" ? ctx.operator._id : assignee;
    const change = { operator: ctx.operator, now: Date.now() };
    await updateConversation(ctx, conversation, { ...update, assignee: wanted }, change);
    return null;
  },
});
