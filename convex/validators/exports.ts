/** Shapes of exporting a workspace. */
import { v } from "convex/values";
import type { Infer } from "convex/values";

export const exportState = v.union(
  v.literal("running"),
  v.literal("ready"),
  v.literal("failed"), // it was tried again and again and came no further
  v.literal("removed"), // its file is on its way out
);

/** Rows written so far, of those that may be many. */
export const exportCounts = v.object({
  visitors: v.number(),
  conversations: v.number(),
  messages: v.number(), // notes among them
  leads: v.number(),
});
export type ExportCounts = Infer<typeof exportCounts>;

/** Up to where the document is written. */
export const exportPlace = v.object({
  section: v.number(), // index of the list that is being written
  after: v.union(v.object({ at: v.number(), createdAt: v.number(), id: v.string() }), v.null()), // its last row; null: none yet
  /** A conversation whose messages are being written, and the last of them. */
  inside: v.union(v.object({ conversationId: v.id("conversations"), sequence: v.number() }), v.null()),
});
export type ExportPlace = Infer<typeof exportPlace>;

/** What one reading adds to the document. */
export const exportPiece = v.object({
  text: v.string(),
  next: v.union(exportPlace, v.null()), // null: the document is whole
  counts: exportCounts, // of this piece
});
export type ExportPiece = Infer<typeof exportPiece>;

export const exportRow = v.object({
  _id: v.id("exports"),
  state: exportState,
  counts: exportCounts,
  bytes: v.number(), // written so far
  startedAt: v.number(),
  finishedAt: v.optional(v.number()),
  expiresAt: v.number(), // when the file goes
});
export type ExportRow = Infer<typeof exportRow>;
