/** One conversation for agent software. Arguments and rows of v1 only ever gain fields. */
import { v } from "convex/values";
import { checkSnoozeEnd } from "../../lib/validation";
import { notFound, refusal, valid } from "../errors";
import { operatorMutation, operatorQuery } from "../functions";
import * as conversations from "../model/conversations";
import { findAssignee } from "../model/operators";
import { toConversation } from "../rest/rows";
import { conversationStatus } from "../validators";
import { conversationShape } from "./shapes";

/** One conversation; null for a foreign, malformed or unknown id. */
export const get = operatorQuery({
  agents: "read",
  args: { conversationId: v.string() },
  returns: v.union(conversationShape, v.null()),
  handler: async (ctx, { conversationId }) => {
    const conversation = await conversations.findConversation(ctx.db, ctx.operator, conversationId);
    if (conversation === null) return null;
    const [row] = await conversations.toInboxRows(ctx.db, [conversation]);
    return row === undefined ? null : toConversation(row);
  },
});

/** Sets status, assignee or both; or snoozes until a time, at which the conversation opens by itself. Setting what is set already changes nothing. */
export const update = operatorMutation({
  agents: "reply",
  args: {
    conversationId: v.string(),
    status: v.optional(conversationStatus),
    assignee: v.optional(v.union(v.string(), v.null())), // an operator's id; "me": the token's operator; null: nobody
    snoozedUntil: v.optional(v.number()), // at most 366 days ahead; with no status, or "snoozed"
  },
  returns: v.null(),
  handler: async (ctx, { conversationId, status, assignee, snoozedUntil }) => {
    const conversation = await conversations.findConversation(ctx.db, ctx.operator, conversationId);
    if (conversation === null) throw notFound("conversation");
    const now = Date.now();
    if (snoozedUntil !== undefined && status !== undefined && status !== "snoozed") {
      throw refusal("VALIDATION", `"snoozedUntil" goes with the status "snoozed" alone.`, {
        field: "snoozedUntil",
      });
    }
    if (assignee !== undefined) {
      const wanted = assignee === "me" ? ctx.operator._id : assignee;
      const operator = wanted === null ? null : await findAssignee(ctx.db, conversation, wanted);
      if (wanted !== null && operator === null) {
        throw refusal("VALIDATION", "There is no such operator who may see this conversation.", {
          field: "assignee",
        });
      }
      await conversations.assign(ctx, conversation, operator, { operator: ctx.operator, now });
    }
    if (snoozedUntil !== undefined) {
      const end = valid("snoozedUntil", checkSnoozeEnd(snoozedUntil, now));
      await conversations.snooze(ctx, conversation, end, { operator: ctx.operator, now });
    } else if (status !== undefined) {
      await conversations.setStatus(ctx, conversation, status, { operator: ctx.operator, now });
    }
    return null;
  },
});
