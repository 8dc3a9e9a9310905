/** Leads: people worth following up, kept by brand. */
import * as check from "../../lib/validation";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { notFound, refusal, valid } from "../errors";
import { canAccessBrand, canDeleteLead } from "../logic/permissions";
import type { LeadRow, LeadStatus } from "../validators";
import { findBrand, listBrands, loadBrands } from "./brands";
import { whereMerged } from "./conversationRows";
import { findConversation } from "./conversations";
import { recordEvent } from "./events";
import type { Via } from "./events";
import { findAssignee, loadOperators } from "./operators";
import { personWords } from "./searchWords";

/** The fields that people fill in, checked. */
export type LeadFields = { name: string; email?: string; phone?: string; notes?: string };

/** Changes to a lead; null empties a field. */
export type LeadChanges = {
  name?: string;
  email?: string | null;
  phone?: string | null;
  notes?: string | null;
};

/** The changes as they are stored; the first wrong field is a refusal. */
export function checkLeadChanges({ name, email, phone, notes }: LeadChanges): LeadChanges {
  const kept = (field: string, text: string | null | undefined, checkText: typeof check.checkEmail) =>
    typeof text === "string" ? valid(field, checkText(text)) : text;
  return {
    name: name === undefined ? undefined : valid("name", check.checkName(name)),
    email: kept("email", email, check.checkEmail),
    phone: kept("phone", phone, check.checkPhone),
    notes: kept("notes", notes, check.checkNotes),
  };
}

export function checkLeadFields({ name, email, phone, notes }: LeadFields): LeadFields {
  const kept = (field: string, text: string | undefined, checkText: typeof check.checkEmail) =>
    text === undefined ? undefined : valid(field, checkText(text));
  return {
    name: valid("name", check.checkName(name)),
    email: kept("email", email, check.checkEmail),
    phone: kept("phone", phone, check.checkPhone),
    notes: kept("notes", notes, check.checkNotes),
  };
}

/** The lead of this id if the operator may see it; null for a foreign, malformed, unknown or removed one. */
export async function findLead(
  db: DatabaseReader,
  operator: Doc<"operators">,
  leadId: string,
): Promise<Doc<"leads"> | null> {
  const lead = await findLeadOrRemoved(db, operator, leadId);
  return lead?.removedAt === undefined ? lead : null;
}

async function findLeadOrRemoved(
  db: DatabaseReader,
  operator: Doc<"operators">,
  leadId: string,
): Promise<Doc<"leads"> | null> {
  const id = db.normalizeId("leads", leadId);
  const lead = id === null ? null : await db.get("leads", id);
  if (lead === null || lead.workspaceId !== operator.workspaceId) return null;
  return canAccessBrand(operator, lead.brandId) ? lead : null;
}

export async function requireLeadOf(
  db: DatabaseReader,
  operator: Doc<"operators">,
  leadId: string,
): Promise<Doc<"leads">> {
  const lead = await findLead(db, operator, leadId);
  if (lead === null) throw notFound("lead");
  return lead;
}

/** The newest lead made from the conversation, or from what it was merged into. */
export async function findLeadOfConversation(
  db: DatabaseReader,
  conversation: Doc<"conversations">,
): Promise<Doc<"leads"> | null> {
  const { _id } = await whereMerged(db, conversation);
  return await db
    .query("leads")
    .withIndex("by_conversation", (q) => q.eq("conversationId", _id).eq("removedAt", undefined))
    .order("desc")
    .first();
}

export type NewLead = LeadFields & {
  status?: LeadStatus; // new
  brand: Doc<"brands">;
  conversation: Doc<"conversations"> | null;
  importKey?: string;
  createdBy: Id<"operators">;
  via?: Via;
  now: number;
};

export async function createLead(
  ctx: MutationCtx,
  { brand, conversation: origin, importKey, createdBy, via, now, status = "new", ...fields }: NewLead,
): Promise<Doc<"leads">> {
  const conversation = origin && (await whereMerged(ctx.db, origin));
  if (conversation !== null && conversation.brandId !== brand._id) {
    throw refusal("VALIDATION", "The conversation is of another brand. Leave out one of the two.", {
      field: "brandId",
    });
  }
  const leadId = await ctx.db.insert("leads", {
    workspaceId: brand.workspaceId,
    brandId: brand._id,
    conversationId: conversation?._id,
    visitorId: conversation?.visitorId,
    ...fields,
    searchWords: personWords(fields),
    status,
    importKey,
    createdBy,
    createdAt: now,
    updatedAt: now,
  });
  const { name, email, phone } = fields;
  const data = {
    leadId,
    brandId: brand._id,
    conversationId: conversation?._id,
    name,
    email,
    phone,
    status,
    createdAt: now,
    via,
  };
  await recordEvent(
    ctx,
    { workspaceId: brand.workspaceId, brandId: brand._id },
    { type: "lead.created", data },
    now,
  );
  return await reread(ctx, leadId);
}

/** What an operator, or software in their name, says of a new lead. */
export type OwnLead = LeadFields & { status?: LeadStatus; brandId?: string; conversationId?: string };

/** A new lead of the operator's. The brand is `brandId`, else that of the conversation, else the oldest of theirs. */
export async function createOwnLead(
  ctx: MutationCtx,
  operator: Doc<"operators">,
  { brandId, conversationId, status, ...input }: OwnLead,
  now: number,
): Promise<Doc<"leads">> {
  const conversation =
    conversationId === undefined ? null : await findConversation(ctx.db, operator, conversationId);
  if (conversationId !== undefined && conversation === null) throw notFound("conversation");
  const wanted = brandId ?? conversation?.brandId;
  const [oldest = null] = wanted === undefined ? await listBrands(ctx.db, operator) : [];
  const brand = wanted === undefined ? oldest : await findBrand(ctx.db, operator, wanted);
  if (brand === null) throw notFound("brand");
  const fields = checkLeadFields(input);
  return await createLead(ctx, { ...fields, status, brand, conversation, createdBy: operator._id, now });
}

export type LeadUpdate = {
  changes?: LeadChanges;
  status?: LeadStatus;
  assignee?: Id<"operators"> | null; // null: nobody
  via?: Via;
  now: number;
};

/** Changes fields, status and owner together; what stays the same changes nothing, and no event tells of it. */
export async function updateLead(
  ctx: MutationCtx,
  lead: Doc<"leads">,
  { changes = {}, status, assignee, via, now }: LeadUpdate,
): Promise<Doc<"leads">> {
  const next = {
    name: changes.name ?? lead.name,
    email: changed(changes.email, lead.email),
    phone: changed(changes.phone, lead.phone),
    notes: changed(changes.notes, lead.notes),
    status: status ?? lead.status,
    assignedOperatorId: assignee === undefined ? lead.assignedOperatorId : (assignee ?? undefined),
  };
  const fields = ["name", "email", "phone", "notes", "status", "assignedOperatorId"] as const;
  if (fields.every((field) => next[field] === lead[field])) return lead;
  await ctx.db.patch("leads", lead._id, { ...next, searchWords: personWords(next), updatedAt: now });
  if (next.status !== lead.status) {
    const data = {
      leadId: lead._id,
      brandId: lead.brandId,
      conversationId: lead.conversationId,
      previousStatus: lead.status,
      status: next.status,
      via,
    };
    await recordEvent(ctx, lead, { type: "lead.status_changed", data }, now);
  }
  return await reread(ctx, lead._id);
}

const changed = (value: string | null | undefined, before: string | undefined) =>
  value === undefined ? before : (value ?? undefined);

async function reread(ctx: MutationCtx, leadId: Id<"leads">): Promise<Doc<"leads">> {
  const lead = await ctx.db.get("leads", leadId);
  if (lead === null) throw new Error("A lead is gone right after it was written.");
  return lead;
}

/** The conversation's lead, made from what its visitor said of themselves on the first call. */
export async function leadFromConversation(
  ctx: MutationCtx,
  conversation: Doc<"conversations">,
  { createdBy, now }: { createdBy: Id<"operators">; now: number },
): Promise<{ lead: Doc<"leads">; isNew: boolean }> {
  const known = await findLeadOfConversation(ctx.db, conversation);
  if (known !== null) return { lead: known, isNew: false };
  const brand = await ctx.db.get("brands", conversation.brandId);
  if (brand === null) throw notFound("brand");
  const { name, email, phone } = conversation.visitor;
  const fields = { name: name ?? email ?? phone ?? "Visitor", email, phone };
  const lead = await createLead(ctx, { ...fields, brand, conversation, createdBy, now });
  return { lead, isNew: true };
}

/** The operator that a lead is to be given to; null: nobody. One who may not see the lead is a refusal. */
export async function assigneeOf(
  db: DatabaseReader,
  lead: Doc<"leads">,
  operatorId: string | null,
): Promise<Id<"operators"> | null> {
  if (operatorId === null) return null;
  const operator = await findAssignee(db, lead, operatorId);
  if (operator !== null) return operator._id;
  throw refusal("VALIDATION", "There is no such operator who may see this lead. Choose another.", {
    field: "operatorId",
  });
}

export function checkMayRemove(operator: Doc<"operators">): void {
  if (canDeleteLead(operator)) return;
  throw refusal("FORBIDDEN", "Only owners and admins can remove leads. Ask one of them.");
}

/** Takes the lead out of every list. It can be restored until it is purged. */
export async function removeLead(ctx: MutationCtx, lead: Doc<"leads">, now: number): Promise<void> {
  await ctx.db.patch("leads", lead._id, { removedAt: now });
}

/** Puts a removed lead back where it was, unless its owner has left; one that was not removed stays as it is. */
export async function restoreLead(
  ctx: MutationCtx,
  operator: Doc<"operators">,
  leadId: string,
): Promise<void> {
  const lead = await findLeadOrRemoved(ctx.db, operator, leadId);
  if (lead === null) throw notFound("lead");
  if (lead.removedAt === undefined) return;
  const { assignedOperatorId } = lead;
  const owner =
    assignedOperatorId === undefined ? null : await findAssignee(ctx.db, lead, assignedOperatorId);
  await ctx.db.patch("leads", lead._id, { removedAt: undefined, assignedOperatorId: owner?._id });
}

/** Rows of a list: the brands and owners of the page are read once each, everything else is in the rows. */
export async function toLeadRows(db: DatabaseReader, leads: Doc<"leads">[]): Promise<LeadRow[]> {
  const [brands, owners] = await Promise.all([
    loadBrands(
      db,
      leads.map((lead) => lead.brandId),
    ),
    loadOperators(
      db,
      leads.flatMap(({ assignedOperatorId }) => assignedOperatorId ?? []),
    ),
  ]);
  return leads.map((lead) => {
    const { assignedOperatorId, remarksCount, latestRemark, importKey, removedAt, searchWords, ...fields } =
      lead;
    const brand = brands.get(lead.brandId);
    const owner = assignedOperatorId === undefined ? undefined : owners.get(assignedOperatorId);
    return {
      ...fields,
      brand:
        brand === undefined ? null : { _id: brand._id, name: brand.name, primaryColor: brand.primaryColor },
      assignedTo: owner === undefined ? null : { _id: owner._id, name: owner.name },
      remarksCount: remarksCount ?? 0,
      latestRemark: latestRemark ?? null,
    };
  });
}
