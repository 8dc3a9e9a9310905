/**
 * The transactions of webhook delivery: claim, result, and what takes up what a crash left. None of them depends on an
 * action being run: an action that dies leaves a lease behind, and the sweep ends it.
 */
import { v } from "convex/values";
import { internal } from "./_generated/api";
import { internalMutation, internalQuery } from "./functions";
import * as deliveries from "./model/webhookDeliveries";
import * as lanes from "./model/webhookLanes";
import { isReplayable, replayable } from "./model/webhookLog";
import { requestsOf } from "./model/webhookRequests";
import { recordResult } from "./model/webhookResults";
import { attemptRequest, exchangeResult } from "./validators/webhooks";

const subscriptionIds = v.array(v.id("webhookSubscriptions"));

/** Starts what is due at these endpoints, as far as their shares go. Running it twice does no harm. */
export const dispatch = internalMutation({
  args: { subscriptionIds },
  returns: v.null(),
  handler: async (ctx, { subscriptionIds }) => {
    const now = Date.now();
    let isSlow = false;
    const attemptIds = [];
    for (const id of new Set(subscriptionIds)) {
      const subscription = await ctx.db.get("webhookSubscriptions", id);
      if (subscription === null) continue;
      if (subscription.lane === "slow") isSlow = true;
      else attemptIds.push(...(await deliveries.claimShare(ctx, subscription, now)).map(({ _id }) => _id));
    }
    if (attemptIds.length > 0) await ctx.scheduler.runAfter(0, internal.webhookSender.drain, { attemptIds });
    if (isSlow) await lanes.wakeSlowLane(ctx, now);
    return null;
  },
});

/** What is to be sent for these attempts; those whose lease is over are left out. */
export const load = internalQuery({
  args: { attemptIds: v.array(v.id("webhookAttempts")) },
  returns: v.array(attemptRequest),
  handler: async (ctx, { attemptIds }) => {
    const attempts = await Promise.all(attemptIds.map((id) => ctx.db.get("webhookAttempts", id)));
    const found = attempts.filter((attempt) => attempt !== null);
    return await requestsOf(ctx.db, found, Date.now());
  },
});

/**
 * Notes results. `claimFor`: and claims what else is due at this endpoint of the fast lane, for the same action to send.
 */
export const record = internalMutation({
  args: {
    results: v.array(v.object({ attemptId: v.id("webhookAttempts"), result: exchangeResult })),
    claimFor: v.optional(v.id("webhookSubscriptions")),
  },
  returns: v.array(attemptRequest),
  handler: async (ctx, { results, claimFor }) => {
    const now = Date.now();
    for (const { attemptId, result } of results) await recordResult(ctx, attemptId, result, now);
    const subscription = claimFor === undefined ? null : await ctx.db.get("webhookSubscriptions", claimFor);
    if (subscription?.lane !== "fast") return [];
    const claimed = await deliveries.claimShare(ctx, subscription, now);
    return await requestsOf(ctx.db, claimed, now);
  },
});

/** The next batch of the slow lane, for the worker with this lease. */
export const claimSlow = internalMutation({
  args: { lease: v.number() },
  returns: v.object({ batch: v.array(attemptRequest), isDone: v.boolean() }),
  handler: async (ctx, { lease }) => {
    const now = Date.now();
    const { attempts, isDone } = await lanes.claimSlowBatch(ctx, lease, now);
    return { batch: await requestsOf(ctx.db, attempts, now), isDone };
  },
});

/** The slow lane's worker has run long enough: another takes over. */
export const relaySlow = internalMutation({
  args: { lease: v.number() },
  returns: v.null(),
  handler: async (ctx, { lease }) => {
    await lanes.relaySlowLane(ctx, lease, Date.now());
    return null;
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
    if (await lanes.isSlowLaneLost(ctx.db, now)) await lanes.wakeSlowLane(ctx, now);
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
