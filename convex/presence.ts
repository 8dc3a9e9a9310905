import { v } from "convex/values";
import { notFound } from "./errors";
import { internalMutation, operatorMutation, operatorQuery } from "./functions";
import { findConversation } from "./model/conversations";
import { endViewer, expireViewer, renewViewer, viewersBeside } from "./model/presence";

/** Says that this operator has the conversation open, or no longer; repeat it while they do. */
export const heartbeat = operatorMutation({
  agents: "reply",
  args: { conversationId: v.string(), isHere: v.boolean() },
  returns: v.null(),
  handler: async (ctx, { conversationId, isHere }) => {
    const conversation = await findConversation(ctx.db, ctx.operator, conversationId);
    if (conversation === null) throw notFound("conversation");
    if (isHere) await renewViewer(ctx, conversation, ctx.operator, Date.now());
    else await endViewer(ctx, conversation, ctx.operator);
    return null;
  },
});

/** Who else of the team has the conversation open, and who of them writes a reply; none for a foreign or unknown id. */
export const listViewers = operatorQuery({
  agents: "read",
  args: { conversationId: v.string() },
  returns: v.array(v.object({ operatorId: v.id("operators"), name: v.string(), isWriting: v.boolean() })),
  handler: async (ctx, { conversationId }) => {
    const conversation = await findConversation(ctx.db, ctx.operator, conversationId);
    return conversation === null ? [] : await viewersBeside(ctx.db, conversation._id, ctx.operator._id);
  },
});

/** Ends what was not renewed. */
export const expire = internalMutation({
  args: { viewerId: v.id("viewers") },
  returns: v.null(),
  handler: async (ctx, { viewerId }) => {
    await expireViewer(ctx, viewerId, Date.now());
    return null;
  },
});
