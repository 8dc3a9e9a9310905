/** What people decide about conversations, one or many at once, and how it is taken back. */
import { readError } from "../../lib/errors";
import type { AppErrorData } from "../../lib/errors";
import { CHANGE_MANY_MAX } from "../../lib/limits";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { notFound, refusal } from "../errors";
import type { ChangedConversation, ConversationChange, Decisions } from "../validators/conversations";
import { reread } from "./conversationRows";
import { addTag, removeTag } from "./conversationTags";
import { assign, findConversation, setStatus, snooze } from "./conversations";
import { findAssignee } from "./operators";

export type Actor = { operator: Doc<"operators">; now: number };

export type ManyChanged = {
  changed: ChangedConversation[];
  unchanged: string[];
  refused: { conversationId: string; code: AppErrorData["code"]; message: string }[];
};

/** Refuses a list that is too long for one transaction. */
export function checkMany(items: readonly unknown[], field: string): void {
  if (items.length <= CHANGE_MANY_MAX) return;
  throw refusal("VALIDATION", `Change at most ${CHANGE_MANY_MAX} conversations at a time.`, { field });
}

/** Applies one change to each conversation by itself: one that may not have it stops no other. */
export async function changeMany(
  ctx: MutationCtx,
  conversationIds: readonly string[],
  change: ConversationChange,
  actor: Actor,
): Promise<ManyChanged> {
  const result: ManyChanged = { changed: [], unchanged: [], refused: [] };
  for (const conversationId of new Set(conversationIds)) {
    try {
      const changed = await changeOne(ctx, conversationId, change, actor);
      if (changed === null) result.unchanged.push(conversationId);
      else result.changed.push(changed);
    } catch (error) {
      // A refusal comes before anything is written; what is none takes the whole transaction back.
      const refused = readError(error);
      if (refused === null) throw error;
      result.refused.push({ conversationId, code: refused.code, message: refused.message });
    }
  }
  return result;
}

async function changeOne(
  ctx: MutationCtx,
  conversationId: string,
  change: ConversationChange,
  actor: Actor,
): Promise<ChangedConversation | null> {
  const conversation = await findConversation(ctx.db, actor.operator, conversationId);
  if (conversation === null) throw notFound("conversation");
  await applyChange(ctx, conversation, change, actor);
  const after = await reread(ctx.db, conversation._id);
  if (after.revision === conversation.revision) return null;
  return {
    conversationId: conversation._id,
    revision: after.revision ?? 0,
    before: decisionsOf(conversation),
  };
}

function decisionsOf({ status, snoozedUntil, assignedOperatorId, tags }: Doc<"conversations">): Decisions {
  return { status, snoozedUntil, assignedOperatorId, tags };
}

async function applyChange(
  ctx: MutationCtx,
  conversation: Doc<"conversations">,
  change: ConversationChange,
  actor: Actor,
): Promise<void> {
  switch (change.kind) {
    case "status":
      return await setStatus(ctx, conversation, change.status, actor);
    case "snooze":
      return await snooze(ctx, conversation, change.until, actor);
    case "assign":
      return await assignTo(ctx, conversation, change.operatorId, actor);
    case "tag":
      return await addTag(ctx, conversation, change.tag, actor.now);
    case "untag":
      return await removeTag(ctx, conversation, change.tag, actor.now);
  }
}

/** Gives the conversation to the operator of this id, "me", or with null to nobody. */
export async function assignTo(
  ctx: MutationCtx,
  conversation: Doc<"conversations">,
  operatorId: string | null,
  actor: Actor,
): Promise<void> {
  if (operatorId === null) return await assign(ctx, conversation, null, actor);
  const wanted = operatorId === "me" ? actor.operator._id : operatorId;
  const assignee = await findAssignee(ctx.db, conversation, wanted);
  if (assignee === null) {
    throw refusal("VALIDATION", "There is no such operator who may see this conversation.", {
      field: "operatorId",
    });
  }
  await assign(ctx, conversation, assignee, actor);
}

/**
 * Puts back what was, where nobody has changed status, snooze, assignee or tags since; answers with those that it put
 * back. A snooze whose time is over meanwhile, or an assignee who may see the conversation no more, is left out.
 */
export async function undoMany(
  ctx: MutationCtx,
  changes: readonly (Omit<ChangedConversation, "conversationId"> & { conversationId: string })[],
  actor: Actor,
): Promise<Id<"conversations">[]> {
  const restored: Id<"conversations">[] = [];
  for (const { conversationId, revision, before } of changes) {
    const conversation = await findConversation(ctx.db, actor.operator, conversationId);
    if (conversation === null || (conversation.revision ?? 0) !== revision) continue;
    if (conversation.mergedInto !== undefined) continue;
    await restore(ctx, conversation, before, actor);
    restored.push(conversation._id);
  }
  return restored;
}

async function restore(
  ctx: MutationCtx,
  conversation: Doc<"conversations">,
  before: Decisions,
  actor: Actor,
): Promise<void> {
  const { _id } = conversation;
  const sleepsOn = before.status === "snoozed" && (before.snoozedUntil ?? Infinity) > actor.now;
  const status = before.status === "snoozed" && !sleepsOn ? "open" : before.status;
  if (sleepsOn && before.snoozedUntil !== undefined)
    await snooze(ctx, conversation, before.snoozedUntil, actor);
  else await setStatus(ctx, conversation, status, actor);
  const { assignedOperatorId } = before;
  const assignee =
    assignedOperatorId === undefined ? null : await findAssignee(ctx.db, conversation, assignedOperatorId);
  if (assignedOperatorId === undefined || assignee !== null) {
    // Who had it before needs no telling that they have it again.
    await assign(ctx, await reread(ctx.db, _id), assignee, { ...actor, isSilent: true });
  }
  const tags = before.tags ?? [];
  for (const tag of conversation.tags ?? []) {
    if (!tags.includes(tag)) await removeTag(ctx, await reread(ctx.db, _id), tag, actor.now);
  }
  for (const tag of tags) await addTag(ctx, await reread(ctx.db, _id), tag, actor.now);
}
