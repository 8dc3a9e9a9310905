import { defineTable } from "convex/server";
import { v } from "convex/values";
import { latestRemark, leadStatus } from "../validators/leads";

/** Fields by which a search for leads is narrowed. */
const SEARCH_FILTERS: ["workspaceId", "brandId", "removedAt", "status", "assignedOperatorId"] = [
  "workspaceId",
  "brandId",
  "removedAt",
  "status",
  "assignedOperatorId",
];

export const leadTables = {
  /** Behind workspace or brand, every index of a list has `removedAt`: lists are of those that have none. */
  leads: defineTable({
    workspaceId: v.id("workspaces"),
    brandId: v.id("brands"),
    conversationId: v.optional(v.id("conversations")), // the one it was made from
    visitorId: v.optional(v.id("visitors")),
    name: v.string(),
    email: v.optional(v.string()), // lower case
    phone: v.optional(v.string()), // E.164
    notes: v.optional(v.string()),
    searchWords: v.optional(v.string()), // of name and email, see lib/search-text.ts; absent: not filled in yet
    status: leadStatus,
    assignedOperatorId: v.optional(v.id("operators")),
    remarksCount: v.optional(v.number()), // absent: none
    latestRemark: v.optional(latestRemark),
    importKey: v.optional(v.string()), // import and line that it was made by
    createdBy: v.id("operators"), // for one made through an API key: who made the key
    createdAt: v.number(),
    updatedAt: v.number(),
    removedAt: v.optional(v.number()), // can be restored until it is purged
  })
    .index("by_workspace_and_updated_at", ["workspaceId", "removedAt", "updatedAt"])
    .index("by_workspace_and_status_and_updated_at", ["workspaceId", "removedAt", "status", "updatedAt"])
    .index("by_workspace_and_assignee_and_updated_at", [
      "workspaceId",
      "removedAt",
      "assignedOperatorId",
      "updatedAt",
    ])
    .index("by_workspace_and_status_and_assignee_and_updated_at", [
      "workspaceId",
      "removedAt",
      "status",
      "assignedOperatorId",
      "updatedAt",
    ])
    .index("by_brand_and_updated_at", ["brandId", "removedAt", "updatedAt"])
    .index("by_brand_and_status_and_updated_at", ["brandId", "removedAt", "status", "updatedAt"])
    .index("by_brand_and_assignee_and_updated_at", [
      "brandId",
      "removedAt",
      "assignedOperatorId",
      "updatedAt",
    ])
    .index("by_brand_and_status_and_assignee_and_updated_at", [
      "brandId",
      "removedAt",
      "status",
      "assignedOperatorId",
      "updatedAt",
    ])
    .index("by_workspace_and_email", ["workspaceId", "email", "removedAt"])
    .index("by_workspace_and_phone", ["workspaceId", "phone", "removedAt"])
    .index("by_conversation", ["conversationId", "removedAt"])
    .index("by_visitor", ["visitorId"])
    .index("by_workspace_and_import_key", ["workspaceId", "importKey"])
    .index("by_removed_at", ["removedAt"])
    .index("by_workspace_and_created_at", ["workspaceId", "createdAt"]) // those that were removed too
    .searchIndex("search_words", { searchField: "searchWords", filterFields: SEARCH_FILTERS })
    .searchIndex("search_phone", { searchField: "phone", filterFields: SEARCH_FILTERS }),

  /** What operators tell each other of a lead. */
  leadRemarks: defineTable({
    workspaceId: v.id("workspaces"),
    leadId: v.id("leads"),
    operatorId: v.id("operators"), // who wrote it
    operatorName: v.string(),
    body: v.string(),
    createdAt: v.number(),
    updatedAt: v.optional(v.number()),
    editedByOperatorId: v.optional(v.id("operators")),
  }).index("by_lead", ["leadId", "createdAt"]),
};
