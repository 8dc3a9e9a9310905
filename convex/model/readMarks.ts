/** Read marks: how far one operator has read one conversation. */
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
