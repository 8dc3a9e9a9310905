/** What becomes of an operator's conversations, leads and rows when they leave or lose brands: pages, in runs of their own. */
import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { conversationStatus } from "../validators";
import type { ConversationStatus } from "../validators";
import { BRANDS_MAX } from "../../lib/limits";
import { assign } from "./conversations";
import { updateLead } from "./leads";
import { findAssignee } from "./operators";
import { findTwoStep } from "./twoStep";
import { canAccessBrand } from "../logic/permissions";

/** Rows that one run changes or deletes. */
const PAGE = 100;
const STATUSES: ConversationStatus[] = conversationStatus.members.map(({ value }) => value);

export type Handover = {
  workspaceId: Id<"workspaces">;
  from: Id<"operators">; // who may be gone already
  to: Id<"operators"> | null; // null: nobody; also for what they may not see
  brandIds: Id<"brands">[] | null; // null: of all brands
};

/** Begins to take from the operator what is theirs in brands that they do not work for any more. */
export async function releaseLostBrands(ctx: MutationCtx, operator: Doc<"operators">): Promise<void> {
  const brands = await ctx.db
    .query("brands")
    .withIndex("by_workspace", (q) => q.eq("workspaceId", operator.workspaceId))
    .take(BRANDS_MAX);
  const brandIds = brands.map(({ _id }) => _id).filter((brandId) => !canAccessBrand(operator, brandId));
  if (brandIds.length === 0) return;
  const { workspaceId, _id: from } = operator;
  await ctx.scheduler.runAfter(0, internal.operators.handOver, { workspaceId, from, to: null, brandIds });
}

/** Hands a page over; true when there may be more. It begins at the first status each time: a conversation may move. */
export async function handOverPage(ctx: MutationCtx, handover: Handover, now: number): Promise<boolean> {
  const { to } = handover;
  const conversations = await takeAssigned(ctx.db, handover);
  for (const conversation of conversations) {
    const assignee = to === null ? null : await findAssignee(ctx.db, conversation, to);
    // Whoever gets all of somebody's conversations is not told of each.
    await assign(ctx, conversation, assignee, { operator: null, now, isSilent: true });
  }
  if (conversations.length > 0) return true;
  const leads = await takeAssignedLeads(ctx.db, handover);
  for (const lead of leads) {
    const assignee = to === null ? null : await findAssignee(ctx.db, lead, to);
    await updateLead(ctx, lead, { assignee: assignee?._id ?? null, now });
  }
  return leads.length > 0;
}

async function takeAssignedLeads(db: DatabaseReader, handover: Handover): Promise<Doc<"leads">[]> {
  const { workspaceId, from, brandIds } = handover;
  if (brandIds === null) {
    return await db
      .query("leads")
      .withIndex("by_workspace_and_assignee_and_updated_at", (q) =>
        q.eq("workspaceId", workspaceId).eq("removedAt", undefined).eq("assignedOperatorId", from),
      )
      .take(PAGE);
  }
  for (const brandId of await stillLost(db, from, brandIds)) {
    const page = await db
      .query("leads")
      .withIndex("by_brand_and_assignee_and_updated_at", (q) =>
        q.eq("brandId", brandId).eq("removedAt", undefined).eq("assignedOperatorId", from),
      )
      .take(PAGE);
    if (page.length > 0) return page;
  }
  return [];
}

async function takeAssigned(db: DatabaseReader, handover: Handover): Promise<Doc<"conversations">[]> {
  const { workspaceId, from, brandIds } = handover;
  for (const status of STATUSES) {
    if (brandIds === null) {
      const page = await db
        .query("conversations")
        .withIndex("by_workspace_and_status_and_assignee_and_last_message_at", (q) =>
          q.eq("workspaceId", workspaceId).eq("status", status).eq("assignedOperatorId", from),
        )
        .take(PAGE);
      if (page.length > 0) return page;
    }
    for (const brandId of await stillLost(db, from, brandIds ?? [])) {
      const page = await db
        .query("conversations")
        .withIndex("by_brand_and_status_and_assignee_and_last_message_at", (q) =>
          q.eq("brandId", brandId).eq("status", status).eq("assignedOperatorId", from),
        )
        .take(PAGE);
      if (page.length > 0) return page;
    }
  }
  return [];
}

/** Without the brands that the operator got back meanwhile. */
async function stillLost(
  db: DatabaseReader,
  operatorId: Id<"operators">,
  brandIds: Id<"brands">[],
): Promise<Id<"brands">[]> {
  const operator = await db.get("operators", operatorId);
  return operator === null ? brandIds : brandIds.filter((brandId) => !canAccessBrand(operator, brandId));
}

/** Deletes a page of what only the operator who left had use for; true when there may be more. */
export async function forgetPage(ctx: MutationCtx, operatorId: Id<"operators">): Promise<boolean> {
  const sessions = await ctx.db
    .query("sessions")
    .withIndex("by_operator_and_scope", (q) => q.eq("operatorId", operatorId))
    .take(PAGE);
  const readMarks = await ctx.db
    .query("readMarks")
    .withIndex("by_operator_and_conversation", (q) => q.eq("operatorId", operatorId))
    .take(PAGE);
  const drafts = await ctx.db
    .query("messageDrafts")
    .withIndex("by_operator_and_conversation", (q) => q.eq("operatorId", operatorId))
    .take(PAGE);
  const notifications = await ctx.db
    .query("notifications")
    .withIndex("by_operator", (q) => q.eq("operatorId", operatorId))
    .take(PAGE);
  for (const { _id } of sessions) await ctx.db.delete("sessions", _id);
  for (const { _id } of readMarks) await ctx.db.delete("readMarks", _id);
  for (const { _id } of drafts) await ctx.db.delete("messageDrafts", _id);
  for (const { _id } of notifications) await ctx.db.delete("notifications", _id);
  const twoStep = await findTwoStep(ctx.db, operatorId);
  if (twoStep !== null) await ctx.db.delete("twoSteps", twoStep._id);
  return [sessions, readMarks, drafts, notifications].some((page) => page.length === PAGE);
}
