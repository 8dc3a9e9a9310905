/** What the dashboard shows of a brand beside its row. */
import { v } from "convex/values";
import type { Infer } from "convex/values";

/** A page that asked for the brand's widget. */
export const sighting = v.object({
  origin: v.string(), // "null": a local file or a sandboxed frame
  seenAt: v.number(), // to the minute
  isAllowed: v.boolean(), // by the brand's list of pages
});
export type Sighting = Infer<typeof sighting>;

export const brandActivity = v.object({
  lastSeen: v.union(sighting, v.null()),
  waiting: v.number(), // conversations that wait for an answer, at most BRAND_WAITING_MAX of them
});
