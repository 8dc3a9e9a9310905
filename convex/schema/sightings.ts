/** The table of where widgets were seen, as in schema.ts. */
import { defineTable } from "convex/server";
import { v } from "convex/values";

export const sightingTables = {
  /**
   * Pages that asked for a brand's widget, by their origins; whether they may have it is asked when it is shown. A row is
   * written at most once a minute, and a brand has at most WIDGET_SIGHTINGS_MAX. Apart from the brand, which every start of a
   * chat reads.
   */
  widgetSightings: defineTable({
    workspaceId: v.id("workspaces"),
    brandId: v.id("brands"),
    origin: v.string(), // "null": a local file or a sandboxed frame
    seenAt: v.number(),
  })
    .index("by_brand_and_origin", ["brandId", "origin"])
    .index("by_brand_and_seen_at", ["brandId", "seenAt"])
    .index("by_workspace", ["workspaceId"]),
};
