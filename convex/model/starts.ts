/** Starting a conversation from the widget: visitor, conversation and first message in one transaction. */
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { createConversation, isOver, newestConversation } from "./conversations";
import { findSentByVisitor, sendMessage } from "./messages";
import { identifyVisitor } from "./visitors";
import type { VisitorInput } from "./visitors";

export type Start = {
  visitorKey: string;
  input: VisitorInput;
  body?: string;
  clientMessageId?: string;
  now: number;
};

export type Started = {
  conversationId: Id<"conversations">;
  visitorId: Id<"visitors">;
  brandId: Id<"brands">;
  messageId: Id<"messages"> | null;
};

/**
 * The visitor's running conversation, or a new one, with the message in it if there is one. A repeated pair of
 * visitorKey and clientMessageId gives the conversation and message of the first time, whatever became of them.
 */
export async function startConversation(
  ctx: MutationCtx,
  brand: Doc<"brands">,
  { visitorKey, input, body, clientMessageId, now }: Start,
): Promise<Started> {
  const visitor = await identifyVisitor(ctx, brand, { visitorKey, input, now });
  const conversation = await conversationFor(ctx, visitor, clientMessageId, now);
  const messageId =
    body === undefined
      ? null
      : await sendMessage(ctx, conversation, { sender: { role: "visitor" }, body, clientMessageId, now });
  return { conversationId: conversation._id, visitorId: visitor._id, brandId: brand._id, messageId };
}

async function conversationFor(
  ctx: MutationCtx,
  visitor: Doc<"visitors">,
  clientMessageId: string | undefined,
  now: number,
): Promise<Doc<"conversations">> {
  const sent =
    clientMessageId === undefined ? null : await findSentByVisitor(ctx.db, visitor._id, clientMessageId);
  const repeated = sent === null ? null : await ctx.db.get("conversations", sent.conversationId);
  if (repeated !== null) return repeated;
  const newest = await newestConversation(ctx.db, visitor);
  // Who starts anew after one that is over gets another of their own.
  if (newest !== null && !isOver(newest)) return newest;
  return await createConversation(ctx, visitor, now);
}
