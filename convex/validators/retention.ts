/** What a workspace has set about how long things are kept. */
import { v } from "convex/values";
import type { Infer } from "convex/values";

export const retention = v.object({
  conversationDays: v.union(v.number(), v.null()), // null: for good
  webhookDays: v.number(), // of the webhook event log
});
export type Retention = Infer<typeof retention>;
