/**
 * The transactions of webhook delivery: claim, result, and what takes up what a crash left. None of them depends on an
 * action being run: an action that dies leaves a lease behind, and the sweep ends it.
 */
import { v } from "convex/values";
import { internal } from "./_generated/api";
import type { Doc, Id } from "./_generated/dataModel";
import type { DatabaseReader } from "./_generated/server";
import { internalMutation, internalQuery } from "./functions";
import * as deliveries from "./model/webhookDeliveries";
import { callTo, claimShare, takeCalls } from "./model/webhookFastLane";
import * as lanes from "./model/webhookLanes";
import { isReplayable, replayable } from "./model/webhookLog";
import { requestsOf } from "./model/webhookRequests";
import { recordResult } from "./model/webhookResults";
import { claimBatch } from "./model/webhookSlowLane";
import { attemptRequest, exchangeResult, webhookLane } from "./validators/webhooks";

const subscriptionIds = v.array(v.id("webhookSubscriptions"));

/** Has what is due at these endpoints sent. Running it twice does no harm. */
export const dispatch = internalMutation({
  args: { subscriptionIds },
  returns: v.null(),
  handler: async (ctx, { subscriptionIds }) => {
    await callTo(ctx, await findAll(ctx.db, subscriptionIds), Date.now());
    return null;
  },
});

async function findAll(db: DatabaseReader, ids: Iterable<Id<"webhookSubscriptions">>) {
  const found = await Promise.all([...new Set(ids)].map((id) => db.get("webhookSubscriptions", id)));
  return found.filter((subscription) => subscription !== null);
}

/** Starts the lane's worker unless there is one. A change calls for it behind the deliveries that it has written. */
export const wake = internalMutation({
  args: { lane: webhookLane },
  returns: v.null(),
  handler: async (ctx, { lane }) => {
    await lanes.wakeLane(ctx, lane, Date.now());
    return null;
  },
});

const lease = v.number();
const claimed = v.object({ requests: v.array(attemptRequest), isDone: v.boolean() });

/** What the fast lane's worker with this lease is called to. */
export const takeFast = internalMutation({
  args: { lease, isIdle: v.boolean(), isBusy: v.boolean() }, // nothing is under way, or so much that it takes no more
  returns: claimed,
  handler: async (ctx, worker) => {
    const now = Date.now();
    const { attempts, isDone } = await takeCalls(ctx, worker, now);
    return { requests: await requestsOf(ctx.db, attempts, now), isDone };
  },
});

/** The next batch of the slow lane, for the worker with this lease. */
export const claimSlow = internalMutation({
  args: { lease },
  returns: claimed,
  handler: async (ctx, { lease }) => {
    const now = Date.now();
    const { attempts, isDone } = await claimBatch(ctx, lease, now);
    return { requests: await requestsOf(ctx.db, attempts, now), isDone };
  },
});

/** The lane's worker has run long enough: another takes over. */
export const relay = internalMutation({
  args: { lane: webhookLane, lease },
  returns: v.null(),
  handler: async (ctx, { lane, lease }) => {
    await lanes.relayLane(ctx, lane, lease, Date.now());
    return null;
  },
});

/**
 * Notes results. `next`: what is due at their endpoints then is claimed for the same worker to send, or its lane is called
 * to it; a worker that comes by again by itself needs neither.
 */
export const record = internalMutation({
  args: {
    results: v.array(v.object({ attemptId: v.id("webhookAttempts"), result: exchangeResult })),
    next: v.union(v.literal("claim"), v.literal("call"), v.literal("none")),
  },
  returns: v.array(attemptRequest),
  handler: async (ctx, { results, next }) => {
    const now = Date.now();
    const endpoints = new Set<Id<"webhookSubscriptions">>();
    for (const { attemptId, result } of results) {
      const attempt = await ctx.db.get("webhookAttempts", attemptId);
      if (attempt !== null) endpoints.add(attempt.subscriptionId);
      await recordResult(ctx, attemptId, result, now);
    }
    if (next === "none") return [];
    const subscriptions = await findAll(ctx.db, endpoints);
    const isOurs = ({ lane }: Doc<"webhookSubscriptions">) => next === "claim" && lane === "fast";
    // While these were under way, the slow lane's worker may have passed their endpoints over.
    await callTo(
      ctx,
      subscriptions.filter((subscription) => !isOurs(subscription)),
      now,
    );
    const attempts = await Promise.all(
      subscriptions.filter(isOurs).map((subscription) => claimShare(ctx, subscription, now)),
    );
    return await requestsOf(ctx.db, attempts.flat(), now);
  },
});

/** Ends what waits at an endpoint that was disabled or deleted, page by page. */
export const endWaiting = internalMutation({
  args: { subscriptionId: v.id("webhookSubscriptions") },
  returns: v.null(),
  handler: async (ctx, { subscriptionId }) => {
    const subscription = await ctx.db.get("webhookSubscriptions", subscriptionId);
    const more = subscription !== null && (await deliveries.endPage(ctx, subscription, Date.now()));
    if (more) await ctx.scheduler.runAfter(0, internal.webhookDelivery.endWaiting, { subscriptionId });
    return null;
  },
});

/** Puts each failed, then each skipped delivery of the endpoint in line for one attempt, page by page. */
export const replay = internalMutation({
  args: {
    subscriptionId: v.id("webhookSubscriptions"),
    status: v.union(v.literal("failed"), v.literal("skipped")),
    since: v.number(),
    until: v.number(), // when it was asked for
    cursor: v.union(v.string(), v.null()),
  },
  returns: v.null(),
  handler: async (ctx, { cursor, until, ...job }) => {
    const subscription = await ctx.db.get("webhookSubscriptions", job.subscriptionId);
    if (subscription === null || !deliveries.isLive(subscription)) return null;
    const now = Date.now();
    const range = replayable(ctx.db, subscription, job);
    const { page, isDone, continueCursor } = await range.paginate({ cursor, numItems: deliveries.PAGE });
    for (const delivery of page) {
      if (delivery.createdAt > until || !isReplayable(delivery)) continue;
      await ctx.db.patch("webhookDeliveries", delivery._id, {
        state: "waiting",
        manualFrom: "ended",
        dueAt: now,
      });
    }
    const subscriptionIds = [job.subscriptionId];
    await ctx.scheduler.runAfter(0, internal.webhookDelivery.dispatch, { subscriptionIds });
    if (isDone && job.status === "skipped") return null;
    const next = isDone
      ? { ...job, status: "skipped" as const, cursor: null }
      : { ...job, cursor: continueCursor };
    await ctx.scheduler.runAfter(0, internal.webhookDelivery.replay, { ...next, until });
    return null;
  },
});

/** Leases that one run ends. */
const EXPIRED_PAGE = 100;

/** Takes up what was lost: attempts whose result never came, a worker that is gone, deliveries that nobody began. */
export const sweep = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    const now = Date.now();
    const expired = await deliveries.expiredLeases(ctx.db, now, EXPIRED_PAGE);
    for (const attemptId of expired) await recordResult(ctx, attemptId, { outcome: "interrupted" }, now);
    await lanes.wakeLostLanes(ctx, now);
    if (expired.length === EXPIRED_PAGE) await ctx.scheduler.runAfter(0, internal.webhookDelivery.sweep, {});
    else await ctx.scheduler.runAfter(0, internal.webhookDelivery.sweepOverdue, { after: null });
    return null;
  },
});

const after = v.union(v.id("webhookSubscriptions"), v.null());

/** Calls the dispatcher for endpoints where something is overdue and nothing under way, page by page. */
export const sweepOverdue = internalMutation({
  args: { after },
  returns: v.null(),
  handler: async (ctx, { after }) => {
    // A snapshot is enough, and reading it live would make this wait for every change that writes a delivery.
    const { overdue, next } = await ctx.runQuery(
      internal.webhookDelivery.listOverdue,
      { after },
      { useStaleSnapshot: true },
    );
    if (overdue.length > 0) {
      await ctx.scheduler.runAfter(0, internal.webhookDelivery.dispatch, { subscriptionIds: overdue });
    }
    if (next !== null)
      await ctx.scheduler.runAfter(0, internal.webhookDelivery.sweepOverdue, { after: next });
    return null;
  },
});

/** Of the endpoints behind `after`, those to call the dispatcher for; `next`: where to go on, null at the end. */
export const listOverdue = internalQuery({
  args: { after },
  returns: v.object({ overdue: subscriptionIds, next: after }),
  handler: async (ctx, { after }) => await deliveries.overduePage(ctx.db, after, Date.now()),
});
