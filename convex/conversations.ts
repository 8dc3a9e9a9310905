import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import type { PaginationOptions, PaginationResult } from "convex/server";
import { v } from "convex/values";
import { INBOX_LIMIT_DEFAULT, INBOX_LIMIT_MAX } from "../lib/limits";
import { checkSnoozeEnd, checkTag } from "../lib/validation";
import type { Doc } from "./_generated/dataModel";
import type { DatabaseReader } from "./_generated/server";
import { notFound, valid } from "./errors";
import { keyMutation, keyQuery, operatorMutation, operatorQuery } from "./functions";
import { narrowing, pageConversations, positionOf, resolveNarrowing } from "./model/conversationPages";
import * as changes from "./model/conversationChanges";
import * as conversations from "./model/conversations";
import { conversationUpdate, updateConversation } from "./model/conversationUpdate";
import { listView, pageView, resolveView, scopeOf } from "./model/inbox";
import { keyScope, requireConversation } from "./model/keyScope";
import { position } from "./model/keyset";
import { mergeConversation } from "./model/merging";
import { boundedPage, clampLimit, emptyPage } from "./model/paging";
import { readByVisitor } from "./model/readMarks";
import * as team from "./model/team";
import { isVisitorTyping } from "./model/typing";
import { channel, conversationDetail, conversationStatus, inboxRow } from "./validators";
import type { ConversationStatus, InboxRow } from "./validators";
import { assigneeRow, changedConversation, conversationChange } from "./validators/conversations";
import { viewNarrowing, viewPart } from "./validators/conversations";
import type { ConversationChange, ViewNarrowing, ViewPart } from "./validators/conversations";

/** Conversations of one status, newest activity first, within all the operator's brands or one of them. */
export const listInbox = operatorQuery({
  agents: "read",
  args: {
    status: v.optional(conversationStatus), // open
    channel: v.optional(channel), // all
    brandId: v.optional(v.string()),
    limit: v.optional(v.number()), // 50, at most 200
  },
  returns: v.array(inboxRow),
  handler: async (ctx, { status = "open", channel, brandId, limit }) => {
    const scope = await scopeOf(ctx.db, ctx.operator, brandId);
    const narrowing = channel === undefined ? null : { by: "channel" as const, channel };
    const count = clampLimit(limit, INBOX_LIMIT_DEFAULT, INBOX_LIMIT_MAX);
    const rows = await listView(ctx.db, scope, { status, narrowing, part: "all" }, count);
    return await conversations.toInboxRows(ctx.db, rows);
  },
});

const pageArgs = {
  status: conversationStatus,
  brandId: v.optional(v.string()),
  paginationOpts: paginationOptsValidator,
};

type PageRequest = {
  status: ConversationStatus;
  brandId?: string;
  narrowing?: ViewNarrowing;
  part: ViewPart;
  paginationOpts: PaginationOptions;
};

async function pageOf(
  ctx: { db: DatabaseReader; operator: Doc<"operators"> },
  { brandId, narrowing: asked, paginationOpts, ...view }: PageRequest,
): Promise<PaginationResult<InboxRow>> {
  const narrowing = await resolveView(ctx.db, ctx.operator, asked);
  if (narrowing === undefined) return emptyPage();
  const scope = await scopeOf(ctx.db, ctx.operator, brandId);
  const result = await pageView(ctx.db, scope, { ...view, narrowing }, boundedPage(paginationOpts));
  return { ...result, page: await conversations.toInboxRows(ctx.db, result.page) };
}

/** A view by pages: a status and at most one of assignee, channel and tag, in all the operator's brands or one of them. */
export const listPage = operatorQuery({
  agents: "read",
  args: { ...pageArgs, narrowing: v.optional(viewNarrowing), part: viewPart },
  returns: paginationResultValidator(inboxRow),
  handler: pageOf,
});

/** Conversations in which a visitor waits for an answer, longest wait first. */
export const listWaiting = operatorQuery({
  agents: "read",
  args: pageArgs,
  returns: paginationResultValidator(inboxRow),
  handler: async (ctx, args) => await pageOf(ctx, { ...args, part: "waiting" }),
});

/** Conversations in which nobody waits, newest activity first. */
export const listAnswered = operatorQuery({
  agents: "read",
  args: pageArgs,
  returns: paginationResultValidator(inboxRow),
  handler: async (ctx, args) => await pageOf(ctx, { ...args, part: "answered" }),
});

/** Everybody of the team, by name, with the brands that they may see: who a conversation can be given to. */
export const listAssignees = operatorQuery({
  agents: "read",
  args: {},
  returns: v.array(assigneeRow),
  handler: async (ctx) => await team.listAssignees(ctx.db, ctx.operator),
});

/** The other conversations of a conversation's visitor that are not merged, the newest first; none for a foreign or unknown id. */
export const listOfVisitor = operatorQuery({
  args: { conversationId: v.string(), paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(inboxRow),
  handler: async (ctx, { conversationId, paginationOpts }) => {
    const conversation = await conversations.findConversation(ctx.db, ctx.operator, conversationId);
    if (conversation === null) return emptyPage();
    const all = conversations.unmergedOfVisitor(ctx.db, conversation.visitorId);
    const result = await all.paginate(boundedPage(paginationOpts));
    const others = result.page.filter(({ _id }) => _id !== conversation._id);
    return { ...result, page: await conversations.toInboxRows(ctx.db, others) };
  },
});

/** One conversation with its whole visitor; null for a foreign, malformed or unknown id. */
export const getById = operatorQuery({
  agents: "read",
  args: { conversationId: v.string() },
  returns: v.union(conversationDetail, v.null()),
  handler: async (ctx, { conversationId }) => {
    const conversation = await conversations.findConversation(ctx.db, ctx.operator, conversationId);
    return conversation === null ? null : await conversations.toDetail(ctx.db, conversation);
  },
});

/** What the visitor does in the conversation at the moment; null for a foreign, malformed or unknown id. */
export const getVisitorState = operatorQuery({
  agents: "read",
  args: { conversationId: v.string() },
  returns: v.union(
    v.object({
      isTyping: v.boolean(),
      readSequence: v.number(), // the newest message that they have read
    }),
    v.null(),
  ),
  handler: async (ctx, { conversationId }) => {
    const conversation = await conversations.findConversation(ctx.db, ctx.operator, conversationId);
    if (conversation === null) return null;
    return {
      isTyping: await isVisitorTyping(ctx.db, conversation._id),
      readSequence: await readByVisitor(ctx.db, conversation._id),
    };
  },
});

/** Resolve, reopen, snooze or close. Setting what is set already changes nothing. */
export const setStatus = operatorMutation({
  agents: "reply",
  args: { conversationId: v.string(), status: conversationStatus },
  returns: v.null(),
  handler: async (ctx, { conversationId, status }) => {
    const conversation = await conversations.findConversation(ctx.db, ctx.operator, conversationId);
    if (conversation === null) throw notFound("conversation");
    await conversations.setStatus(ctx, conversation, status, { operator: ctx.operator, now: Date.now() });
    return null;
  },
});

/** Snoozes until a time, at which the conversation opens by itself; a visitor who writes opens it before. */
export const snooze = operatorMutation({
  agents: "reply",
  args: { conversationId: v.string(), until: v.number() }, // at most 366 days ahead
  returns: v.null(),
  handler: async (ctx, { conversationId, until }) => {
    const conversation = await conversations.findConversation(ctx.db, ctx.operator, conversationId);
    if (conversation === null) throw notFound("conversation");
    const now = Date.now();
    const end = valid("until", checkSnoozeEnd(until, now));
    await conversations.snooze(ctx, conversation, end, { operator: ctx.operator, now });
    return null;
  },
});

/** Gives the conversation to somebody who may see it. Whoever gets it from somebody else is told. */
export const assign = operatorMutation({
  agents: "reply",
  args: { conversationId: v.string(), operatorId: v.union(v.string(), v.null()) }, // or "me"; null: nobody
  returns: v.null(),
  handler: async (ctx, { conversationId, operatorId }) => {
    const conversation = await conversations.findConversation(ctx.db, ctx.operator, conversationId);
    if (conversation === null) throw notFound("conversation");
    await changes.assignTo(ctx, conversation, operatorId, { operator: ctx.operator, now: Date.now() });
    return null;
  },
});

/** One change of many conversations, each by itself: says which changed, and how to take that back. */
export const changeMany = operatorMutation({
  args: { conversationIds: v.array(v.string()), change: conversationChange }, // at most 200
  returns: v.object({
    changed: v.array(changedConversation),
    unchanged: v.array(v.string()), // were so already
    refused: v.array(v.object({ conversationId: v.string(), code: v.string(), message: v.string() })),
  }),
  handler: async (ctx, { conversationIds, change }) => {
    changes.checkMany(conversationIds, "conversationIds");
    const now = Date.now();
    const checked = checkChange(change, now);
    return await changes.changeMany(ctx, conversationIds, checked, { operator: ctx.operator, now });
  },
});

/** Takes changes back where nobody has changed the conversation since; answers with those that it put back. */
export const undoMany = operatorMutation({
  args: { changes: v.array(v.object({ ...changedConversation.fields, conversationId: v.string() })) }, // at most 200
  returns: v.array(v.id("conversations")),
  handler: async (ctx, { changes: made }) => {
    changes.checkMany(made, "changes");
    return await changes.undoMany(ctx, made, { operator: ctx.operator, now: Date.now() });
  },
});

/**
 * Merges a conversation into another one of its visitor, for good: all messages are in that one, by time, and the merged
 * one is closed and leads there. A long one takes a while; `conversation.merged` tells of its end.
 */
export const merge = operatorMutation({
  args: { conversationId: v.string(), into: v.string() },
  returns: v.null(),
  handler: async (ctx, args) => {
    await mergeConversation(ctx, ctx.operator, args, Date.now());
    return null;
  },
});

function checkChange(change: ConversationChange, now: number): ConversationChange {
  switch (change.kind) {
    case "snooze":
      return { ...change, until: valid("until", checkSnoozeEnd(change.until, now)) };
    case "tag":
    case "untag":
      return { ...change, tag: valid("tag", checkTag(change.tag)) };
    default:
      return change;
  }
}

/** Conversations for a program: newest activity first, or what changed since, oldest change first. */
export const listForKey = keyQuery({
  args: {
    status: conversationStatus,
    brandId: v.optional(v.string()),
    narrowing,
    updatedAfter: v.optional(v.number()),
    after: v.union(position, v.null()),
    limit: v.number(),
  },
  returns: v.object({ page: v.array(inboxRow), next: v.union(position, v.null()) }),
  handler: async (ctx, { brandId, narrowing: asked, ...request }) => {
    const scope = await keyScope(ctx.db, ctx.key, brandId);
    const narrowing = await resolveNarrowing(ctx.db, ctx.key, asked);
    const { page, hasMore } = await pageConversations(ctx.db, { scope, narrowing, ...request });
    const last = page.at(-1);
    return {
      page: await conversations.toInboxRows(ctx.db, page),
      next: hasMore && last !== undefined ? positionOf(last, request.updatedAfter !== undefined) : null,
    };
  },
});

export const getForKey = keyQuery({
  args: { conversationId: v.string() },
  returns: inboxRow,
  handler: async (ctx, { conversationId }) =>
    await toRow(ctx.db, await requireConversation(ctx.db, ctx.key, conversationId)),
});

/** Sets status, assignee or both. Setting what is set already changes nothing. */
export const updateForKey = keyMutation({
  args: {
    conversationId: v.string(),
    status: conversationUpdate.status,
    assignee: conversationUpdate.assignee,
  },
  returns: inboxRow,
  handler: async (ctx, { conversationId, ...update }) => {
    const conversation = await requireConversation(ctx.db, ctx.key, conversationId);
    await updateConversation(ctx, conversation, update, { operator: null, via: "api", now: Date.now() });
    return await toRow(ctx.db, await requireConversation(ctx.db, ctx.key, conversationId));
  },
});

async function toRow(db: DatabaseReader, conversation: Doc<"conversations">) {
  const [row] = await conversations.toInboxRows(db, [conversation]);
  if (row === undefined) throw new Error("A conversation has no row.");
  return row;
}
