/** The table of what operators have begun to write, as in schema.ts. */
import { defineTable } from "convex/server";
import { v } from "convex/values";
import { draftFields } from "../validators/drafts";

export const draftTables = {
  /** What one operator has begun to write in one conversation. Apart from both: it is written while they type. */
  messageDrafts: defineTable({
    workspaceId: v.id("workspaces"),
    brandId: v.id("brands"),
    conversationId: v.id("conversations"),
    operatorId: v.id("operators"),
    ...draftFields,
  })
    .index("by_operator_and_conversation", ["operatorId", "conversationId"])
    .index("by_conversation", ["conversationId"]),
};
