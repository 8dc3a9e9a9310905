/** Leads for agent software. Arguments and rows of v1 only ever gain fields. */
import { v } from "convex/values";
import type { Doc } from "../_generated/dataModel";
import type { DatabaseReader } from "../_generated/server";
import { operatorMutation, operatorQuery } from "../functions";
import { listLeads } from "../model/leadLists";
import * as leads from "../model/leads";
import { toLead } from "../rest/rows";
import { leadStatus } from "../validators";
import { leadListArgs } from "../validators/leads";
import { leadShape } from "./shapes";

/** Leads, newest change first. */
export const list = operatorQuery({
  agents: "read",
  args: leadListArgs,
  returns: v.array(leadShape),
  handler: async (ctx, asked) => {
    const found = await listLeads(ctx.db, ctx.operator, asked);
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
