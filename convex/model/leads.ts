/** Leads: people worth following up, kept by brand. */
import { mergedStream, stream } from "convex-helpers/server/stream";
import * as check from "../../lib/validation";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { refusal, valid } from "../errors";
import { canAccessBrand } from "../logic/permissions";
import schema from "../schema";
import type { LeadRow, LeadStatus } from "../validators";
import { loadBrands } from "./brands";
import { recordEvent } from "./events";
import type { Via } from "./events";
import type { Scope } from "./inbox";
import type { KeyScope } from "./keyScope";
import { keysetPage } from "./keyset";
import type { KeysetPage, Position } from "./keyset";

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

/** The lead of this id if the operator may see it; null for a foreign, malformed or unknown id. */
export async function findLead(
  db: DatabaseReader,
  operator: Doc<"operators">,
  leadId: string,
): Promise<Doc<"leads"> | null> {
  const id = db.normalizeId("leads", leadId);
  const lead = id === null ? null : await db.get("leads", id);
  if (lead === null || lead.workspaceId !== operator.workspaceId) return null;
  return canAccessBrand(operator, lead.brandId) ? lead : null;
}

/** The newest lead made from the conversation. */
export async function findLeadOfConversation(
  db: DatabaseReader,
  conversation: Doc<"conversations">,
): Promise<Doc<"leads"> | null> {
  return await db
    .query("leads")
    .withIndex("by_conversation", (q) => q.eq("conversationId", conversation._id))
    .order("desc")
    .first();
}

export type NewLead = LeadFields & {
  status?: LeadStatus; // new
  brand: Doc<"brands">;
  conversation: Doc<"conversations"> | null;
  createdBy: Id<"operators">;
  via?: Via;
  now: number;
};

export async function createLead(
  ctx: MutationCtx,
  { brand, conversation, createdBy, via, now, status = "new", ...fields }: NewLead,
): Promise<Doc<"leads">> {
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
    status,
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

/** Changes fields and status together; what stays the same changes nothing, and no event tells of it. */
export async function updateLead(
  ctx: MutationCtx,
  lead: Doc<"leads">,
  { changes, status, via, now }: { changes: LeadChanges; status?: LeadStatus; via?: Via; now: number },
): Promise<Doc<"leads">> {
  const next = {
    name: changes.name ?? lead.name,
    email: changed(changes.email, lead.email),
    phone: changed(changes.phone, lead.phone),
    notes: changed(changes.notes, lead.notes),
    status: status ?? lead.status,
  };
  const fields = ["name", "email", "phone", "notes", "status"] as const;
  if (fields.every((field) => next[field] === lead[field])) return lead;
  await ctx.db.patch("leads", lead._id, { ...next, updatedAt: now });
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

/** Newest change first, for operators. */
export async function listLeads(
  db: DatabaseReader,
  scope: Scope,
  { status, limit }: { status?: LeadStatus; limit: number },
): Promise<Doc<"leads">[]> {
  if (scope.kind !== "brands") return (await pageLeads(db, { scope, status, after: null, limit })).page;
  const ranges = scope.brandIds.map((brandId) => {
    const leads = stream(db, schema).query("leads");
    return status === undefined
      ? leads.withIndex("by_brand_and_updated_at", (q) => q.eq("brandId", brandId)).order("desc")
      : leads
          .withIndex("by_brand_and_status_and_updated_at", (q) =>
            q.eq("brandId", brandId).eq("status", status),
          )
          .order("desc");
  });
  return ranges.length === 0 ? [] : await mergedStream(ranges, ["updatedAt"]).take(limit);
}

export type LeadsRequest = {
  scope: KeyScope;
  status?: LeadStatus; // absent: all
  updatedAfter?: number; // absent: newest change first; else oldest first
  after: Position | null;
  limit: number;
};

const INDEXES = {
  workspace: { all: "by_workspace_and_updated_at", status: "by_workspace_and_status_and_updated_at" },
  brand: { all: "by_brand_and_updated_at", status: "by_brand_and_status_and_updated_at" },
} as const;

export async function pageLeads(
  db: DatabaseReader,
  { scope, status, updatedAfter, after, limit }: LeadsRequest,
): Promise<KeysetPage<"leads">> {
  return await keysetPage(db, {
    table: "leads",
    index: INDEXES[scope.kind][status === undefined ? "all" : "status"],
    prefix: [
      scope.kind === "workspace" ? scope.workspaceId : scope.brandId,
      ...(status === undefined ? [] : [status]),
    ],
    order: updatedAfter === undefined ? "desc" : "asc",
    from: updatedAfter,
    after,
    limit,
  });
}

export async function toLeadRows(db: DatabaseReader, leads: Doc<"leads">[]): Promise<LeadRow[]> {
  const brands = await loadBrands(
    db,
    leads.map((lead) => lead.brandId),
  );
  return leads.map((lead) => {
    const brand = brands.get(lead.brandId);
    return {
      ...lead,
      brand:
        brand === undefined ? null : { _id: brand._id, name: brand.name, primaryColor: brand.primaryColor },
    };
  });
}
