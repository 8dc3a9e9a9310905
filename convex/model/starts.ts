/** Starting a conversation from the widget: visitor, conversation and first message in one transaction. */
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { createConversation, isOver, newestConversation } from "./conversations";
import { sha256Hex } from "../logic/tokens";
import { whereMerged } from "./conversationRows";
import { requireIdentity, requireProof } from "./identities";
import { findSentByVisitor, sendMessage } from "./messages";
import { countedBy, throttleMessage, throttleStart } from "./throttles";
import { findVisitor, signIn } from "./visitorSessions";
import { insertVisitor, renewVisitor } from "./visitors";
import type { VisitorInput } from "./visitors";

export type Start = {
  visitorKey: string;
  identityToken?: string;
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
 * visitorKey and clientMessageId gives the conversation and message of the first time, whatever became of them: it is
 * how a browser learns that its message arrived, and counts for no limit.
 */
export async function startConversation(
  ctx: MutationCtx,
  brand: Doc<"brands">,
  { body, clientMessageId, now, ...who }: Start,
): Promise<Started> {
  const visitor = await visitorFor(ctx, brand, { ...who, now });
  const repeated = await conversationOfSent(ctx, visitor, clientMessageId);
  if (repeated === null) await throttleMessage(ctx, countedBy(visitor));
  const conversation = repeated ?? (await conversationFor(ctx, visitor, now));
  const messageId =
    body === undefined
      ? null
      : await sendMessage(ctx, conversation, { sender: { role: "visitor" }, body, clientMessageId, now });
  return { conversationId: conversation._id, visitorId: visitor._id, brandId: brand._id, messageId };
}

async function visitorFor(
  ctx: MutationCtx,
  brand: Doc<"brands">,
  { visitorKey, identityToken, input, now }: Start,
): Promise<Doc<"visitors">> {
  const keyHash = await sha256Hex(visitorKey);
  if (identityToken !== undefined) {
    const identity = await requireIdentity(ctx.db, brand, identityToken, now);
    return await renewVisitor(ctx, await signIn(ctx, brand, { keyHash, identity, now }), { input, now });
  }
  const known = await findVisitor(ctx.db, brand._id, visitorKey);
  await requireProof(ctx.db, brand._id, known);
  return known === null
    ? await insertVisitor(ctx, brand, { keyHash, input, now })
    : await renewVisitor(ctx, known, { input, now });
}

async function conversationOfSent(
  ctx: MutationCtx,
  visitor: Doc<"visitors">,
  clientMessageId: string | undefined,
): Promise<Doc<"conversations"> | null> {
  const sent =
    clientMessageId === undefined ? null : await findSentByVisitor(ctx.db, visitor._id, clientMessageId);
  const conversation = sent === null ? null : await ctx.db.get("conversations", sent.conversationId);
  return conversation === null ? null : await whereMerged(ctx.db, conversation);
}

async function conversationFor(
  ctx: MutationCtx,
  visitor: Doc<"visitors">,
  now: number,
): Promise<Doc<"conversations">> {
  const newest = await newestConversation(ctx.db, visitor);
  // Who starts anew after one that is over gets another of their own.
  if (newest !== null && !isOver(newest)) return newest;
  await throttleStart(ctx, visitor.brandId);
  return await createConversation(ctx, visitor, now);
}
