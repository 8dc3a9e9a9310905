/** Drafts: what one operator has begun to write in one conversation, a reply and a note apart. */
import { DRAFT_MAX } from "../../lib/limits";
import { joinTexts } from "../../lib/text";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { canAccessBrand } from "../logic/permissions";
import type { DraftText } from "../validators/drafts";
import { whereMerged } from "./conversationRows";

/** The operator's draft in the conversation; null: none. */
export async function findDraft(
  db: DatabaseReader,
  operatorId: Id<"operators">,
  conversationId: Id<"conversations">,
): Promise<Doc<"messageDrafts"> | null> {
  return await db
    .query("messageDrafts")
    .withIndex("by_operator_and_conversation", (q) =>
      q.eq("operatorId", operatorId).eq("conversationId", conversationId),
    )
    .unique();
}

/**
 * Keeps the draft in place of the one before; an empty one leaves no row. Returns its `updatedAt`, null: no row. One of a
 * conversation that was merged goes below the draft in the other.
 */
export async function saveDraft(
  ctx: MutationCtx,
  operator: Doc<"operators">,
  conversation: Doc<"conversations">,
  draft: DraftText & { now: number },
): Promise<number | null> {
  const current = await whereMerged(ctx.db, conversation);
  const keep = current._id === conversation._id ? keepDraft : joinDraft;
  return await keep(ctx, operator._id, current, draft);
}

/** Keeps both texts, the draft's below the one that is there. */
export async function joinDraft(
  ctx: MutationCtx,
  operatorId: Id<"operators">,
  conversation: Doc<"conversations">,
  { mode, reply, note, runId, now }: DraftText & { now: number },
): Promise<number | null> {
  const row = await findDraft(ctx.db, operatorId, conversation._id);
  return await keepDraft(ctx, operatorId, conversation, {
    runId: row?.runId ?? runId,
    mode: row?.mode ?? mode,
    reply: joinTexts(row?.reply ?? "", reply).slice(0, DRAFT_MAX),
    note: joinTexts(row?.note ?? "", note).slice(0, DRAFT_MAX),
    now,
  });
}

async function keepDraft(
  ctx: MutationCtx,
  operatorId: Id<"operators">,
  conversation: Doc<"conversations">,
  { mode, reply, note, runId: begun, now }: DraftText & { now: number },
): Promise<number | null> {
  const row = await findDraft(ctx.db, operatorId, conversation._id);
  const runId = reply === "" ? undefined : begun;
  if (reply === "" && note === "") {
    if (row !== null) await ctx.db.delete("messageDrafts", row._id);
    return null;
  }
  const updatedAt = Math.max(now, (row?.updatedAt ?? 0) + 1);
  if (row !== null) {
    await ctx.db.patch("messageDrafts", row._id, { mode, reply, note, runId, updatedAt });
    return updatedAt;
  }
  await ctx.db.insert("messageDrafts", {
    workspaceId: conversation.workspaceId,
    brandId: conversation.brandId,
    conversationId: conversation._id,
    operatorId,
    mode,
    reply,
    note,
    runId,
    updatedAt,
  });
  return updatedAt;
}

/**
 * Ends the draft of what was just sent. Text that was not in the message stays: it was begun after the message left, or
 * elsewhere. The stored text may lag behind what was sent, since it is saved a moment after each key.
 */
export async function endSentDraft(
  ctx: MutationCtx,
  operator: Doc<"operators">,
  conversation: Doc<"conversations">,
  { body, internal, now }: { body: string; internal: boolean; now: number },
): Promise<void> {
  const draft = await findDraft(ctx.db, operator._id, conversation._id);
  const mode = internal ? "note" : "reply";
  if (draft === null || draft[mode] === "" || !body.startsWith(draft[mode].trim())) return;
  const left = internal
    ? { reply: draft.reply, note: "", runId: draft.runId }
    : { reply: "", note: draft.note };
  await keepDraft(ctx, operator._id, conversation, { mode: draft.mode, ...left, now });
}

/** The operator's drafts in conversations that they may see, in no order. */
export async function listDrafts(
  db: DatabaseReader,
  operator: Doc<"operators">,
  limit: number,
): Promise<Doc<"messageDrafts">[]> {
  const drafts = await db
    .query("messageDrafts")
    .withIndex("by_operator_and_conversation", (q) => q.eq("operatorId", operator._id))
    .take(limit);
  return drafts.filter(({ brandId }) => canAccessBrand(operator, brandId));
}
