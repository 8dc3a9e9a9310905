/** Counts conversations where they change: one sample each, exactly once, in the transaction of the change. */
import { bucketOf } from "../../lib/histogram";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import type { ConversationStatus } from "../validators";
import type { Metric } from "../validators/metrics";

type Conversation = Doc<"conversations">;
type Counted = Doc<"conversationMetrics">;
type Answer = { role: "operator" | "atlas"; operatorId?: Id<"operators"> };

/** Messages in which the first answer of an older conversation is looked for. */
const LOOKED_AT = 50;

/** A conversation that has just begun. */
export async function countStart(ctx: MutationCtx, conversation: Conversation): Promise<void> {
  const { workspaceId, _id: conversationId, createdAt: at } = conversation;
  await ctx.db.insert("conversationMetrics", { workspaceId, conversationId });
  await addSample(ctx, conversation, { metric: "started", at, bucket: 0 });
}

/** An answer that was just written; `conversation` is as it was before. Only the first one of those waited for counts. */
export async function countAnswer(
  ctx: MutationCtx,
  conversation: Conversation,
  answer: Answer,
  now: number,
): Promise<void> {
  const counted = await ensureCounted(ctx, conversation);
  if (counted.answeredAt !== undefined) return;
  await ctx.db.patch("conversationMetrics", counted._id, { answeredAt: now });
  if (conversation.waitingSince === undefined) return;
  await addAnswer(ctx, conversation, answer, now - conversation.waitingSince);
}

/** A change of status; only the first time that the conversation is resolved or closed counts. */
export async function countResolution(
  ctx: MutationCtx,
  conversation: Conversation,
  { status, operatorId, now }: { status: ConversationStatus; operatorId?: Id<"operators">; now: number },
): Promise<void> {
  if (status !== "resolved" && status !== "closed") return;
  const counted = await ensureCounted(ctx, conversation);
  if (counted.resolvedAt !== undefined) return;
  await ctx.db.patch("conversationMetrics", counted._id, { resolvedAt: now });
  const bucket = bucketOf(now - conversation.createdAt);
  await addSample(ctx, conversation, { metric: "resolved", at: now, bucket, operatorId });
}

/** What is closed because it was merged is not resolved: the person's conversation goes on in the other. */
export async function forgoResolution(
  ctx: MutationCtx,
  conversation: Conversation,
  now: number,
): Promise<void> {
  const counted = await ensureCounted(ctx, conversation);
  if (counted.resolvedAt === undefined) {
    await ctx.db.patch("conversationMetrics", counted._id, { resolvedAt: now });
  }
}

/** Counts a conversation that is older than the counting, from what it holds; one that is counted stays as it is. */
export async function ensureCounted(ctx: MutationCtx, conversation: Conversation): Promise<Counted> {
  const known = await findCounted(ctx.db, conversation);
  if (known !== null) return known;
  await countStart(ctx, conversation);
  const counted = await findCounted(ctx.db, conversation);
  if (counted === null) throw new Error("A conversation is not counted right after it was.");
  const messages = await ctx.db
    .query("messages")
    .withIndex("by_conversation_and_internal_and_sequence", (q) =>
      q.eq("conversationId", conversation._id).eq("internal", false),
    )
    .take(LOOKED_AT);
  const asked = messages.find(({ role }) => role === "visitor");
  const answer = messages.find(({ role }) => role === "operator" || role === "atlas");
  if (answer !== undefined) {
    await ctx.db.patch("conversationMetrics", counted._id, { answeredAt: answer.createdAt });
    if (asked !== undefined && asked.sequence < answer.sequence) {
      const role = answer.role === "atlas" ? "atlas" : "operator";
      const by: Answer = { role, operatorId: answer.senderOperatorId };
      await addAnswer(ctx, conversation, by, answer.createdAt - asked.createdAt);
    }
  }
  const { status, statusChangedAt } = conversation;
  if ((status === "resolved" || status === "closed") && statusChangedAt !== undefined) {
    await ctx.db.patch("conversationMetrics", counted._id, { resolvedAt: statusChangedAt });
    const bucket = bucketOf(statusChangedAt - conversation.createdAt);
    await addSample(ctx, conversation, { metric: "resolved", at: statusChangedAt, bucket });
  }
  return (await findCounted(ctx.db, conversation)) ?? counted;
}

async function findCounted(db: DatabaseReader, { _id }: Conversation): Promise<Counted | null> {
  return await db
    .query("conversationMetrics")
    .withIndex("by_conversation", (q) => q.eq("conversationId", _id))
    .first();
}

async function addAnswer(
  ctx: MutationCtx,
  conversation: Conversation,
  { role, operatorId }: Answer,
  duration: number,
): Promise<void> {
  const byPerson = operatorId === undefined ? "answeredByProgram" : "answered";
  const metric = role === "atlas" ? "answeredByAtlas" : byPerson;
  const bucket = bucketOf(duration);
  await addSample(ctx, conversation, { metric, at: conversation.createdAt, bucket, operatorId });
}

type Sample = { metric: Metric; at: number; bucket: number; operatorId?: Id<"operators"> };

async function addSample(
  ctx: MutationCtx,
  { workspaceId, brandId, channel }: Conversation,
  sample: Sample,
): Promise<void> {
  await ctx.db.insert("metricSamples", { workspaceId, brandId, channel, ...sample });
}
