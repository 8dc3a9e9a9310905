/**
 * The pages of a merge. Messages are placed from the newest to the oldest, so that both threads are in the order of time
 * after each page: the target ends with what is placed, and begins with what it had before.
 */
import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { awaitTurn } from "./atlasTurns";
import { patchConversation, reread } from "./conversationRows";
import { joinDraft } from "./drafts";
import { recordEvent } from "./events";
import { conversationLink, noticesOf } from "./notifications";

type Conversation = Doc<"conversations">;
type Message = Doc<"messages">;
type Merge = Doc<"conversationMerges">;
type News = Partial<Pick<Conversation, "visitorSequence" | "answerSequence" | "answeredBy">>;

/** Messages that one page places, and rows of a kind that follow them; a message may have 30 KB. */
const PAGE = 50;
/** A draft may have 100 KB. */
const DRAFTS_PAGE = 10;
/** Runs of Atlas for one message. */
const RUNS_MAX = 5;
/** A merge whose page is this old has lost its job. */
const STALE_MS = 5 * 60_000;

/** Moves a page, and leaves the next one to a run of its own. `wasTurn`: Atlas was about to answer the newest message. */
export async function mergeOn(
  ctx: MutationCtx,
  mergeId: Id<"conversationMerges">,
  { now, wasTurn = false }: { now: number; wasTurn?: boolean },
): Promise<void> {
  const merge = await ctx.db.get("conversationMerges", mergeId);
  if (merge === null) return;
  const source = await ctx.db.get("conversations", merge.sourceId);
  const target = await ctx.db.get("conversations", merge.targetId);
  // Their visitor is being erased, and with them whatever would move.
  if (source === null || target === null) return await ctx.db.delete("conversationMerges", mergeId);
  const isMoved = await placeMessages(ctx, merge, { source, target });
  if (wasTurn) await awaitAnew(ctx, merge);
  if (isMoved && (await moveCompanions(ctx, source, target, now))) {
    await ctx.db.delete("conversationMerges", mergeId);
    const data = {
      conversationId: source._id,
      brandId: source.brandId,
      mergedInto: target._id,
      mergedByOperatorId: merge.operatorId,
    };
    return await recordEvent(ctx, source, { type: "conversation.merged", data }, now);
  }
  await ctx.db.patch("conversationMerges", mergeId, { pageAt: now });
  await ctx.scheduler.runAfter(0, internal.merging.run, { mergeId });
}

/** Goes on with merges that have lost their job; true when there may be more. */
export async function resumeMerges(ctx: MutationCtx, now: number): Promise<boolean> {
  const stale = await ctx.db
    .query("conversationMerges")
    .withIndex("by_page_at", (q) => q.lt("pageAt", now - STALE_MS))
    .take(PAGE);
  for (const { _id } of stale) {
    await ctx.db.patch("conversationMerges", _id, { pageAt: now });
    await ctx.scheduler.runAfter(0, internal.merging.run, { mergeId: _id });
  }
  return stale.length === PAGE;
}

/**
 * Places the newest messages that are left; true when the source has none any more. A message gets the sum of its own
 * sequence and of the other thread's next older message: that many can be before it at most. So no two get the same one,
 * a message of the target never moves down, and what is older than all of the source's stays where it is.
 */
async function placeMessages(
  ctx: MutationCtx,
  merge: Merge,
  { source, target }: { source: Conversation; target: Conversation },
): Promise<boolean> {
  const placed = { ...merge };
  const news: News = {};
  const own = await newestOf(ctx.db, target._id, merge.targetLeft);
  const coming = await newestOf(ctx.db, source._id, source.sequence);
  let at = { own: 0, coming: 0 };
  while (at.coming < coming.length && at.own + at.coming < PAGE) {
    const ours = own[at.own];
    const theirs = coming[at.coming];
    if (theirs === undefined) break;
    const sequence = theirs.sequence + (ours?.sequence ?? 0);
    const isOurs = ours !== undefined && isLater(ours, theirs);
    const message = isOurs ? ours : theirs;
    await place(ctx, message, { conversationId: target._id, sequence });
    note(placed, news, message, sequence);
    at = isOurs ? { ...at, own: at.own + 1 } : { ...at, coming: at.coming + 1 };
  }
  // Below what comes next, since what was placed so far is above that.
  const targetLeft = own[at.own]?.sequence ?? (own.length < PAGE ? 0 : (own.at(-1)?.sequence ?? 1) - 1);
  const { isVisitorPlaced, isAnswerPlaced } = placed;
  await ctx.db.patch("conversationMerges", merge._id, { targetLeft, isVisitorPlaced, isAnswerPlaced });
  // What was written since the merge began is newer than anything that moves.
  if (target.visitorSequence > merge.reserved) delete news.visitorSequence;
  if ((target.answerSequence ?? 0) > merge.reserved) {
    delete news.answerSequence;
    delete news.answeredBy;
  }
  if (Object.keys(news).length > 0) await patchConversation(ctx, target, news);
  return coming.length < PAGE && at.coming === coming.length;
}

async function newestOf(
  db: DatabaseReader,
  conversationId: Id<"conversations">,
  upTo: number,
): Promise<Message[]> {
  return await db
    .query("messages")
    .withIndex("by_conversation_and_sequence", (q) =>
      q.eq("conversationId", conversationId).lte("sequence", upTo),
    )
    .order("desc")
    .take(PAGE);
}

const isLater = (one: Message, other: Message): boolean =>
  one.createdAt === other.createdAt
    ? one._creationTime > other._creationTime
    : one.createdAt > other.createdAt;

/** The message with what is stored by its sequence: runs of Atlas, which answer a visitor's message. */
async function place(
  ctx: MutationCtx,
  { _id, conversationId, sequence, role }: Message,
  to: { conversationId: Id<"conversations">; sequence: number },
): Promise<void> {
  await ctx.db.patch("messages", _id, to);
  if (role !== "visitor") return;
  const runs = await ctx.db
    .query("atlasRuns")
    .withIndex("by_conversation_and_sequence", (q) =>
      q.eq("conversationId", conversationId).eq("sequence", sequence),
    )
    .take(RUNS_MAX);
  for (const run of runs) await ctx.db.patch("atlasRuns", run._id, to);
}

/** The first of its kind that is placed is the newest. */
function note(merge: Merge, news: News, { role, systemEvent, senderName }: Message, sequence: number): void {
  const isAnswer = role === "operator" || role === "atlas";
  const isVisitors = role === "visitor" || systemEvent === "human_requested";
  if (isAnswer && !merge.isAnswerPlaced) {
    merge.isAnswerPlaced = true;
    news.answerSequence = sequence;
    if (senderName !== undefined) news.answeredBy = senderName;
  }
  if (isVisitors && !merge.isVisitorPlaced) {
    merge.isVisitorPlaced = true;
    news.visitorSequence = sequence;
  }
}

/** Atlas answers the visitor's newest message, whichever of the two threads it was in. */
async function awaitAnew(ctx: MutationCtx, { _id, targetId }: Merge): Promise<void> {
  const merge = await ctx.db.get("conversationMerges", _id);
  if (merge?.isVisitorPlaced !== true) return;
  const target = await reread(ctx.db, targetId);
  await awaitTurn(ctx, target, target.visitorSequence);
}

/** A page of what hangs on the source beside its messages; true when nothing does any more. */
async function moveCompanions(
  ctx: MutationCtx,
  source: Conversation,
  target: Conversation,
  now: number,
): Promise<boolean> {
  const conversationId = target._id;
  const leads = await ctx.db
    .query("leads")
    .withIndex("by_conversation", (q) => q.eq("conversationId", source._id))
    .take(PAGE);
  for (const { _id } of leads) await ctx.db.patch("leads", _id, { conversationId, updatedAt: now });
  const earlier = await ctx.db
    .query("conversations")
    .withIndex("by_visitor_and_merged_into", (q) =>
      q.eq("visitorId", source.visitorId).eq("mergedInto", source._id),
    )
    .take(PAGE);
  for (const each of earlier) await patchConversation(ctx, each, { mergedInto: conversationId });
  const areNoticesMoved = await moveNotices(ctx, source, target);
  const areDraftsMoved = await moveDrafts(ctx, source, target, now);
  return leads.length < PAGE && earlier.length < PAGE && areNoticesMoved && areDraftsMoved;
}

/** Notices lead to the conversation, alone or at one of its messages. */
async function moveNotices(ctx: MutationCtx, source: Conversation, target: Conversation): Promise<boolean> {
  const link = conversationLink(source._id);
  const notices = await noticesOf(ctx.db, source, PAGE);
  for (const notice of notices) {
    const moved = `${conversationLink(target._id)}${notice.link?.slice(link.length) ?? ""}`;
    await ctx.db.patch("notifications", notice._id, { link: moved });
  }
  return notices.length < PAGE;
}

/** Who had begun to write in both has both texts in the target's composer. */
async function moveDrafts(
  ctx: MutationCtx,
  source: Conversation,
  target: Conversation,
  now: number,
): Promise<boolean> {
  const drafts = await ctx.db
    .query("messageDrafts")
    .withIndex("by_conversation", (q) => q.eq("conversationId", source._id))
    .take(DRAFTS_PAGE);
  for (const draft of drafts) {
    await ctx.db.delete("messageDrafts", draft._id);
    await joinDraft(ctx, draft.operatorId, target, { ...draft, now });
  }
  return drafts.length < DRAFTS_PAGE;
}
