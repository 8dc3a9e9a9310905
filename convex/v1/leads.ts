/** Leads for agent software. Arguments and rows of v1 only ever gain fields. */
import { v } from "convex/values";
import { LEADS_LIMIT_DEFAULT, LEADS_LIMIT_MAX } from "../../lib/limits";
import type { Doc } from "../_generated/dataModel";
import type { DatabaseReader } from "../_generated/server";
import { operatorMutation, operatorQuery } from "../functions";
import { scopeOf } from "../model/inbox";
import { listLeads } from "../model/leadLists";
import * as leads from "../model/leads";
import { clampLimit } from "../model/paging";
import { toLead } from "../rest/rows";
import { leadStatus } from "../validators";
import { leadShape } from "./shapes";

/** Leads, newest change first. */
export const list = operatorQuery({
  agents: "read",
  args: {
    status: v.optional(leadStatus), // all
    brandId: v.optional(v.string()),
    limit: v.optional(v.number()), // 100, at most 500
  },
  returns: v.array(leadShape),
  handler: async (ctx, { status, brandId, limit }) => {
    const scope = await scopeOf(ctx.db, ctx.operator, brandId);
    const count = clampLimit(limit, LEADS_LIMIT_DEFAULT, LEADS_LIMIT_MAX);
    const found = await listLeads(ctx.db, scope, { status, limit: count });
    return (await leads.toLeadRows(ctx.db, found)).map(toLead);
  },
});

/** A new lead. The brand is `brandId`, else that of the conversation, else the oldest of the token's. */
export const create = operatorMutation({
  agents: "reply",
  args: {
    name: v.string(),
    email: v.optional(v.string()),
    phone: v.optional(v.string()),
    notes: v.optional(v.string()),
    status: v.optional(leadStatus), // new
    conversationId: v.optional(v.string()),
    brandId: v.optional(v.string()),
  },
  returns: leadShape,
  handler: async (ctx, args) => {
    const lead = await leads.createOwnLead(ctx, ctx.operator, args, Date.now());
    return await toShape(ctx.db, lead);
  },
});

/** Changes what is given; null empties email, phone or notes. */
export const update = operatorMutation({
  agents: "reply",
  args: {
    leadId: v.string(),
    name: v.optional(v.string()),
    email: v.optional(v.union(v.string(), v.null())),
    phone: v.optional(v.union(v.string(), v.null())),
    notes: v.optional(v.union(v.string(), v.null())),
    status: v.optional(leadStatus),
  },
  returns: leadShape,
  handler: async (ctx, { leadId, status, ...input }) => {
    const lead = await leads.requireLeadOf(ctx.db, ctx.operator, leadId);
    const change = { changes: leads.checkLeadChanges(input), status, now: Date.now() };
    return await toShape(ctx.db, await leads.updateLead(ctx, lead, change));
  },
});

async function toShape(db: DatabaseReader, lead: Doc<"leads">) {
  const [row] = await leads.toLeadRows(db, [lead]);
  if (row === undefined) throw new Error("A lead has no row.");
  return toLead(row);
}
