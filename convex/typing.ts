import { v } from "convex/values";
import { notFound } from "./errors";
import { internalMutation, operatorMutation } from "./functions";
import { findConversation } from "./model/conversations";
import { expireTyping, setTyping } from "./model/typing";

/** Tells the visitor that this operator writes an answer; repeat it while they do. */
export const setOperatorTyping = operatorMutation({
  agents: "reply",
  args: { conversationId: v.string(), isTyping: v.boolean() },
  returns: v.null(),
  handler: async (ctx, { conversationId, isTyping }) => {
    const conversation = await findConversation(ctx.db, ctx.operator, conversationId);
    if (conversation === null) throw notFound("conversation");
    await setTyping(ctx, conversation, ctx.operator, { isTyping, now: Date.now() });
    return null;
  },
});

/** Ends what was not renewed. */
export const expire = internalMutation({
  args: { typingId: v.id("typing") },
  returns: v.null(),
  handler: async (ctx, { typingId }) => {
    await expireTyping(ctx, typingId, Date.now());
    return null;
  },
});
