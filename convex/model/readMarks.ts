/** Read marks: how far one operator has read one conversation, and how far its visitor has. */
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";

async function findReadMark(
  db: DatabaseReader,
  operator: Doc<"operators">,
  conversationId: Id<"conversations">,
): Promise<Doc<"readMarks"> | null> {
  return await db
    .query("readMarks")
    .withIndex("by_operator_and_conversation", (q) =>
      q.eq("operatorId", operator._id).eq("conversationId", conversationId),
    )
    .unique();
}

/** Moves the operator's mark forward to `sequence`; never back. */
export async function setReadMark(
  ctx: MutationCtx,
  operator: Doc<"operators">,
  conversation: Doc<"conversations">,
  sequence: number,
): Promise<void> {
  const mark = await findReadMark(ctx.db, operator, conversation._id);
  if (mark === null) {
    await ctx.db.insert("readMarks", {
      workspaceId: conversation.workspaceId,
      operatorId: operator._id,
      conversationId: conversation._id,
      sequence,
    });
  } else if (mark.sequence < sequence) {
    await ctx.db.patch("readMarks", mark._id, { sequence });
  }
}

/** Whether the visitor wrote something that the operator has not read. */
export async function isUnread(
  db: DatabaseReader,
  operator: Doc<"operators">,
  conversation: Doc<"conversations">,
): Promise<boolean> {
  const mark = await findReadMark(db, operator, conversation._id);
  return conversation.visitorSequence > (mark?.sequence ?? 0);
}

/** How far anybody of the team has read the conversation; 0: nothing. */
export async function readByTeam(db: DatabaseReader, conversationId: Id<"conversations">): Promise<number> {
  const furthest = await db
    .query("readMarks")
    .withIndex("by_conversation_and_sequence", (q) => q.eq("conversationId", conversationId))
    .order("desc")
    .first();
  return furthest?.sequence ?? 0;
}

const findVisitorRead = (db: DatabaseReader, conversationId: Id<"conversations">) =>
  db
    .query("visitorReads")
    .withIndex("by_conversation", (q) => q.eq("conversationId", conversationId))
    .unique();

/** How far the visitor has read the conversation; 0: nothing. */
export async function readByVisitor(
  db: DatabaseReader,
  conversationId: Id<"conversations">,
): Promise<number> {
  return (await findVisitorRead(db, conversationId))?.sequence ?? 0;
}

/** Moves the visitor's mark forward to `sequence`, at most to the newest message; never back. */
export async function setVisitorRead(
  ctx: MutationCtx,
  { _id, workspaceId, sequence: newest }: Doc<"conversations">,
  sequence: number,
): Promise<void> {
  const mark = await findVisitorRead(ctx.db, _id);
  const reached = Math.min(Math.floor(sequence), newest);
  if (!(reached > (mark?.sequence ?? 0))) return;
  if (mark === null) {
    await ctx.db.insert("visitorReads", { workspaceId, conversationId: _id, sequence: reached });
  } else {
    await ctx.db.patch("visitorReads", mark._id, { sequence: reached });
  }
}
