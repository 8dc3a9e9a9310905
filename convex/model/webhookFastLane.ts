/** The fast lane: endpoints that answer. Its worker is called to endpoints, and sends what is due there side by side. */
import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { claimDue, isLive } from "./webhookDeliveries";
import { findOwnLane, keepLane, leaveLane, wakeLane } from "./webhookLanes";

type Attempt = Doc<"webhookAttempts">;
type Subscription = Doc<"webhookSubscriptions">;

/** Attempts at one endpoint that may be under way, without those that people ask for one by one. */
const CONCURRENCY = 5;
/** Calls that the worker takes at a time. */
const CALLS = 50;

/** Has what is due at these endpoints sent, by the worker of their lane. Calling twice does no harm. */
export async function callTo(ctx: MutationCtx, subscriptions: Subscription[], now: number): Promise<void> {
  const live = subscriptions.filter(isLive);
  const fast = live.filter(({ lane }) => lane === "fast");
  for (const { _id } of fast) await ctx.db.insert("webhookCalls", { at: now, subscriptionId: _id });
  if (fast.length > 0) await wakeLane(ctx, "fast", now);
  if (fast.length < live.length) await wakeLane(ctx, "slow", now);
}

/** Has an attempt sent that is claimed already. */
export async function callFor(
  ctx: MutationCtx,
  attemptId: Id<"webhookAttempts">,
  now: number,
): Promise<void> {
  await ctx.db.insert("webhookCalls", { at: now, attemptId });
  await ctx.scheduler.runAfter(0, internal.webhookDelivery.wake, { lane: "fast" });
}

async function hasCalls(db: DatabaseReader): Promise<boolean> {
  return (await db.query("webhookCalls").first()) !== null;
}

/** Claims what is due of an endpoint, if it is one of this lane. */
export async function claimShare(
  ctx: MutationCtx,
  subscription: Subscription,
  now: number,
): Promise<Attempt[]> {
  return subscription.lane === "fast" ? await claimDue(ctx, subscription, CONCURRENCY, now) : [];
}

/** Up to now: those that come meanwhile need not make the reader run again. */
async function oldestCalls(db: DatabaseReader, now: number): Promise<Doc<"webhookCalls">[]> {
  return await db
    .query("webhookCalls")
    .withIndex("by_at", (q) => q.lte("at", now))
    .take(CALLS);
}

export type Taken = { attempts: Attempt[]; isDone: boolean };

/**
 * What the worker is called to. `isIdle`: it has nothing under way; `isBusy`: so much that it takes no more. `isDone`: it
 * has lost the lane, or there is nothing to do and nobody called meanwhile; then the lane is free, in this same mutation.
 */
export async function takeCalls(
  ctx: MutationCtx,
  { lease, isIdle, isBusy }: { lease: number; isIdle: boolean; isBusy: boolean },
  now: number,
): Promise<Taken> {
  const lane = await findOwnLane(ctx.db, "fast", lease);
  if (lane === null) return { attempts: [], isDone: true };
  const calls = isBusy ? [] : await oldestCalls(ctx.db, now);
  const attempts: Attempt[] = [];
  const endpoints = new Set<Id<"webhookSubscriptions">>();
  for (const call of calls) {
    await ctx.db.delete("webhookCalls", call._id);
    if ("subscriptionId" in call) {
      endpoints.add(call.subscriptionId);
      continue;
    }
    const attempt = await ctx.db.get("webhookAttempts", call.attemptId);
    if (attempt !== null) attempts.push(attempt);
  }
  for (const id of endpoints) {
    const subscription = await ctx.db.get("webhookSubscriptions", id);
    if (subscription !== null) attempts.push(...(await claimShare(ctx, subscription, now)));
  }
  const isDone = isIdle && attempts.length === 0 && !(await hasCalls(ctx.db));
  if (isDone) await leaveLane(ctx, lane);
  else await keepLane(ctx, lane, now);
  return { attempts, isDone };
}
