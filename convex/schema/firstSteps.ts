/** The table of the first hour's list, as in schema.ts. */
import { defineTable } from "convex/server";
import { v } from "convex/values";

export const firstStepTables = {
  /** Workspaces whose people want to see no more of the list. Apart from the workspace, which every page reads. */
  dismissedFirstSteps: defineTable({ workspaceId: v.id("workspaces") }).index("by_workspace", [
    "workspaceId",
  ]),
};
