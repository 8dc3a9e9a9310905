import { v } from "convex/values";
import { UNREAD_IDS_MAX } from "../lib/limits";
import { notFound, refusal } from "./errors";
import { operatorMutation, operatorQuery } from "./functions";
import { findConversation } from "./model/conversations";
import { isUnread, setReadMark } from "./model/readMarks";

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
