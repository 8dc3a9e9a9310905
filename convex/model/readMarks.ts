/** Read marks: how far one operator has read one conversation, and how far its visitor has. */
import { OPERATORS_MAX } from "../../lib/limits";
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

/**
 * The marks of two conversations that become one. Who has read both has read all `reserved` messages; for others the mark
 * is where the first of the two is unread, which is never behind what they have read.
 */
export async function uniteReadMarks(
  ctx: MutationCtx,
  { source, target }: { source: Doc<"conversations">; target: Doc<"conversations"> },
  reserved: number,
): Promise<void> {
  const operators = new Map<Id<"operators">, { source?: Doc<"readMarks">; target?: Doc<"readMarks"> }>();
  for (const mark of await marksOf(ctx.db, source._id)) operators.set(mark.operatorId, { source: mark });
  for (const mark of await marksOf(ctx.db, target._id)) {
    operators.set(mark.operatorId, { ...operators.get(mark.operatorId), target: mark });
  }
  for (const [operatorId, marks] of operators) {
    const sequence = unitedRead(
      [
        { read: marks.source?.sequence, newest: source.visitorSequence },
        { read: marks.target?.sequence, newest: target.visitorSequence },
      ],
      reserved,
    );
    if (marks.source) await ctx.db.delete("readMarks", marks.source._id);
    if (marks.target) await ctx.db.patch("readMarks", marks.target._id, { sequence });
    else {
      const { workspaceId, _id: conversationId } = target;
      await ctx.db.insert("readMarks", { workspaceId, operatorId, conversationId, sequence });
    }
  }
  const left = await findVisitorRead(ctx.db, source._id);
  const kept = await findVisitorRead(ctx.db, target._id);
  const sequence = unitedRead(
    [
      { read: left?.sequence, newest: source.answerSequence ?? 0 },
      { read: kept?.sequence, newest: target.answerSequence ?? 0 },
    ],
    reserved,
  );
  if (left !== null) await ctx.db.delete("visitorReads", left._id);
  if (kept !== null) await ctx.db.patch("visitorReads", kept._id, { sequence });
  else if (left !== null) {
    const { workspaceId, _id: conversationId } = target;
    await ctx.db.insert("visitorReads", { workspaceId, conversationId, sequence });
  }
}

async function marksOf(db: DatabaseReader, conversationId: Id<"conversations">): Promise<Doc<"readMarks">[]> {
  return await db
    .query("readMarks")
    .withIndex("by_conversation_and_sequence", (q) => q.eq("conversationId", conversationId))
    .order("desc")
    .take(OPERATORS_MAX);
}

/** `newest`: the newest message of the other side, 0 for none. */
function unitedRead(threads: readonly { read?: number; newest: number }[], reserved: number): number {
  const unread = threads.filter(({ read = 0, newest }) => newest > read);
  return unread.length === 0 ? reserved : Math.min(...unread.map(({ read = 0 }) => read));
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
