/** What operators tell each other of a lead. The lead carries how many there are and the newest, as its list shows them. */
import { LEAD_REMARKS_MAX, PREVIEW_MAX } from "../../lib/limits";
import { oneLine } from "../../lib/text";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { notFound, refusal } from "../errors";
import { canEditRemark } from "../logic/permissions";
import type { RemarkRow } from "../validators/leads";
import { findLead } from "./leads";

type Operator = Doc<"operators">;

/** The lead's remarks, newest first: all that it can have. */
export async function listRemarks(
  db: DatabaseReader,
  operator: Operator,
  leadId: Id<"leads">,
): Promise<RemarkRow[]> {
  const remarks = await remarksOf(db, leadId).take(LEAD_REMARKS_MAX);
  return remarks.map(({ _id, leadId, operatorId, operatorName, body, createdAt, updatedAt }) => {
    const mayEdit = canEditRemark(operator, operatorId);
    return { _id, leadId, operatorId, operatorName, body, createdAt, updatedAt, mayEdit };
  });
}

function remarksOf(db: DatabaseReader, leadId: Id<"leads">) {
  return db
    .query("leadRemarks")
    .withIndex("by_lead", (q) => q.eq("leadId", leadId))
    .order("desc");
}

/** Adds a checked remark, and counts it as a change of the lead. */
export async function addRemark(
  ctx: MutationCtx,
  lead: Doc<"leads">,
  { operator, body, now }: { operator: Operator; body: string; now: number },
): Promise<Id<"leadRemarks">> {
  checkCount((lead.remarksCount ?? 0) + 1);
  const remarkId = await ctx.db.insert("leadRemarks", {
    workspaceId: lead.workspaceId,
    leadId: lead._id,
    operatorId: operator._id,
    operatorName: operator.name,
    body,
    createdAt: now,
  });
  await ctx.db.patch("leads", lead._id, { updatedAt: now });
  await showRemarks(ctx, lead, 1);
  return remarkId;
}

export async function updateRemark(
  ctx: MutationCtx,
  operator: Operator,
  { remarkId, body, now }: { remarkId: string; body: string; now: number },
): Promise<void> {
  const { remark, lead } = await requireRemark(ctx.db, operator, remarkId);
  if (remark.body === body) return;
  const change = { body, updatedAt: now, editedByOperatorId: operator._id };
  await ctx.db.patch("leadRemarks", remark._id, change);
  await showRemarks(ctx, lead, 0);
}

export async function deleteRemark(ctx: MutationCtx, operator: Operator, remarkId: string): Promise<void> {
  const { remark, lead } = await requireRemark(ctx.db, operator, remarkId);
  await ctx.db.delete("leadRemarks", remark._id);
  await showRemarks(ctx, lead, -1);
}

/** Moves all remarks of one lead to another. */
export async function moveRemarks(ctx: MutationCtx, from: Doc<"leads">, to: Doc<"leads">): Promise<void> {
  const moved = from.remarksCount ?? 0;
  if (moved === 0) return;
  checkCount((to.remarksCount ?? 0) + moved);
  const remarks = await remarksOf(ctx.db, from._id).take(LEAD_REMARKS_MAX);
  for (const { _id } of remarks) await ctx.db.patch("leadRemarks", _id, { leadId: to._id });
  await showRemarks(ctx, from, -moved);
  await showRemarks(ctx, to, moved);
}

/** Deletes all remarks of a lead that goes. */
export async function purgeRemarks(ctx: MutationCtx, leadId: Id<"leads">): Promise<void> {
  const remarks = await remarksOf(ctx.db, leadId).take(LEAD_REMARKS_MAX);
  for (const { _id } of remarks) await ctx.db.delete("leadRemarks", _id);
}

async function requireRemark(db: DatabaseReader, operator: Operator, remarkId: string) {
  const id = db.normalizeId("leadRemarks", remarkId);
  const remark = id === null ? null : await db.get("leadRemarks", id);
  const lead = remark === null ? null : await findLead(db, operator, remark.leadId);
  if (remark === null || lead === null) throw notFound("remark");
  if (!canEditRemark(operator, remark.operatorId)) {
    throw refusal(
      "FORBIDDEN",
      "Only its author, owners and admins can change a remark. Add one of your own.",
    );
  }
  return { remark, lead };
}

function checkCount(count: number): void {
  if (count <= LEAD_REMARKS_MAX) return;
  throw refusal("CONFLICT", `A lead holds at most ${LEAD_REMARKS_MAX} remarks. Delete some first.`);
}

async function showRemarks(ctx: MutationCtx, lead: Doc<"leads">, added: number): Promise<void> {
  const newest = await remarksOf(ctx.db, lead._id).first();
  await ctx.db.patch("leads", lead._id, {
    remarksCount: (lead.remarksCount ?? 0) + added,
    latestRemark:
      newest === null
        ? undefined
        : {
            preview: oneLine(newest.body, PREVIEW_MAX),
            operatorName: newest.operatorName,
            createdAt: newest.createdAt,
          },
  });
}
