import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { checkRemark } from "../lib/validation";
import type { Doc } from "./_generated/dataModel";
import type { DatabaseReader } from "./_generated/server";
import { notFound, valid } from "./errors";
import { keyMutation, keyQuery, operatorMutation, operatorQuery } from "./functions";
import { oldestBrand } from "./model/brands";
import { findConversation } from "./model/conversations";
import { scopeOf } from "./model/inbox";
import { keyScope, requireBrand, requireConversation, requireLead } from "./model/keyScope";
import { position } from "./model/keyset";
import { leadFilterOf, listLeads, pageLeads, pageLeadsOf } from "./model/leadLists";
import * as remarks from "./model/leadRemarks";
import * as leads from "./model/leads";
import { boundedPage, emptyPage } from "./model/paging";
import { leadRow, leadStatus } from "./validators";
import { leadFilterArgs, leadListArgs, remarkRow } from "./validators/leads";

/** Leads, newest change first, within all the operator's brands or one of them. */
export const list = operatorQuery({
  agents: "read",
  args: leadListArgs,
  returns: v.array(leadRow),
  handler: async (ctx, asked) => await leads.toLeadRows(ctx.db, await listLeads(ctx.db, ctx.operator, asked)),
});

/** Leads by their last change, newest first unless asked otherwise. */
export const listPage = operatorQuery({
  agents: "read",
  args: {
    ...leadFilterArgs,
    order: v.optional(v.union(v.literal("asc"), v.literal("desc"))), // desc
    paginationOpts: paginationOptsValidator,
  },
  returns: paginationResultValidator(leadRow),
  handler: async (ctx, { brandId, order = "desc", paginationOpts, ...asked }) => {
    const scope = await scopeOf(ctx.db, ctx.operator, brandId);
    const filter = leadFilterOf(ctx.db, asked);
    if (filter === null) return emptyPage();
    const request = { filter, order, paginationOpts: boundedPage(paginationOpts) };
    const result = await pageLeadsOf(ctx.db, scope, request);
    return { ...result, page: await leads.toLeadRows(ctx.db, result.page) };
  },
});

/** One lead; null for a foreign, malformed or unknown id. */
export const getById = operatorQuery({
  agents: "read",
  args: { leadId: v.string() },
  returns: v.union(leadRow, v.null()),
  handler: async (ctx, { leadId }) => {
    const lead = await leads.findLead(ctx.db, ctx.operator, leadId);
    return lead === null ? null : await toRow(ctx.db, lead);
  },
});

/** The newest lead made from a conversation; null when there is none. */
export const findByConversation = operatorQuery({
  agents: "read",
  args: { conversationId: v.string() },
  returns: v.union(leadRow, v.null()),
  handler: async (ctx, { conversationId }) => {
    const conversation = await findConversation(ctx.db, ctx.operator, conversationId);
    const lead = conversation === null ? null : await leads.findLeadOfConversation(ctx.db, conversation);
    return lead === null ? null : await toRow(ctx.db, lead);
  },
});

const fields = {
  name: v.string(),
  email: v.optional(v.string()),
  phone: v.optional(v.string()),
  notes: v.optional(v.string()),
  status: v.optional(leadStatus), // new
  conversationId: v.optional(v.string()), // the one it comes from: gives brand and visitor
  brandId: v.optional(v.string()), // the conversation's, else the oldest
};

/** A new lead in one of the operator's brands. */
export const create = operatorMutation({
  agents: "reply",
  args: fields,
  returns: v.object({ leadId: v.id("leads") }),
  handler: async (ctx, args) => {
    const lead = await leads.createOwnLead(ctx, ctx.operator, args, Date.now());
    return { leadId: lead._id };
  },
});

/** Moves a lead on. Setting what is set already changes nothing. */
export const updateStatus = operatorMutation({
  agents: "reply",
  args: { leadId: v.string(), status: leadStatus },
  returns: v.null(),
  handler: async (ctx, { leadId, status }) => {
    const lead = await leads.requireLeadOf(ctx.db, ctx.operator, leadId);
    await leads.updateLead(ctx, lead, { status, now: Date.now() });
    return null;
  },
});

const changes = {
  name: v.optional(v.string()),
  email: v.optional(v.union(v.string(), v.null())), // null empties it, as for the next two
  phone: v.optional(v.union(v.string(), v.null())),
  notes: v.optional(v.union(v.string(), v.null())),
  status: v.optional(leadStatus),
};

/** Changes what is given. */
export const update = operatorMutation({
  agents: "reply",
  args: { leadId: v.string(), ...changes },
  returns: v.null(),
  handler: async (ctx, { leadId, status, ...input }) => {
    const lead = await leads.requireLeadOf(ctx.db, ctx.operator, leadId);
    await leads.updateLead(ctx, lead, { changes: leads.checkLeadChanges(input), status, now: Date.now() });
    return null;
  },
});

/** Gives the lead to an operator who may see it, or to nobody. */
export const assign = operatorMutation({
  agents: "reply",
  args: { leadId: v.string(), operatorId: v.union(v.string(), v.null()) },
  returns: v.null(),
  handler: async (ctx, { leadId, operatorId }) => {
    const lead = await leads.requireLeadOf(ctx.db, ctx.operator, leadId);
    const assignee = await leads.assigneeOf(ctx.db, lead, operatorId);
    await leads.updateLead(ctx, lead, { assignee, now: Date.now() });
    return null;
  },
});

/** The conversation's lead, made from what its visitor said of themselves on the first call. */
export const createFromConversation = operatorMutation({
  agents: "reply",
  args: { conversationId: v.string() },
  returns: v.object({ leadId: v.id("leads"), isNew: v.boolean() }),
  handler: async (ctx, { conversationId }) => {
    const conversation = await findConversation(ctx.db, ctx.operator, conversationId);
    if (conversation === null) throw notFound("conversation");
    const by = { createdBy: ctx.operator._id, now: Date.now() };
    const { lead, isNew } = await leads.leadFromConversation(ctx, conversation, by);
    return { leadId: lead._id, isNew };
  },
});

/** Takes a lead out of the lists, by an owner or admin. `leadDesk:restore` brings it back. */
export const remove = operatorMutation({
  args: { leadId: v.string() },
  returns: v.null(),
  handler: async (ctx, { leadId }) => {
    leads.checkMayRemove(ctx.operator);
    await leads.removeLead(ctx, await leads.requireLeadOf(ctx.db, ctx.operator, leadId), Date.now());
    return null;
  },
});

/** The lead's remarks, newest first; nothing for a foreign, malformed or unknown id. */
export const listRemarks = operatorQuery({
  args: { leadId: v.string() },
  returns: v.array(remarkRow),
  handler: async (ctx, { leadId }) => {
    const lead = await leads.findLead(ctx.db, ctx.operator, leadId);
    return lead === null ? [] : await remarks.listRemarks(ctx.db, ctx.operator, lead._id);
  },
});

export const addRemark = operatorMutation({
  args: { leadId: v.string(), body: v.string() },
  returns: v.object({ remarkId: v.id("leadRemarks") }),
  handler: async (ctx, { leadId, body }) => {
    const lead = await leads.requireLeadOf(ctx.db, ctx.operator, leadId);
    const remark = { operator: ctx.operator, body: valid("body", checkRemark(body)), now: Date.now() };
    return { remarkId: await remarks.addRemark(ctx, lead, remark) };
  },
});

/** Changes a remark, by its author, an owner or an admin. */
export const updateRemark = operatorMutation({
  args: { remarkId: v.string(), body: v.string() },
  returns: v.null(),
  handler: async (ctx, { remarkId, body }) => {
    const change = { remarkId, body: valid("body", checkRemark(body)), now: Date.now() };
    await remarks.updateRemark(ctx, ctx.operator, change);
    return null;
  },
});

/** Deletes a remark, by its author, an owner or an admin. */
export const deleteRemark = operatorMutation({
  args: { remarkId: v.string() },
  returns: v.null(),
  handler: async (ctx, { remarkId }) => {
    await remarks.deleteRemark(ctx, ctx.operator, remarkId);
    return null;
  },
});

async function toRow(db: DatabaseReader, lead: Doc<"leads">) {
  const [row] = await leads.toLeadRows(db, [lead]);
  if (row === undefined) throw new Error("A lead has no row.");
  return row;
}

/** Leads for a program: newest change first, or what changed since, oldest first. */
export const listForKey = keyQuery({
  args: {
    status: v.optional(leadStatus),
    brandId: v.optional(v.string()),
    updatedAfter: v.optional(v.number()),
    after: v.union(position, v.null()),
    limit: v.number(),
  },
  returns: v.object({ page: v.array(leadRow), next: v.union(position, v.null()) }),
  handler: async (ctx, { brandId, ...request }) => {
    const scope = await keyScope(ctx.db, ctx.key, brandId);
    const { page, hasMore } = await pageLeads(ctx.db, { scope, ...request });
    const last = page.at(-1);
    const next =
      hasMore && last !== undefined
        ? { at: last.updatedAt, createdAt: last._creationTime, id: last._id }
        : null;
    return { page: await leads.toLeadRows(ctx.db, page), next };
  },
});

export const getForKey = keyQuery({
  args: { leadId: v.string() },
  returns: leadRow,
  handler: async (ctx, { leadId }) => await toRow(ctx.db, await requireLead(ctx.db, ctx.key, leadId)),
});

/** A new lead by a program, in the name of who made its key. */
export const createForKey = keyMutation({
  args: fields,
  returns: leadRow,
  handler: async (ctx, { brandId, conversationId, status, ...input }) => {
    const conversation =
      conversationId === undefined ? null : await requireConversation(ctx.db, ctx.key, conversationId);
    const wanted = brandId ?? conversation?.brandId ?? ctx.key.brandId;
    const brand =
      wanted === undefined
        ? await oldestBrand(ctx.db, ctx.key.workspaceId)
        : await requireBrand(ctx.db, ctx.key, wanted);
    if (brand === null) throw notFound("brand");
    const lead = await leads.createLead(ctx, {
      ...leads.checkLeadFields(input),
      status,
      brand,
      conversation,
      createdBy: ctx.key.createdBy,
      via: "api",
      now: Date.now(),
    });
    return await toRow(ctx.db, lead);
  },
});

export const updateForKey = keyMutation({
  args: { leadId: v.string(), ...changes },
  returns: leadRow,
  handler: async (ctx, { leadId, status, ...input }) => {
    const lead = await requireLead(ctx.db, ctx.key, leadId);
    const change = { changes: leads.checkLeadChanges(input), status, via: "api" as const, now: Date.now() };
    return await toRow(ctx.db, await leads.updateLead(ctx, lead, change));
  },
});
