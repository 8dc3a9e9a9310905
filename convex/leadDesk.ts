/** What the leads page does beyond one lead: searches, many leads at once, duplicates, files. */
import { v } from "convex/values";
import { LEADS_BULK_MAX, LEAD_IMPORT_BATCH } from "../lib/limits";
import { checkClientMessageId, checkEmail, checkPhone, checkSearch } from "../lib/validation";
import type { Id } from "./_generated/dataModel";
import { notFound, refusal, valid } from "./errors";
import { operatorMutation, operatorQuery } from "./functions";
import { findBrand } from "./model/brands";
import { scopeOf } from "./model/inbox";
import { findDuplicates, mergeLeads } from "./model/leadDuplicates";
import { importRows } from "./model/leadImport";
import { leadFilterOf } from "./model/leadLists";
import { searchLeads } from "./model/leadSearch";
import * as leads from "./model/leads";
import { leadRow, leadStatus } from "./validators";
import { duplicateRule, importResult, importRow, leadFilterArgs } from "./validators/leads";

/** Leads by name, email or phone: the best of them, within the same filters. */
export const search = operatorQuery({
  args: { ...leadFilterArgs, query: v.string() },
  returns: v.object({ rows: v.array(leadRow), hasMore: v.boolean() }),
  handler: async (ctx, { brandId, query: text, ...args }) => {
    const query = valid("query", checkSearch(text));
    const scope = await scopeOf(ctx.db, ctx.operator, brandId);
    const filter = leadFilterOf(ctx.db, args);
    if (filter === null) return { rows: [], hasMore: false };
    const { rows, hasMore } = await searchLeads(ctx.db, scope, { query, filter });
    return { rows: await leads.toLeadRows(ctx.db, rows), hasMore };
  },
});

const contactArgs = { email: v.optional(v.string()), phone: v.optional(v.string()) };

/** Leads that have this email or phone already, as they are typed: a form asks before it saves. */
export const findSame = operatorQuery({
  args: { ...contactArgs, exceptId: v.optional(v.string()) },
  returns: v.array(leadRow),
  handler: async (ctx, { email, phone, exceptId }) => {
    const checkedEmail = email === undefined ? null : checkEmail(email);
    const checkedPhone = phone === undefined ? null : checkPhone(phone);
    const contact = {
      email: checkedEmail?.ok ? checkedEmail.value : undefined,
      phone: checkedPhone?.ok ? checkedPhone.value : undefined,
    };
    const except = exceptId === undefined ? null : ctx.db.normalizeId("leads", exceptId);
    const found = await findDuplicates(ctx.db, ctx.operator, contact, except ?? undefined);
    return await leads.toLeadRows(ctx.db, found);
  },
});

/** Which of these leads share their email or phone with another that the operator may see. */
export const listDuplicated = operatorQuery({
  args: { leadIds: v.array(v.string()) }, // at most 100
  returns: v.array(v.id("leads")),
  handler: async (ctx, { leadIds }) => {
    checkCount("leadIds", leadIds.length);
    const checked = leadIds.map(async (leadId): Promise<Id<"leads"> | null> => {
      const lead = await leads.findLead(ctx.db, ctx.operator, leadId);
      if (lead === null) return null;
      const others = await findDuplicates(ctx.db, ctx.operator, lead, lead._id);
      return others.length === 0 ? null : lead._id;
    });
    return (await Promise.all(checked)).filter((leadId) => leadId !== null);
  },
});

/** Makes one lead of two of the same brand, by an owner or admin: `otherId` fills what `leadId` lacks and is removed. */
export const merge = operatorMutation({
  args: { leadId: v.string(), otherId: v.string() },
  returns: v.null(),
  handler: async (ctx, { leadId, otherId }) => {
    leads.checkMayRemove(ctx.operator);
    const kept = await leads.requireLeadOf(ctx.db, ctx.operator, leadId);
    const other = await leads.requireLeadOf(ctx.db, ctx.operator, otherId);
    await mergeLeads(ctx, kept, other, Date.now());
    return null;
  },
});

/** Sets status, owner or both of up to 100 leads: all of them or none. */
export const updateMany = operatorMutation({
  args: {
    changes: v.array(
      v.object({
        leadId: v.string(),
        status: v.optional(leadStatus),
        operatorId: v.optional(v.union(v.string(), v.null())), // null: nobody
      }),
    ),
  },
  returns: v.null(),
  handler: async (ctx, { changes }) => {
    checkCount("changes", changes.length);
    const now = Date.now();
    for (const { leadId, status, operatorId } of changes) {
      const lead = await leads.requireLeadOf(ctx.db, ctx.operator, leadId);
      const assignee =
        operatorId === undefined ? undefined : await leads.assigneeOf(ctx.db, lead, operatorId);
      await leads.updateLead(ctx, lead, { status, assignee, now });
    }
    return null;
  },
});

/** Takes up to 100 leads out of the lists, by an owner or admin. */
export const removeMany = operatorMutation({
  args: { leadIds: v.array(v.string()) },
  returns: v.null(),
  handler: async (ctx, { leadIds }) => {
    leads.checkMayRemove(ctx.operator);
    checkCount("leadIds", leadIds.length);
    const now = Date.now();
    for (const leadId of leadIds) {
      await leads.removeLead(ctx, await leads.requireLeadOf(ctx.db, ctx.operator, leadId), now);
    }
    return null;
  },
});

/** Puts up to 100 removed leads back, by an owner or admin, until 30 days after their removal. */
export const restore = operatorMutation({
  args: { leadIds: v.array(v.string()) },
  returns: v.null(),
  handler: async (ctx, { leadIds }) => {
    leads.checkMayRemove(ctx.operator);
    checkCount("leadIds", leadIds.length);
    for (const leadId of leadIds) await leads.restoreLead(ctx, ctx.operator, leadId);
    return null;
  },
});

/**
 * Takes up to 50 rows of a file into a brand. `importId` is the client's, one for the whole file: a batch that is sent
 * again, because its answer was lost, makes no lead twice.
 */
export const importBatch = operatorMutation({
  args: { importId: v.string(), brandId: v.string(), duplicates: duplicateRule, rows: v.array(importRow) },
  returns: v.array(importResult),
  handler: async (ctx, { importId, brandId, duplicates, rows }) => {
    if (rows.length > LEAD_IMPORT_BATCH) {
      throw refusal("VALIDATION", `Send at most ${LEAD_IMPORT_BATCH} rows at a time.`, { field: "rows" });
    }
    const brand = await findBrand(ctx.db, ctx.operator, brandId);
    if (brand === null) throw notFound("brand");
    return await importRows(ctx, rows, {
      importId: valid("importId", checkClientMessageId(importId)),
      brand,
      duplicates,
      createdBy: ctx.operator._id,
      now: Date.now(),
    });
  },
});

function checkCount(field: string, count: number): void {
  if (count <= LEADS_BULK_MAX) return;
  throw refusal("VALIDATION", `Name at most ${LEADS_BULK_MAX} leads at a time.`, { field });
}
