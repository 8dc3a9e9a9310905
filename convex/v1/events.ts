/** The change feed for agent software. Arguments and rows of v1 only ever gain fields. */
import { v } from "convex/values";
import { API_LIMIT_DEFAULT, API_LIMIT_MAX } from "../../lib/limits";
import { operatorQuery } from "../functions";
import { newestEvent, nextPosition, pageOperatorFeed, positionOf } from "../model/feed";
import { scopeOf } from "../model/inbox";
import { clampLimit } from "../model/paging";
import { decodeFeedCursor, encodeFeedCursor } from "../rest/feedCursor";
import { toEvent } from "../rest/rows";
import { eventType } from "../validators";
import { eventPageShape } from "./shapes";

/**
 * The cursor behind the newest event, to subscribe to: it changes with each new one, and `list` says what is new. Null
 * when there is none.
 */
export const newest = operatorQuery({
  agents: "read",
  args: { type: v.optional(eventType) }, // all
  returns: v.object({ cursor: v.union(v.string(), v.null()) }),
  handler: async (ctx, { type }) => {
    const scope = await scopeOf(ctx.db, ctx.operator, undefined);
    const event = await newestEvent(ctx.db, scope, type);
    return { cursor: event === null ? null : encodeFeedCursor(positionOf(event), { type }) };
  },
});

/**
 * Changes in the order in which they were committed: none ever appears behind a cursor. To ask, not to subscribe to:
 * `newest` tells when to ask. Without a new event it may give another `nextCursor` all the same.
 */
export const list = operatorQuery({
  agents: "read",
  args: {
    after: v.optional(v.string()), // `nextCursor` of the page before; from the oldest event without it
    type: v.optional(eventType), // all
    limit: v.optional(v.number()), // 50, at most 200
  },
  returns: eventPageShape,
  handler: async (ctx, { after, type, limit }) => {
    const filters = { type };
    const snapshotTs = ctx.meta.getSnapshotTs();
    const found = await pageOperatorFeed(ctx.db, {
      scope: await scopeOf(ctx.db, ctx.operator, undefined),
      type,
      after: decodeFeedCursor(after, filters),
      limit: clampLimit(limit, API_LIMIT_DEFAULT, API_LIMIT_MAX),
      now: Date.now(),
    });
    const events = found.page.map(({ _id, workspaceId, brandId, type, sequence, payload, occurredAt }) =>
      toEvent({ _id, workspaceId, brandId, type, sequence, payload, occurredAt }),
    );
    const nextCursor = encodeFeedCursor(nextPosition(found, snapshotTs), filters);
    const cursors = found.page.map((event) => encodeFeedCursor(positionOf(event), filters));
    return { events, cursors, nextCursor, hasMore: found.hasMore };
  },
});
