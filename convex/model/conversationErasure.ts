/** Deletes a conversation with all that belongs to it, in pages. */
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import type { ErasedCounts } from "../validators/erasures";
import { deleteAttachments, deleteUpload } from "./attachments";
import { removeTag } from "./conversationTags";
import { noticesOf } from "./notifications";
import { purgeDelivery } from "./webhookPurge";

/** Rows of one kind that one run deletes; a message may have 30 KB. */
const PAGE = 50;
/** Webhook deliveries of one run, each with its attempts. */
const DELIVERIES_PAGE = 20;

export const NOTHING_ERASED: ErasedCounts = {
  people: 0,
  conversations: 0,
  messages: 0,
  files: 0,
  leads: 0,
  events: 0,
  notifications: 0,
};

/** Counts what is gone. */
export type Tally = (kind: keyof ErasedCounts, count: number) => void;

/** Deletes a page; the conversation itself goes with the last. Nothing is left that names it. */
export async function eraseConversationPage(
  ctx: MutationCtx,
  conversation: Doc<"conversations">,
  tally: Tally,
): Promise<void> {
  if (await eraseContents(ctx, conversation, "erased", tally)) return;
  await eraseConversation(ctx, conversation, tally);
}

/** What belongs to a conversation is found by these, whether it is there itself or not. */
type Erased = Pick<Doc<"conversations">, "_id" | "workspaceId">;

/** Deletes a page of what belongs to the conversation but its tags; true while there may be more. */
export async function eraseContents(
  ctx: MutationCtx,
  conversation: Erased,
  leads: "erased" | "kept",
  tally: Tally,
): Promise<boolean> {
  const { _id } = conversation;
  const messages = await ctx.db
    .query("messages")
    .withIndex("by_conversation_and_sequence", (q) => q.eq("conversationId", _id))
    .take(PAGE);
  for (const message of messages) {
    await deleteAttachments(ctx, message);
    tally("files", message.attachments?.length ?? 0);
    await ctx.db.delete("messages", message._id);
  }
  tally("messages", messages.length);
  if (messages.length === PAGE) return true;
  const events = await ctx.db
    .query("events")
    .withIndex("by_conversation", (q) => q.eq("conversationId", _id))
    .take(PAGE);
  // What is told of a lead that stays is for readers of the feed, and leaves it in its time.
  const gone = leads === "erased" ? events : events.filter(({ leadId }) => leadId === undefined);
  if ((await eraseEventsOf(ctx, gone, tally)) || gone.length === PAGE) return true;
  const made = await ctx.db
    .query("leads")
    .withIndex("by_conversation", (q) => q.eq("conversationId", _id))
    .take(PAGE);
  if (leads === "erased") {
    if (await eraseLeads(ctx, made, tally)) return true;
  } else {
    for (const lead of made) await ctx.db.patch("leads", lead._id, { conversationId: undefined });
  }
  if (made.length === PAGE) return true;
  return (await eraseNotices(ctx, conversation, tally)) || (await eraseCompanions(ctx, _id));
}

/** Deletes the conversation itself, and takes its tags away. */
export async function eraseConversation(
  ctx: MutationCtx,
  { _id, tags = [] }: Doc<"conversations">,
  tally: Tally,
): Promise<void> {
  for (const tag of tags) {
    const current = await ctx.db.get("conversations", _id);
    if (current !== null) await removeTag(ctx, current, tag, current.updatedAt);
  }
  await ctx.db.delete("conversations", _id);
  tally("conversations", 1);
}

/** Deletes these events of the feed and their deliveries; true when there are deliveries left, and their event with them. */
async function eraseEventsOf(ctx: MutationCtx, events: Doc<"events">[], tally: Tally): Promise<boolean> {
  let budget = DELIVERIES_PAGE;
  for (const { _id } of events) {
    const deliveries = await ctx.db
      .query("webhookDeliveries")
      .withIndex("by_event", (q) => q.eq("eventId", _id))
      .take(budget + 1);
    for (const delivery of deliveries) {
      if (budget === 0 || (await purgeDelivery(ctx, delivery))) return true;
      budget--;
    }
    await ctx.db.delete("events", _id);
    tally("events", 1);
  }
  return false;
}

/** A lead goes once nothing is left of its changes in the feed; true while there is. */
export async function eraseLeads(ctx: MutationCtx, leads: Doc<"leads">[], tally: Tally): Promise<boolean> {
  for (const { _id } of leads) {
    const events = await ctx.db
      .query("events")
      .withIndex("by_lead", (q) => q.eq("leadId", _id))
      .take(PAGE);
    if (await eraseEventsOf(ctx, events, tally)) return true;
    const remarks = await ctx.db
      .query("leadRemarks")
      .withIndex("by_lead", (q) => q.eq("leadId", _id))
      .take(PAGE);
    for (const remark of remarks) await ctx.db.delete("leadRemarks", remark._id);
    if (events.length === PAGE || remarks.length === PAGE) return true;
    await ctx.db.delete("leads", _id);
    tally("leads", 1);
  }
  return false;
}

/** The texts of notices name the visitor. */
async function eraseNotices(ctx: MutationCtx, conversation: Erased, tally: Tally): Promise<boolean> {
  const notices = await noticesOf(ctx.db, conversation, PAGE);
  for (const notice of notices) await ctx.db.delete("notifications", notice._id);
  tally("notifications", notices.length);
  return notices.length === PAGE;
}

/** Rows that stand beside a conversation: reading, writing, drafts, what Atlas made of it, what is counted of it. True when there may be more. */
async function eraseCompanions(ctx: MutationCtx, conversationId: Id<"conversations">): Promise<boolean> {
  const [readMarks, visitorReads, typing, drafts, turns, streams, runs, metrics, mails] = await Promise.all([
    ctx.db
      .query("readMarks")
      .withIndex("by_conversation_and_sequence", (q) => q.eq("conversationId", conversationId))
      .take(PAGE),
    ctx.db
      .query("visitorReads")
      .withIndex("by_conversation", (q) => q.eq("conversationId", conversationId))
      .take(PAGE),
    ctx.db
      .query("typing")
      .withIndex("by_conversation_and_operator", (q) => q.eq("conversationId", conversationId))
      .take(PAGE),
    ctx.db
      .query("messageDrafts")
      .withIndex("by_conversation", (q) => q.eq("conversationId", conversationId))
      .take(PAGE),
    ctx.db
      .query("atlasTurns")
      .withIndex("by_conversation", (q) => q.eq("conversationId", conversationId))
      .take(PAGE),
    ctx.db
      .query("atlasStreams")
      .withIndex("by_conversation", (q) => q.eq("conversationId", conversationId))
      .take(PAGE),
    ctx.db
      .query("atlasRuns")
      .withIndex("by_conversation_and_sequence", (q) => q.eq("conversationId", conversationId))
      .take(PAGE),
    ctx.db
      .query("conversationMetrics")
      .withIndex("by_conversation", (q) => q.eq("conversationId", conversationId))
      .take(PAGE),
    ctx.db
      .query("answerMails")
      .withIndex("by_conversation", (q) => q.eq("conversationId", conversationId))
      .take(PAGE),
  ]);
  for (const { _id } of readMarks) await ctx.db.delete("readMarks", _id);
  for (const { _id } of visitorReads) await ctx.db.delete("visitorReads", _id);
  for (const { _id } of typing) await ctx.db.delete("typing", _id);
  for (const { _id } of drafts) await ctx.db.delete("messageDrafts", _id);
  for (const { _id } of turns) await ctx.db.delete("atlasTurns", _id);
  for (const { _id } of streams) await ctx.db.delete("atlasStreams", _id);
  for (const { _id } of runs) await ctx.db.delete("atlasRuns", _id);
  for (const { _id } of metrics) await ctx.db.delete("conversationMetrics", _id);
  for (const { _id } of mails) await ctx.db.delete("answerMails", _id);
  return [readMarks, visitorReads, typing, drafts, turns, streams, runs, metrics, mails].some(
    (page) => page.length === PAGE,
  );
}

/** Deletes a page of the visitor's sessions and of files that they uploaded and did not send; true when there may be more. */
export async function eraseVisitorRows(
  ctx: MutationCtx,
  visitorId: Id<"visitors">,
  tally: Tally,
): Promise<boolean> {
  const sessions = await ctx.db
    .query("visitorSessions")
    .withIndex("by_visitor", (q) => q.eq("visitorId", visitorId))
    .take(PAGE);
  for (const { _id } of sessions) await ctx.db.delete("visitorSessions", _id);
  const uploads = await ctx.db
    .query("uploads")
    .withIndex("by_visitor", (q) => q.eq("visitorId", visitorId))
    .take(PAGE);
  for (const upload of uploads) await deleteUpload(ctx, upload);
  tally("files", uploads.filter(({ file }) => file !== undefined).length);
  return sessions.length === PAGE || uploads.length === PAGE;
}
