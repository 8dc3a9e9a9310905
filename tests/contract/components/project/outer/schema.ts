import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  spare: defineTable({ unused: v.null() }),
  texts: defineTable({ text: v.string() }),
});
