/** What programs change of a conversation in one call, by REST or as an agent. */
import { v } from "convex/values";
import type { ObjectType } from "convex/values";
import { checkSnoozeEnd } from "../../lib/validation";
import type { Doc } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { refusal, valid } from "../errors";
import { conversationStatus } from "../validators";
import { assign, setStatus, snooze } from "./conversations";
import type { Change } from "./conversations";
import { findAssignee } from "./operators";

export const conversationUpdate = {
  status: v.optional(conversationStatus),
  assignee: v.optional(v.union(v.string(), v.null())), // an operator's id; null: nobody
  snoozedUntil: v.optional(v.number()), // at most 366 days ahead; with no status, or "snoozed"
};
export type ConversationUpdate = ObjectType<typeof conversationUpdate>;

/** Sets what is given. Setting what is set already changes nothing and makes no event. */
export async function updateConversation(
  ctx: MutationCtx,
  conversation: Doc<"conversations">,
  { status, assignee, snoozedUntil }: ConversationUpdate,
  change: Change,
): Promise<void> {
  if (snoozedUntil !== undefined && status !== undefined && status !== "snoozed") {
    throw refusal("VALIDATION", `"snoozedUntil" goes with the status "snoozed" alone.`, {
      field: "snoozedUntil",
    });
  }
  const end =
    snoozedUntil === undefined ? undefined : valid("snoozedUntil", checkSnoozeEnd(snoozedUntil, change.now));
  if (assignee !== undefined) {
    const operator = assignee === null ? null : await findAssignee(ctx.db, conversation, assignee);
    if (assignee !== null && operator === null) {
      throw refusal("VALIDATION", "There is no such operator who may see this conversation.", {
        field: "assignee",
      });
    }
    await assign(ctx, conversation, operator, change);
  }
  if (end !== undefined) await snooze(ctx, conversation, end, change);
  else if (status !== undefined) await setStatus(ctx, conversation, status, change);
}
