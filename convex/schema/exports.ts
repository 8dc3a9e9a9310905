/** The tables of exports, as in schema.ts. */
import { defineTable } from "convex/server";
import { v } from "convex/values";
import { exportCounts, exportPlace, exportState } from "../validators/exports";

export const exportTables = {
  /** A workspace as one JSON document, for the owner who asked for it. Its text is in the parts. */
  exports: defineTable({
    workspaceId: v.id("workspaces"),
    operatorId: v.id("operators"),
    state: exportState,
    place: v.union(exportPlace, v.null()), // where the next part begins; null: there is none
    parts: v.number(), // that are written
    bytes: v.number(), // of all of them
    counts: exportCounts,
    tries: v.number(), // at the next part that came to nothing
    leaseUntil: v.number(), // while running: a part that is not there by then is begun anew
    startedAt: v.number(),
    finishedAt: v.optional(v.number()),
    expiresAt: v.number(),
  })
    .index("by_operator", ["operatorId", "startedAt"])
    .index("by_workspace_and_state", ["workspaceId", "state"])
    .index("by_state_and_lease_until", ["state", "leaseUntil"])
    .index("by_expires_at", ["expiresAt"]),

  exportParts: defineTable({
    exportId: v.id("exports"),
    number: v.number(), // from 0, without gaps
    storageId: v.id("_storage"),
  }).index("by_export", ["exportId", "number"]),
};
