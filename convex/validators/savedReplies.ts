/** Shapes of saved replies; see validators.ts. */
import { v } from "convex/values";
import type { Infer } from "convex/values";

export const savedReplyRow = v.object({
  _id: v.id("savedReplies"),
  brandId: v.union(v.id("brands"), v.null()), // null: for all brands
  brandName: v.union(v.string(), v.null()),
  title: v.string(),
  body: v.string(),
  shortcut: v.union(v.string(), v.null()), // without the slash
  createdAt: v.number(),
  updatedAt: v.number(),
  mayEdit: v.boolean(), // whether who asks may change and remove it
});
export type SavedReplyRow = Infer<typeof savedReplyRow>;
