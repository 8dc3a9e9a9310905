/** Who writes at the moment: a row for each writer, renewed while they do and deleted soon after. */
import { TYPING_MS } from "../../lib/limits";
import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";

const findTyping = (
  db: DatabaseReader,
  conversationId: Id<"conversations">,
  operatorId: Id<"operators"> | null,
) =>
  db
    .query("typing")
    .withIndex("by_conversation_and_operator", (q) =>
      q.eq("conversationId", conversationId).eq("operatorId", operatorId),
    )
    .unique();

/**
 * Says that the operator, or the visitor without one, writes or has stopped. However often it is called, a writer costs
 * one row, one write in half of TYPING_MS, and one job that waits.
 */
export async function setTyping(
  ctx: MutationCtx,
  conversation: Doc<"conversations">,
  operator: Doc<"operators"> | null,
  { isTyping, now }: { isTyping: boolean; now: number },
): Promise<void> {
  const row = await findTyping(ctx.db, conversation._id, operator?._id ?? null);
  const until = now + TYPING_MS;
  if (row === null) {
    if (!isTyping) return;
    const { workspaceId, _id: conversationId } = conversation;
    const writer = { operatorId: operator?._id ?? null, name: operator?.name };
    const typingId = await ctx.db.insert("typing", {
      workspaceId,
      conversationId,
      ...writer,
      isTyping,
      until,
    });
    await ctx.scheduler.runAt(until, internal.typing.expire, { typingId });
  } else if (isTyping !== row.isTyping || (isTyping && row.until < until - TYPING_MS / 2)) {
    await ctx.db.patch("typing", row._id, isTyping ? { isTyping, until } : { isTyping });
  }
}

/** Deletes a row that nobody renewed; looks again when its new time has come. */
export async function expireTyping(ctx: MutationCtx, typingId: Id<"typing">, now: number): Promise<void> {
  const row = await ctx.db.get("typing", typingId);
  if (row === null) return;
  if (row.until <= now) await ctx.db.delete("typing", typingId);
  else await ctx.scheduler.runAt(row.until, internal.typing.expire, { typingId });
}

export async function isVisitorTyping(
  db: DatabaseReader,
  conversationId: Id<"conversations">,
): Promise<boolean> {
  return (await findTyping(db, conversationId, null))?.isTyping ?? false;
}

/** More operators than write to one visitor at once. */
const WRITERS_MAX = 10;

/** The operators who write in the conversation. */
export async function writersOf(
  db: DatabaseReader,
  conversationId: Id<"conversations">,
): Promise<Doc<"typing">[]> {
  const writers = await db
    .query("typing")
    .withIndex("by_conversation_and_operator", (q) =>
      q.eq("conversationId", conversationId).gt("operatorId", null),
    )
    .take(WRITERS_MAX);
  return writers.filter(({ isTyping }) => isTyping);
}

/** The operator who writes in the conversation, by name; null: none does. */
export async function typingOperator(
  db: DatabaseReader,
  conversationId: Id<"conversations">,
): Promise<string | null> {
  return (await writersOf(db, conversationId))[0]?.name ?? null;
}
