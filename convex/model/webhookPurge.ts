/** Deletes what the event log keeps no longer. */
import { WEBHOOK_DAYS } from "../../lib/limits";
import type { Doc } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { forgetHealth } from "./webhookHealth";

const LIFETIME = WEBHOOK_DAYS * 24 * 60 * 60 * 1000;
/** Deliveries of one run, and attempts of each: of some 6 KB at most, they stay far below what a transaction may read. */
export const DELIVERIES_PAGE = 20;
const ATTEMPTS_PAGE = 50;
const ENDPOINTS_PAGE = 50;

/** Deletes deliveries that are too old, with their attempts; true when there may be more. */
export async function purgeDeliveries(ctx: MutationCtx, now: number): Promise<boolean> {
  const expired = await ctx.db
    .query("webhookDeliveries")
    .withIndex("by_created_at", (q) => q.lt("createdAt", now - LIFETIME))
    .take(DELIVERIES_PAGE);
  let isRest = false;
  for (const delivery of expired) {
    if (await purgeDelivery(ctx, delivery)) isRest = true;
  }
  return isRest || expired.length === DELIVERIES_PAGE;
}

/** Deletes a delivery with its attempts; true when there are attempts left, which it stays for. */
export async function purgeDelivery(ctx: MutationCtx, delivery: Doc<"webhookDeliveries">): Promise<boolean> {
  const more = await purgeAttempts(ctx, delivery);
  if (!more) await ctx.db.delete("webhookDeliveries", delivery._id);
  return more;
}

async function purgeAttempts(ctx: MutationCtx, { _id }: Doc<"webhookDeliveries">): Promise<boolean> {
  const attempts = await ctx.db
    .query("webhookAttempts")
    .withIndex("by_delivery", (q) => q.eq("deliveryId", _id))
    .take(ATTEMPTS_PAGE);
  for (const attempt of attempts) await ctx.db.delete("webhookAttempts", attempt._id);
  return attempts.length === ATTEMPTS_PAGE;
}

/**
 * Deletes endpoints that were deleted so long ago that their last delivery is purged too; true when there may be more.
 * One that has a delivery still waits for the next time.
 */
export async function purgeEndpoints(ctx: MutationCtx, now: number): Promise<boolean> {
  const deleted = await ctx.db
    .query("webhookSubscriptions")
    .withIndex("by_deleted_at", (q) => q.gt("deletedAt", 0).lt("deletedAt", now - LIFETIME))
    .take(ENDPOINTS_PAGE);
  let purged = 0;
  for (const { _id } of deleted) {
    const left = await ctx.db
      .query("webhookDeliveries")
      .withIndex("by_subscription", (q) => q.eq("subscriptionId", _id))
      .first();
    if (left !== null) continue;
    await forgetHealth(ctx, _id);
    await ctx.db.delete("webhookSubscriptions", _id);
    purged++;
  }
  return purged === ENDPOINTS_PAGE;
}
