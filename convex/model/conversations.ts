/** Conversations: who may see one, how one starts, how its status changes. */
import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { canAccessBrand } from "../logic/permissions";
import type { ConversationDetail, ConversationStatus, InboxRow } from "../validators";
import { answersByMail } from "./answerMails";
import { loadBrands } from "./brands";
import { patchConversation, requireUnmerged, whereMerged } from "./conversationRows";
import { recordEvent } from "./events";
import type { Via } from "./events";
import { conversationLink, notify } from "./notifications";
import { countResolution, countStart } from "./metrics";
import { profileOf } from "./visitors";

/** The conversation of this id if the operator may see it; null for a foreign, malformed or unknown id. */
export async function findConversation(
  db: DatabaseReader,
  operator: Doc<"operators">,
  conversationId: string,
): Promise<Doc<"conversations"> | null> {
  const id = db.normalizeId("conversations", conversationId);
  const conversation = id === null ? null : await db.get("conversations", id);
  if (conversation === null || conversation.workspaceId !== operator.workspaceId) return null;
  return canAccessBrand(operator, conversation.brandId) ? conversation : null;
}

/** The visitor's own conversation of this id, or what it was merged into; null for any other id, and for an unknown visitor. */
export async function findVisitorConversation(
  db: DatabaseReader,
  visitor: Doc<"visitors"> | null,
  conversationId: string,
): Promise<Doc<"conversations"> | null> {
  const id = db.normalizeId("conversations", conversationId);
  if (visitor === null || id === null) return null;
  const conversation = await db.get("conversations", id);
  const current = conversation === null ? null : await whereMerged(db, conversation);
  return current?.visitorId === visitor._id ? current : null;
}

/** The visitor's newest conversation, or what it was merged into. */
export async function newestConversation(
  db: DatabaseReader,
  visitor: Doc<"visitors">,
): Promise<Doc<"conversations"> | null> {
  const newest = await conversationsOfVisitor(db, visitor._id).first();
  return newest === null ? null : await whereMerged(db, newest);
}

/** The visitor's conversations, the newest first. */
export function conversationsOfVisitor(db: DatabaseReader, visitorId: Id<"visitors">) {
  return db
    .query("conversations")
    .withIndex("by_visitor", (q) => q.eq("visitorId", visitorId))
    .order("desc");
}

/** Those of them that were not merged into another, the newest first. */
export function unmergedOfVisitor(db: DatabaseReader, visitorId: Id<"visitors">) {
  return db
    .query("conversations")
    .withIndex("by_visitor_and_merged_into", (q) => q.eq("visitorId", visitorId).eq("mergedInto", undefined))
    .order("desc");
}

/** Whether nobody waits for anything in it any more, until its visitor writes again. */
export function isOver({ status }: Doc<"conversations">): boolean {
  return status === "resolved" || status === "closed";
}

/** A new, empty web chat of the visitor. */
export async function createConversation(
  ctx: MutationCtx,
  visitor: Doc<"visitors">,
  now: number,
): Promise<Doc<"conversations">> {
  const { workspaceId, brandId } = visitor;
  const conversationId = await ctx.db.insert("conversations", {
    workspaceId,
    brandId,
    visitorId: visitor._id,
    channel: "web_chat",
    status: "open",
    visitor: profileOf(visitor),
    lastMessage: null,
    lastMessageAt: now,
    sequence: 0,
    visitorSequence: 0,
    createdAt: now,
    updatedAt: now,
  });
  const conversation = await ctx.db.get("conversations", conversationId);
  if (conversation === null) throw new Error("A conversation is gone right after it was inserted.");
  const data = {
    conversationId,
    brandId,
    visitorId: visitor._id,
    channel: conversation.channel,
    visitor: conversation.visitor,
    createdAt: now,
  };
  await recordEvent(ctx, conversation, { type: "conversation.created", data }, now);
  await countStart(ctx, conversation);
  return conversation;
}

/**
 * Who changes a conversation: `operator` is null when a visitor's message does it, the end of a snooze, or a program
 * (`via`).
 */
export type Change = { operator: Doc<"operators"> | null; via?: Via; now: number };

/** Sets the status and records the change; no change, no event. What is snoozed by this sleeps until somebody writes. */
export async function setStatus(
  ctx: MutationCtx,
  conversation: Doc<"conversations">,
  status: ConversationStatus,
  change: Change,
): Promise<void> {
  if (conversation.status === status) return;
  requireUnmerged(conversation);
  await enterStatus(ctx, conversation, { status }, change);
}

/** Snoozes until a time, at which the conversation opens by itself. A time set before no longer counts. */
export async function snooze(
  ctx: MutationCtx,
  conversation: Doc<"conversations">,
  snoozedUntil: number,
  change: Change,
): Promise<void> {
  if (conversation.snoozedUntil === snoozedUntil) return;
  requireUnmerged(conversation);
  const conversationId = conversation._id;
  const job = { conversationId, snoozedUntil };
  const wakeJobId = await ctx.scheduler.runAt(snoozedUntil, internal.snoozing.wake, job);
  await enterStatus(ctx, conversation, { status: "snoozed", snoozedUntil, wakeJobId }, change);
}

type StatusFields = {
  status: ConversationStatus;
  snoozedUntil?: number;
  wakeJobId?: Doc<"conversations">["wakeJobId"];
};

async function enterStatus(
  ctx: MutationCtx,
  conversation: Doc<"conversations">,
  { status, snoozedUntil, wakeJobId }: StatusFields,
  { operator, via, now }: Change,
): Promise<void> {
  await cancelWakeUp(ctx, conversation);
  const fields = { status, snoozedUntil, wakeJobId, updatedAt: now };
  if (conversation.status === status) return await patchConversation(ctx, conversation, fields);
  await patchConversation(ctx, conversation, { ...fields, statusChangedAt: now });
  const data = {
    conversationId: conversation._id,
    brandId: conversation.brandId,
    previousStatus: conversation.status,
    status,
    changedByOperatorId: operator?._id,
    via,
  };
  await recordEvent(ctx, conversation, { type: "conversation.status_changed", data }, now);
  await countResolution(ctx, conversation, { status, operatorId: operator?._id, now });
}

/** After an import of the tables there may be no such job: the sweep wakes instead. */
async function cancelWakeUp(ctx: MutationCtx, { wakeJobId }: Doc<"conversations">): Promise<void> {
  const job = wakeJobId === undefined ? null : await ctx.db.system.get("_scheduled_functions", wakeJobId);
  if (job?.state.kind === "pending") await ctx.scheduler.cancel(job._id);
}

/** Gives the conversation to an operator who may see it, or to nobody. Who gets it from somebody else is told, unless `isSilent`. */
export async function assign(
  ctx: MutationCtx,
  conversation: Doc<"conversations">,
  assignee: Doc<"operators"> | null,
  { operator, now, isSilent = false }: Change & { isSilent?: boolean },
): Promise<void> {
  if (conversation.assignedOperatorId === assignee?._id) return;
  requireUnmerged(conversation);
  await patchConversation(ctx, conversation, { assignedOperatorId: assignee?._id, updatedAt: now });
  if (assignee === null || assignee._id === operator?._id || isSilent) return;
  const { name = "A visitor" } = conversation.visitor;
  await notify(
    ctx,
    assignee,
    {
      kind: "conversation_assigned",
      severity: "info",
      title: `${operator?.name ?? "A program"} assigned you the conversation with ${name}`,
      body: conversation.lastMessage?.preview,
      link: conversationLink(conversation._id),
    },
    now,
  );
}

type Shared = Omit<InboxRow, "visitor">;

function sharedFields(conversation: Doc<"conversations">, brand: Doc<"brands"> | undefined): Shared {
  const { visitor, visitorSequence, answerSequence, answeredBy, wakeJobId, revision, ...fields } =
    conversation;
  return {
    ...fields,
    brand:
      brand === undefined ? null : { _id: brand._id, name: brand.name, primaryColor: brand.primaryColor },
  };
}

/** Rows of a list: the brands of the page are read once each, everything else is in the rows. */
export async function toInboxRows(
  db: DatabaseReader,
  conversations: Doc<"conversations">[],
): Promise<InboxRow[]> {
  const brands = await loadBrands(
    db,
    conversations.map((conversation) => conversation.brandId),
  );
  return conversations.map((conversation) => ({
    ...sharedFields(conversation, brands.get(conversation.brandId)),
    visitor: conversation.visitor,
  }));
}

/** One conversation with its whole visitor. */
export async function toDetail(
  db: DatabaseReader,
  conversation: Doc<"conversations">,
): Promise<ConversationDetail> {
  const [brand, visitor] = await Promise.all([
    db.get("brands", conversation.brandId),
    db.get("visitors", conversation.visitorId),
  ]);
  return {
    ...sharedFields(conversation, brand ?? undefined),
    visitor:
      visitor === null
        ? null
        : {
            _id: visitor._id,
            ...profileOf(visitor),
            verifiedAt: visitor.verifiedAt,
            firstSeenAt: visitor.firstSeenAt,
            lastSeenAt: visitor.lastSeenAt,
            page: visitor.page,
            customData: visitor.customData,
            location: visitor.location,
            answersByMail:
              visitor.email === undefined ? undefined : await answersByMail(db, conversation, visitor.email),
          },
  };
}
