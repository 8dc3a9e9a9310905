/** What erasing a person deleted. */
import { v } from "convex/values";
import type { Infer } from "convex/values";

/** Rows that are gone, by what people know them as. */
export const erasedCounts = v.object({
  people: v.number(),
  conversations: v.number(),
  messages: v.number(),
  files: v.number(),
  leads: v.number(),
  events: v.number(), // of the change feed, with their webhook deliveries
  notifications: v.number(),
});
export type ErasedCounts = Infer<typeof erasedCounts>;

export const erasureRow = v.object({
  _id: v.id("erasures"),
  operatorName: v.string(), // who asked for it
  counts: erasedCounts,
  startedAt: v.number(),
  finishedAt: v.optional(v.number()), // absent: under way
});
export type ErasureRow = Infer<typeof erasureRow>;

/** Somebody who would be erased. */
export const erasable = v.object({
  visitorId: v.id("visitors"),
  name: v.optional(v.string()),
  email: v.optional(v.string()),
  phone: v.optional(v.string()),
  brandName: v.optional(v.string()),
  firstSeenAt: v.number(),
  lastSeenAt: v.number(),
});
export type Erasable = Infer<typeof erasable>;
