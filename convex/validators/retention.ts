/** What a workspace has set about how long things are kept. */
import { v } from "convex/values";
import type { Infer } from "convex/values";
import { erasedCounts } from "./erasures";

export const retention = v.object({
  conversationDays: v.union(v.number(), v.null()), // null: for good
  webhookDays: v.number(), // of the webhook event log
});
export type Retention = Infer<typeof retention>;

/** Deletes what is over in the order in which it was changed last: first what is closed, then what is resolved. */
export const retentionRun = v.object({
  startedAt: v.number(),
  counts: erasedCounts, // what is gone by now
  place: v.optional(
    v.object({
      status: v.union(v.literal("closed"), v.literal("resolved")),
      after: v.union(v.object({ at: v.number(), createdAt: v.number(), id: v.string() }), v.null()), // null: none yet
    }),
  ), // absent: at the beginning
  begun: v.optional(
    v.array(v.object({ conversationId: v.id("conversations"), visitorId: v.id("visitors") })),
  ), // conversations that are gone, and of which something may be left
});
export type RetentionRun = Infer<typeof retentionRun>;
