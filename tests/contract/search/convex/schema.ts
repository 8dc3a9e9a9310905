import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  notes: defineTable({ body: v.string(), team: v.string(), stars: v.number(), place: v.array(v.float64()) })
    .searchIndex("by_body", { searchField: "body", filterFields: ["team", "stars"] })
    .vectorIndex("by_place", { vectorField: "place", dimensions: 2, filterFields: ["team"] }),
});
