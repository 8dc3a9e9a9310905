import { v } from "convex/values";
import { DRAFTS_LISTED_MAX } from "../lib/limits";
import { checkDraft } from "../lib/validation";
import { notFound, valid } from "./errors";
import { operatorMutation, operatorQuery } from "./functions";
import { findRun } from "./model/atlasRuns";
import { findConversation } from "./model/conversations";
import { findDraft, listDrafts, saveDraft } from "./model/drafts";
import { draftMode, draftRow } from "./validators/drafts";

/** What this operator has begun to write in the conversation; null: nothing, as for a foreign or unknown id. */
export const get = operatorQuery({
  args: { conversationId: v.string() },
  returns: v.union(draftRow, v.null()),
  handler: async (ctx, { conversationId }) => {
    const conversation = await findConversation(ctx.db, ctx.operator, conversationId);
    const draft = conversation === null ? null : await findDraft(ctx.db, ctx.operator._id, conversation._id);
    if (draft === null) return null;
    const { mode, reply, note, runId, updatedAt } = draft;
    return { mode, reply, note, runId, updatedAt };
  },
});

/** In which conversations this operator has begun to write what: at most 200, in no order. It does not change with each key. */
export const listMine = operatorQuery({
  args: {},
  returns: v.array(
    v.object({ conversationId: v.id("conversations"), hasReply: v.boolean(), hasNote: v.boolean() }),
  ),
  handler: async (ctx) => {
    const drafts = await listDrafts(ctx.db, ctx.operator, DRAFTS_LISTED_MAX);
    return drafts.map(({ conversationId, reply, note }) => {
      return { conversationId, hasReply: reply !== "", hasNote: note !== "" };
    });
  },
});

/** Keeps a draft in place of the one before; two empty texts remove it. Returns its `updatedAt`, null: removed. */
export const upsert = operatorMutation({
  args: {
    conversationId: v.string(),
    mode: draftMode,
    reply: v.string(),
    note: v.string(),
    runId: v.optional(v.string()), // of Atlas, whose draft the reply began as; one that is gone is left out
  },
  returns: v.union(v.number(), v.null()),
  handler: async (ctx, { conversationId, mode, reply, note, runId }) => {
    const conversation = await findConversation(ctx.db, ctx.operator, conversationId);
    if (conversation === null) throw notFound("conversation");
    const run = runId === undefined ? null : await findRun(ctx.db, ctx.operator, runId);
    return await saveDraft(ctx, ctx.operator, conversation, {
      mode,
      runId: run?._id,
      reply: valid("reply", checkDraft(reply)),
      note: valid("note", checkDraft(note)),
      now: Date.now(),
    });
  },
});

/** Throws the draft away. Repeating it changes nothing. */
export const remove = operatorMutation({
  args: { conversationId: v.string() },
  returns: v.null(),
  handler: async (ctx, { conversationId }) => {
    const conversation = await findConversation(ctx.db, ctx.operator, conversationId);
    if (conversation === null) throw notFound("conversation");
    const draft = await findDraft(ctx.db, ctx.operator._id, conversation._id);
    if (draft !== null) await ctx.db.delete("messageDrafts", draft._id);
    return null;
  },
});
