import { v } from "convex/values";
import { keyQuery } from "./functions";
import { feedPosition, nextPosition, pageFeed } from "./model/feed";
import { keyScope } from "./model/keyScope";
import { eventRow, eventType } from "./validators";

/** The change feed for a program, oldest first. `next` is where to read on, also when nothing is left for now. */
export const listForKey = keyQuery({
  args: { type: v.optional(eventType), after: v.union(feedPosition, v.null()), limit: v.number() },
  returns: v.object({
    page: v.array(eventRow),
    next: feedPosition,
    hasMore: v.boolean(),
  }),
  handler: async (ctx, { type, after, limit }) => {
    const scope = await keyScope(ctx.db, ctx.key, undefined);
    const snapshotTs = ctx.meta.getSnapshotTs();
    const now = Date.now();
    const found = await pageFeed(ctx.db, { scope, type, after, limit, now });
    return {
      page: found.page.map(({ _id, workspaceId, brandId, type, sequence, payload, occurredAt }) => ({
        _id,
        workspaceId,
        brandId,
        type,
        sequence,
        payload,
        occurredAt,
      })),
      next: nextPosition(found, snapshotTs),
      hasMore: found.hasMore,
    };
  },
});
