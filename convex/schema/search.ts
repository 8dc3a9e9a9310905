import { defineTable } from "convex/server";
import { v } from "convex/values";
import { searchedTable } from "../validators/search";

export const searchTables = {
  /** How far rows from before they had their words are filled in: one row. */
  searchBackfill: defineTable({
    table: v.union(searchedTable, v.null()), // which one is at its turn; null: all are done
    cursor: v.union(v.string(), v.null()), // null: from its newest row
    pageAt: v.number(), // when the newest page was filled in
  }),
};
