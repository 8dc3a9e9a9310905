/**
 * The slow lane: endpoints that fail or take long. Its worker goes round them and sends at most one delivery of each at a
 * time, so that however many there are, and however long they take, they hold up nobody else.
 */
import type { Doc } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { claimDue } from "./webhookDeliveries";
import { findOwnLane, keepLane, leaveLane } from "./webhookLanes";

/** Attempts at a time: all are under way together, so that a batch takes as long as its slowest. */
const BATCH = 50;
/** Endpoints that one claim looks at. */
const STEPS = 200;

export type Batch = { attempts: Doc<"webhookAttempts">[]; isDone: boolean };

/**
 * The worker's next batch, of the endpoints behind those before. `isDone`: the worker has lost the lane, or a whole round
 * found nothing due and nobody called meanwhile; then the lane is free, in this same mutation.
 */
export async function claimBatch(ctx: MutationCtx, lease: number, now: number): Promise<Batch> {
  const lane = await findOwnLane(ctx.db, "slow", lease);
  if (lane === null) return { attempts: [], isDone: true };
  const subscriptions = await ctx.db
    .query("webhookSubscriptions")
    .withIndex("by_lane_and_deleted_at_and_enabled", (q) => {
      const slow = q.eq("lane", "slow").eq("deletedAt", undefined).eq("enabled", true);
      return lane.cursor === null ? slow : slow.gt("_creationTime", lane.cursor);
    })
    .take(STEPS);
  const attempts: Doc<"webhookAttempts">[] = [];
  let cursor = lane.cursor;
  for (const subscription of subscriptions) {
    if (attempts.length === BATCH) break;
    attempts.push(...(await claimDue(ctx, subscription, 1, now)));
    cursor = subscription._creationTime;
  }
  const last = subscriptions.at(-1);
  const isRoundOver = subscriptions.length < STEPS && (last === undefined || cursor === last._creationTime);
  // What was found may be followed by more of the same endpoint.
  const again = lane.again || attempts.length > 0;
  const isDone = isRoundOver && !again;
  if (isDone) await leaveLane(ctx, lane);
  else await keepLane(ctx, lane, now, isRoundOver ? { cursor: null, again: false } : { cursor, again });
  return { attempts, isDone };
}
