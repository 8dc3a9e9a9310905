/** The table of how long things are kept, as in schema.ts. */
import { defineTable } from "convex/server";
import { v } from "convex/values";
import { retentionRun } from "../validators/retention";

export const retentionTables = {
  /** Absent: as PraxTalk comes. Apart from the workspace, which every page reads. */
  retentionSettings: defineTable({
    workspaceId: v.id("workspaces"),
    conversationDays: v.optional(v.number()), // absent: conversations stay for good
    webhookDays: v.optional(v.number()), // absent: WEBHOOK_DAYS
    run: v.optional(retentionRun), // that deletes at the moment
  }).index("by_workspace", ["workspaceId"]),
};
