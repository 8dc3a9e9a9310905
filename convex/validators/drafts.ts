/** Shapes of drafts; see validators.ts. */
import { v } from "convex/values";
import type { Infer } from "convex/values";

export const draftMode = v.union(v.literal("reply"), v.literal("note"));

export const draftFields = {
  mode: draftMode, // which of the two was written last
  reply: v.string(),
  note: v.string(),
  runId: v.optional(v.id("atlasRuns")), // whose draft the reply began as
  updatedAt: v.number(), // grows with each change: tells one state of the draft from another
};

export const draftRow = v.object(draftFields);
export type DraftRow = Infer<typeof draftRow>;
export type DraftText = Pick<DraftRow, "mode" | "reply" | "note" | "runId">;
