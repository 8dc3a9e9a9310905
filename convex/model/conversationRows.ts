/** The one place that changes conversations: what is stored beside a conversation to sort by follows it. */
import type { Doc } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";

type Fields = Partial<Omit<Doc<"conversations">, "_id" | "_creationTime" | "revision">>;

/** Fields that views sort by, which the conversation's tags carry too. */
const SORTED = ["status", "waitingSince", "lastMessageAt"] as const;

/** What people decide about a conversation. A change of these counts as a revision, by which undoing knows of later ones. */
const DECIDED = ["status", "snoozedUntil", "assignedOperatorId", "tags"] as const;

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
