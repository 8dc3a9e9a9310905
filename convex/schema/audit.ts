/** The table of the audit log, as in schema.ts. */
import { defineTable } from "convex/server";
import { v } from "convex/values";
import { auditAction } from "../validators/audit";

export const auditTables = {
  /** Who did what to the workspace. Names are copies: the row stays true when operator or target are gone. */
  auditLogs: defineTable({
    workspaceId: v.id("workspaces"),
    brandId: v.optional(v.id("brands")), // of what belongs to one brand
    operatorId: v.optional(v.id("operators")), // absent: PraxTalk itself
    operatorName: v.string(),
    action: auditAction,
    target: v.string(), // what it was done to, as people know it: a name, an address; no secret
    details: v.optional(v.string()), // what changed, one line; no secret
    createdAt: v.number(),
  })
    .index("by_workspace", ["workspaceId", "createdAt"])
    .index("by_workspace_and_action", ["workspaceId", "action", "createdAt"])
    .index("by_workspace_and_operator", ["workspaceId", "operatorId", "createdAt"])
    .index("by_created_at", ["createdAt"]),
};
