import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  notes: defineTable({ text: v.string() }),
  scores: defineTable({ player: v.string(), score: v.number() }),
  outcomes: defineTable({ of: v.string(), result: v.string() }).index("by_of", ["of"]),
  attempts: defineTable({ of: v.string() }).index("by_of", ["of"]),
  running: defineTable({ name: v.string(), most: v.number(), now: v.number() }),
  people: defineTable({ name: v.string(), rank: v.optional(v.number()) }),
});
