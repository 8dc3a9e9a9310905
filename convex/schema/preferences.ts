/** The table of what operators chose for themselves, as in schema.ts. */
import { defineTable } from "convex/server";
import { v } from "convex/values";
import { preferences } from "../validators/preferences";

export const preferenceTables = {
  /** Absent: as PraxTalk comes. Apart from the operator, whom every request reads. */
  operatorPreferences: defineTable({
    workspaceId: v.id("workspaces"),
    operatorId: v.id("operators"),
    ...preferences.fields,
  }).index("by_operator", ["operatorId"]),
};
