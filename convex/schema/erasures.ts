/** The table of erasing people, as in schema.ts. */
import { defineTable } from "convex/server";
import { v } from "convex/values";
import { erasedCounts } from "../validators/erasures";

export const erasureTables = {
  /** Work to erase people, and once it is done, that it was: nothing in it says who they were. */
  erasures: defineTable({
    workspaceId: v.id("workspaces"),
    operatorId: v.id("operators"),
    operatorName: v.string(),
    visitorIds: v.array(v.id("visitors")), // whose rows are still to go; they themselves are gone
    emails: v.array(v.string()), // of leads that are still to go
    counts: erasedCounts,
    startedAt: v.number(),
    finishedAt: v.optional(v.number()),
  }).index("by_workspace", ["workspaceId", "startedAt"]),
};
