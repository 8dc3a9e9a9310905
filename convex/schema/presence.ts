/** The table of who looks at a conversation, as in schema.ts. */
import { defineTable } from "convex/server";
import { v } from "convex/values";

export const presenceTables = {
  /** Who has a conversation open. A row is deleted by a job of its own once nobody renews it; no list reads these. */
  viewers: defineTable({
    workspaceId: v.id("workspaces"),
    conversationId: v.id("conversations"),
    operatorId: v.id("operators"),
    name: v.string(), // the operator's
    until: v.number(), // when the row goes unless it is renewed
  }).index("by_conversation_and_operator", ["conversationId", "operatorId"]),
};
