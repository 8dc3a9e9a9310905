/** The one place that changes conversations: what is stored beside a conversation to sort by follows it. */
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { refusal } from "../errors";

type Fields = Partial<Omit<Doc<"conversations">, "_id" | "_creationTime" | "revision">>;

/** Fields that views sort by, which the conversation's tags carry too. */
const SORTED = ["status", "waitingSince", "lastMessageAt"] as const;

/** What people decide about a conversation. A change of these counts as a revision, by which undoing knows of later ones. */
const DECIDED = ["status", "snoozedUntil", "assignedOperatorId", "tags"] as const;

/** Where messages to the conversation go: what it was merged into, or the conversation itself. */
export async function whereMerged(
  db: DatabaseReader,
  conversation: Doc<"conversations">,
): Promise<Doc<"conversations">> {
  let current = conversation;
  // Two steps at most: a merge makes what points to its source point to its target.
  while (current.mergedInto !== undefined) {
    const next = await db.get("conversations", current.mergedInto);
    if (next === null) return current;
    current = next;
  }
  return current;
}

/** Refuses decisions about a conversation that was merged: nobody would see what comes of them. */
export function requireUnmerged({ mergedInto }: Doc<"conversations">): void {
  if (mergedInto === undefined) return;
  throw refusal(
    "CONFLICT",
    "This conversation was merged into another. Change the one that it was merged into.",
  );
}

/** The conversation as it is now, after what this transaction has done to it. */
export async function reread(
  db: DatabaseReader,
  conversationId: Id<"conversations">,
): Promise<Doc<"conversations">> {
  const conversation = await db.get("conversations", conversationId);
  if (conversation === null) throw new Error("A conversation is gone while it is changed.");
  return conversation;
}

/** Changes fields of the conversation; `conversation` is how it was before. */
export async function patchConversation(
  ctx: MutationCtx,
  conversation: Doc<"conversations">,
  fields: Fields,
): Promise<void> {
  const isDecision = DECIDED.some((field) => field in fields && fields[field] !== conversation[field]);
  const revision = (conversation.revision ?? 0) + (isDecision ? 1 : 0);
  await ctx.db.patch("conversations", conversation._id, isDecision ? { ...fields, revision } : fields);
  const changed = SORTED.filter((field) => field in fields && fields[field] !== conversation[field]);
  if (changed.length === 0 || conversation.tags === undefined) return;
  const copy = Object.fromEntries(changed.map((field) => [field, fields[field]]));
  const rows = await ctx.db
    .query("conversationTags")
    .withIndex("by_conversation", (q) => q.eq("conversationId", conversation._id))
    .take(conversation.tags.length);
  for (const { _id } of rows) await ctx.db.patch("conversationTags", _id, copy);
}
