import { defineTable } from "convex/server";
import { v } from "convex/values";
import { channel } from "../validators";
import { metric, metricCell } from "../validators/metrics";

const of = {
  workspaceId: v.id("workspaces"),
  brandId: v.id("brands"),
  channel,
  operatorId: v.optional(v.id("operators")), // who answered or resolved; absent: no person
};

/** Analytics count where things happen and read sums: no conversation is loaded for a figure. */
export const metricTables = {
  /** What of a conversation is counted already. Its presence says that the start is. Apart from it: lists do not read it. */
  conversationMetrics: defineTable({
    workspaceId: v.id("workspaces"),
    conversationId: v.id("conversations"),
    answeredAt: v.optional(v.number()),
    resolvedAt: v.optional(v.number()),
  }).index("by_conversation", ["conversationId"]),

  /** Counts of one each that wait to be folded into the sums: appended only, so that changes never meet at a row. */
  metricSamples: defineTable({ ...of, metric, at: v.number(), bucket: v.number() }),

  /** Sums of a day of UTC. There may be several rows of one day and one set of attributes: they add up. */
  metricDays: defineTable({
    ...of,
    day: v.number(), // days since 1970-01-01
    cells: v.array(metricCell),
  })
    .index("by_workspace_and_day", ["workspaceId", "day"])
    .index("by_brand_and_day", ["brandId", "day", "channel", "operatorId"]),

  /** How far conversations older than their counting are counted: one row. */
  metricBackfill: defineTable({
    cursor: v.union(v.string(), v.null()), // null: from the oldest
    isDone: v.boolean(),
  }),
};
