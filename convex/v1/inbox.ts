/** The inbox for agent software. Arguments and rows of v1 only ever gain fields. */
import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { INBOX_LIMIT_DEFAULT, INBOX_LIMIT_MAX } from "../../lib/limits";
import type { Doc } from "../_generated/dataModel";
import type { DatabaseReader } from "../_generated/server";
import { refusal } from "../errors";
import { operatorQuery } from "../functions";
import { toInboxRows } from "../model/conversations";
import { listView, pageView, resolveView, scopeOf } from "../model/inbox";
import type { Scope, View } from "../model/inbox";
import { boundedPage, clampLimit, emptyPage } from "../model/paging";
import { toConversation } from "../rest/rows";
import { channel, conversationStatus } from "../validators";
import type { Channel, ConversationStatus } from "../validators";
import { conversationShape } from "./shapes";

const filter = {
  status: v.optional(conversationStatus), // open
  brandId: v.optional(v.string()), // all that the token covers
  channel: v.optional(channel),
  assignee: v.optional(v.union(v.string(), v.null())), // an operator's id, or "me"; null: nobody. Not with `channel`
};
type Filter = {
  status?: ConversationStatus;
  brandId?: string;
  channel?: Channel;
  assignee?: string | null;
};

/** The view, newest activity first; null when its brand or operator is none that the token covers. */
async function viewOf(
  db: DatabaseReader,
  operator: Doc<"operators">,
  { status = "open", brandId, channel, assignee }: Filter,
): Promise<{ scope: Scope; view: View } | null> {
  if (channel !== undefined && assignee !== undefined) {
    throw refusal("VALIDATION", "Ask for a channel or for an assignee, not for both.", { field: "assignee" });
  }
  const asked =
    channel !== undefined
      ? { by: "channel" as const, channel }
      : assignee !== undefined
        ? { by: "assignee" as const, assignee }
        : undefined;
  const narrowing = await resolveView(db, operator, asked);
  if (narrowing === undefined) return null;
  return { scope: await scopeOf(db, operator, brandId), view: { status, narrowing, part: "all" } };
}

async function toShapes(db: DatabaseReader, conversations: Doc<"conversations">[]) {
  return (await toInboxRows(db, conversations)).map(toConversation);
}

/** Conversations of one status, newest activity first. */
export const list = operatorQuery({
  agents: "read",
  args: { ...filter, limit: v.optional(v.number()) }, // 50, at most 200
  returns: v.array(conversationShape),
  handler: async (ctx, { limit, ...filter }) => {
    const found = await viewOf(ctx.db, ctx.operator, filter);
    if (found === null) return [];
    const count = clampLimit(limit, INBOX_LIMIT_DEFAULT, INBOX_LIMIT_MAX);
    return await toShapes(ctx.db, await listView(ctx.db, found.scope, found.view, count));
  },
});

/** The same by pages. */
export const page = operatorQuery({
  agents: "read",
  args: { ...filter, paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(conversationShape),
  handler: async (ctx, { paginationOpts, ...filter }) => {
    const found = await viewOf(ctx.db, ctx.operator, filter);
    if (found === null) return emptyPage();
    const result = await pageView(ctx.db, found.scope, found.view, boundedPage(paginationOpts));
    return { ...result, page: await toShapes(ctx.db, result.page) };
  },
});
