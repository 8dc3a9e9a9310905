import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

const message = () =>
  defineTable({ channel: v.string(), author: v.string(), body: v.string(), at: v.number() }).index(
    "by_channel_and_at",
    ["channel", "at"],
  );

/** Two equal tables, so that a short and a long one can be compared; `elsewhere` is read by no query. */
export default defineSchema({
  few: message(),
  many: message(),
  elsewhere: defineTable({ n: v.number() }),
});
