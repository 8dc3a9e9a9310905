/** Who is in a conversation, for agent software. Arguments and rows of v1 only ever gain fields. */
import { v } from "convex/values";
import { notFound } from "../errors";
import { operatorMutation, operatorQuery } from "../functions";
import { findConversation } from "../model/conversations";
import { endViewer, operatorsBeside, renewViewer } from "../model/presence";
import { isVisitorTyping, setTyping } from "../model/typing";
import { presenceShape } from "./shapes";

/** Who views and who types, beside the token's own operator; null for a foreign, malformed or unknown id. */
export const get = operatorQuery({
  agents: "read",
  args: { conversationId: v.string() },
  returns: v.union(presenceShape, v.null()),
  handler: async (ctx, { conversationId }) => {
    const conversation = await findConversation(ctx.db, ctx.operator, conversationId);
    if (conversation === null) return null;
    const operators = await operatorsBeside(ctx.db, conversation._id, ctx.operator._id);
    return {
      operators: operators.map(({ operatorId, name, isViewing, isWriting }) => {
        return { id: operatorId, name, isViewing, isTyping: isWriting };
      }),
      visitor: { isTyping: await isVisitorTyping(ctx.db, conversation._id) },
    };
  },
});

/**
 * Says that the token's operator types, which the visitor sees, or views, which the team sees; or no longer. What is
 * not repeated ends by itself, after TYPING_MS and VIEWER_MS.
 */
export const update = operatorMutation({
  agents: "reply",
  args: { conversationId: v.string(), isTyping: v.optional(v.boolean()), isViewing: v.optional(v.boolean()) },
  returns: v.null(),
  handler: async (ctx, { conversationId, isTyping, isViewing }) => {
    const conversation = await findConversation(ctx.db, ctx.operator, conversationId);
    if (conversation === null) throw notFound("conversation");
    const now = Date.now();
    if (isTyping !== undefined) await setTyping(ctx, conversation, ctx.operator, { isTyping, now });
    if (isViewing === true) await renewViewer(ctx, conversation, ctx.operator, now);
    if (isViewing === false) await endViewer(ctx, conversation, ctx.operator);
    return null;
  },
});
