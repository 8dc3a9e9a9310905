/**
 * The slow lane: endpoints that fail or take long. One worker at a time goes round them and sends at most one delivery of
 * each, so that however many there are, and however long they take, they keep none of the others' actions.
 */
import { internal } from "../_generated/api";
import type { Doc } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import type { WebhookLane } from "../validators/webhooks";
import { LEASE, claimDue } from "./webhookDeliveries";

const SLOW: WebhookLane = "slow";
/** Attempts at a time: all are under way together, so that a batch takes as long as its slowest. */
const BATCH = 50;
/** Endpoints that one claim looks at. */
const STEPS = 200;

async function findLane(db: DatabaseReader): Promise<Doc<"webhookLanes"> | null> {
  return await db
    .query("webhookLanes")
    .withIndex("by_lane", (q) => q.eq("lane", SLOW))
    .unique();
}

/**
 * Something is due in the slow lane: starts a worker, unless there is one, which then goes round again before it ends.
 * Whoever calls this has stored what is due before, or in the same mutation.
 */
export async function wakeSlowLane(ctx: MutationCtx, now: number): Promise<void> {
  const lane = await findLane(ctx.db);
  if (lane !== null && lane.leaseUntil > now) {
    if (!lane.again) await ctx.db.patch("webhookLanes", lane._id, { again: true });
    return;
  }
  const lease = (lane?.lease ?? 0) + 1;
  const fields = { lease, leaseUntil: now + LEASE, cursor: null, again: false };
  if (lane === null) await ctx.db.insert("webhookLanes", { lane: SLOW, ...fields });
  else await ctx.db.patch("webhookLanes", lane._id, fields);
  await ctx.scheduler.runAfter(0, internal.webhookSender.drainSlowLane, { lease });
}

/** Whether a worker has the lane that has not been heard of for too long. */
export async function isSlowLaneLost(db: DatabaseReader, now: number): Promise<boolean> {
  const lane = await findLane(db);
  return lane !== null && lane.leaseUntil > 0 && lane.leaseUntil <= now;
}

/** The worker gives up the lane and calls for another: an action must end some time. */
export async function relaySlowLane(ctx: MutationCtx, lease: number, now: number): Promise<void> {
  const lane = await findLane(ctx.db);
  if (lane?.lease !== lease) return;
  await ctx.db.patch("webhookLanes", lane._id, { leaseUntil: 0 });
  await wakeSlowLane(ctx, now);
}

export type Batch = { attempts: Doc<"webhookAttempts">[]; isDone: boolean };

/**
 * The worker's next batch, of the endpoints behind those before. `isDone`: the worker has lost the lane, or a whole round
 * found nothing due and nobody called meanwhile; then the lane is free, in this same mutation.
 */
export async function claimSlowBatch(ctx: MutationCtx, lease: number, now: number): Promise<Batch> {
  const lane = await findLane(ctx.db);
  if (lane === null || lane.lease !== lease || lane.leaseUntil === 0) return { attempts: [], isDone: true };
  const subscriptions = await ctx.db
    .query("webhookSubscriptions")
    .withIndex("by_lane_and_deleted_at_and_enabled", (q) => {
      const slow = q.eq("lane", SLOW).eq("deletedAt", undefined).eq("enabled", true);
      return lane.cursor === null ? slow : slow.gt("_creationTime", lane.cursor);
    })
    .take(STEPS);
  const attempts: Doc<"webhookAttempts">[] = [];
  let cursor: number | null = null;
  for (const subscription of subscriptions) {
    if (attempts.length === BATCH) break;
    attempts.push(...(await claimDue(ctx, subscription, 1, now)));
    cursor = subscription._creationTime;
  }
  const isRoundOver =
    subscriptions.length < STEPS && cursor === (subscriptions.at(-1)?._creationTime ?? null);
  // What was found may be followed by more of the same endpoint.
  const again = lane.again || attempts.length > 0;
  const isDone = isRoundOver && !again;
  await ctx.db.patch("webhookLanes", lane._id, {
    leaseUntil: isDone ? 0 : now + LEASE,
    cursor: isRoundOver ? null : cursor,
    again: isRoundOver ? false : again,
  });
  return { attempts, isDone };
}
