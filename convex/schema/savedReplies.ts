/** The table of saved replies, as in schema.ts. */
import { defineTable } from "convex/server";
import { v } from "convex/values";

export const savedReplyTables = {
  /** Texts that the team sends often. */
  savedReplies: defineTable({
    workspaceId: v.id("workspaces"),
    brandId: v.optional(v.id("brands")), // absent: for all brands
    title: v.string(),
    body: v.string(), // may hold variables, see lib/reply-variables.ts
    shortcut: v.optional(v.string()), // lower case, without the slash; unique in the workspace and brand
    createdBy: v.id("operators"),
    createdAt: v.number(),
    updatedAt: v.number(),
  }).index("by_workspace_and_brand_and_shortcut", ["workspaceId", "brandId", "shortcut"]),
};
