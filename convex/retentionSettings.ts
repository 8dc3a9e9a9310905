/** How long a workspace keeps conversations and the webhook event log. */
import { v } from "convex/values";
import { operatorMutation, operatorQuery } from "./functions";
import { countExpired, retentionOf, setRetention } from "./model/retention";
import { retention } from "./validators/retention";

/** What is set. Any operator may know it: lists say how far back they go. */
export const get = operatorQuery({
  args: {},
  returns: retention,
  handler: async (ctx) => await retentionOf(ctx.db, ctx.operator.workspaceId),
});

/** How many conversations would be deleted now if they were kept for so many days; counts to RETENTION_PREVIEW_MAX. */
export const preview = operatorQuery({
  args: { conversationDays: v.number() },
  returns: v.object({ count: v.number(), isMore: v.boolean() }),
  handler: async (ctx, { conversationDays }) =>
    await countExpired(ctx.db, ctx.operator, conversationDays, Date.now()),
});

/** Sets both. Conversations that are over and were not changed for so many days are deleted each night, for good. */
export const update = operatorMutation({
  args: retention.fields,
  returns: v.null(),
  handler: async (ctx, wanted) => {
    await setRetention(ctx, ctx.operator, wanted, Date.now());
    return null;
  },
});
