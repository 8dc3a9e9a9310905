/**
 * Merging two conversations of one visitor: the source is closed and points to the target from the transaction that was
 * asked for on; messages move by pages of their own, see mergePages.ts and docs/decisions/0024.
 */
import { searchWords } from "../../lib/search-text";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { notFound, refusal } from "../errors";
import { cancelTurn } from "./atlasTurns";
import { patchConversation, reread } from "./conversationRows";
import { addTag, removeTag } from "./conversationTags";
import { findConversation, isOver, setStatus, snooze } from "./conversations";
import type { Change } from "./conversations";
import { mergeOn } from "./mergePages";
import { ensureCounted, forgoResolution } from "./metrics";
import { uniteReadMarks } from "./readMarks";

type Conversation = Doc<"conversations">;
type Pair = { source: Conversation; target: Conversation };

/** Streams that Atlas may have under way in one conversation. */
const STREAMS_MAX = 10;

/**
 * Merges the operator's conversation into another one of its visitor. Repeating it changes nothing. What is refused
 * changes nothing either: the other is of somebody else, one of the two is merged already, or its messages are on the way.
 */
export async function mergeConversation(
  ctx: MutationCtx,
  operator: Doc<"operators">,
  { conversationId, into }: { conversationId: string; into: string },
  now: number,
): Promise<void> {
  const source = await findConversation(ctx.db, operator, conversationId);
  const target = await findConversation(ctx.db, operator, into);
  if (source === null || target === null) throw notFound("conversation");
  if (source.mergedInto === target._id) return;
  await requireMergeable(ctx.db, { source, target });
  const wasTurn = await takeTurns(ctx, { source, target });
  const reserved = source.sequence + target.sequence;
  await ensureCounted(ctx, target);
  await forgoResolution(ctx, source, now);
  await uniteReadMarks(ctx, { source, target }, reserved);
  await uniteTags(ctx, { source, target }, now);
  await wakeTarget(ctx, { source, target }, { operator, now });
  await closeSource(ctx, { source, target }, { operator, now });
  await continueInTarget(ctx, { source, target }, { operator, reserved, now });
  const mergeId = await ctx.db.insert("conversationMerges", {
    workspaceId: source.workspaceId,
    sourceId: source._id,
    targetId: target._id,
    operatorId: operator._id,
    reserved,
    targetLeft: target.sequence,
    isVisitorPlaced: source.visitorSequence === 0 && target.visitorSequence === 0,
    isAnswerPlaced: source.answerSequence === undefined && target.answerSequence === undefined,
    pageAt: now,
  });
  await mergeOn(ctx, mergeId, { now, wasTurn });
}

async function requireMergeable(db: DatabaseReader, { source, target }: Pair): Promise<void> {
  const into = { field: "into" };
  if (source._id === target._id) {
    throw refusal("VALIDATION", "This is the same conversation. Choose another one.", into);
  }
  if (source.visitorId !== target.visitorId) {
    throw refusal("VALIDATION", "These are conversations of two visitors. Choose one of the same.", into);
  }
  if (source.mergedInto !== undefined) {
    throw refusal("CONFLICT", "This conversation has been merged into another already. Go on there.");
  }
  if (target.mergedInto !== undefined) {
    const message = "That conversation has been merged itself. Choose the one that it was merged into.";
    throw refusal("CONFLICT", message, into);
  }
  if ((await isMoving(db, source._id)) || (await isMoving(db, target._id))) {
    throw refusal("CONFLICT", "Messages of an earlier merge are still on their way. Try again in a moment.");
  }
}

/** Whether messages are on their way into the conversation. */
async function isMoving(db: DatabaseReader, conversationId: Id<"conversations">): Promise<boolean> {
  const merge = await db
    .query("conversationMerges")
    .withIndex("by_target", (q) => q.eq("targetId", conversationId))
    .first();
  return merge !== null;
}

/** Takes Atlas's turns of both back, since their sequences change, and its streams along; whether there was a turn. */
async function takeTurns(ctx: MutationCtx, { source, target }: Pair): Promise<boolean> {
  const streams = await ctx.db
    .query("atlasStreams")
    .withIndex("by_conversation", (q) => q.eq("conversationId", source._id))
    .take(STREAMS_MAX);
  for (const { _id } of streams) await ctx.db.patch("atlasStreams", _id, { conversationId: target._id });
  const taken = [await cancelTurn(ctx, source._id), await cancelTurn(ctx, target._id)];
  return taken.includes(true);
}

/** More than one conversation may have are refused: leaving some out would be nobody's choice. */
async function uniteTags(ctx: MutationCtx, { source, target }: Pair, now: number): Promise<void> {
  for (const tag of source.tags ?? []) {
    await addTag(ctx, await reread(ctx.db, target._id), tag, now);
    await removeTag(ctx, await reread(ctx.db, source._id), tag, now);
  }
}

/** The more awake of the two states counts: nobody who waits, and no snooze that ends, is lost in what is over. */
async function wakeTarget(ctx: MutationCtx, { source, target }: Pair, change: Change): Promise<void> {
  const current = await reread(ctx.db, target._id);
  if (source.status === "open") return await setStatus(ctx, current, "open", change);
  if (source.status !== "snoozed" || target.status === "open") return;
  const { snoozedUntil } = source;
  if (snoozedUntil === undefined) {
    if (isOver(target)) await setStatus(ctx, current, "snoozed", change);
  } else if (isOver(target) || snoozedUntil < (target.snoozedUntil ?? Infinity)) {
    await snooze(ctx, current, snoozedUntil, change);
  }
}

/** What nobody will look for in the source any more is not left there: it is in no queue and counts as nobody's. */
async function closeSource(ctx: MutationCtx, { source, target }: Pair, change: Change): Promise<void> {
  await setStatus(ctx, await reread(ctx.db, source._id), "closed", change);
  await patchConversation(ctx, await reread(ctx.db, source._id), {
    mergedInto: target._id,
    assignedOperatorId: undefined,
    waitingSince: undefined,
    humanRequestedAt: undefined,
    atlasPausedAt: change.now, // a run that is under way must not post into it
    visitorSequence: 0,
    updatedAt: change.now,
  });
}

/** The target's state as one conversation would have it, its newest sequences apart, and a line that says who merged. */
async function continueInTarget(
  ctx: MutationCtx,
  { source, target }: Pair,
  { operator, reserved, now }: { operator: Doc<"operators">; reserved: number; now: number },
): Promise<void> {
  const current = await reread(ctx.db, target._id);
  const waits = [source, target].filter((each) => !isOver(each)).flatMap((each) => each.waitingSince ?? []);
  const isSourceNewer = (source.lastMessage?.at ?? 0) > (target.lastMessage?.at ?? 0);
  const asked = isOver(source) ? undefined : source.humanRequestedAt;
  const hasAnswer = source.answerSequence !== undefined || target.answerSequence !== undefined;
  await patchConversation(ctx, current, {
    sequence: reserved + 1,
    visitorSequence: Math.max(source.visitorSequence, target.visitorSequence) === 0 ? 0 : reserved,
    answerSequence: hasAnswer ? reserved : undefined,
    lastMessage: isSourceNewer ? source.lastMessage : target.lastMessage,
    lastMessageAt: Math.max(source.lastMessageAt, target.lastMessageAt),
    waitingSince: isOver(current) ? current.waitingSince : waits.sort((a, b) => a - b)[0],
    humanRequestedAt: target.humanRequestedAt ?? asked,
    atlasPausedAt: target.atlasPausedAt ?? source.atlasPausedAt,
    assignedOperatorId: target.assignedOperatorId ?? source.assignedOperatorId,
    updatedAt: now,
  });
  const body = `${operator.name} merged another conversation of this visitor into this one.`;
  await ctx.db.insert("messages", {
    conversationId: target._id,
    workspaceId: target.workspaceId,
    brandId: target.brandId,
    channel: target.channel,
    role: "system",
    internal: true, // how the team sorts its work is no news for the visitor
    senderOperatorId: operator._id,
    senderName: operator.name,
    body,
    searchWords: searchWords(body),
    sequence: reserved + 1,
    createdAt: now,
  });
}
