/** What people ask for by hand: one attempt at a delivery, or a test. */
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { refusal } from "../errors";
import { claim, insertDelivery } from "./webhookDeliveries";
import { callFor } from "./webhookFastLane";

type Delivery = Doc<"webhookDeliveries">;
type Subscription = Doc<"webhookSubscriptions">;

/** Sends the delivery at once, beside what the endpoint has under way. */
async function sendManually(
  ctx: MutationCtx,
  subscription: Subscription,
  delivery: Delivery,
  now: number,
): Promise<void> {
  const manualFrom = delivery.manualFrom ?? (delivery.state === "waiting" ? "waiting" : "ended");
  await ctx.db.patch("webhookDeliveries", delivery._id, { manualFrom });
  const { _id } = await claim(ctx, subscription, { ...delivery, manualFrom }, now);
  await callFor(ctx, _id, now);
}

/** One attempt that a person asks for. One at a time: what is under way may be delivered yet. */
export async function retryNow(ctx: MutationCtx, delivery: Delivery, now: number): Promise<void> {
  const subscription = await ctx.db.get("webhookSubscriptions", delivery.subscriptionId);
  if (delivery.state === "sending") {
    throw refusal("CONFLICT", "An attempt is under way. Wait for its result.");
  }
  if (delivery.status === "delivered") {
    throw refusal("CONFLICT", "This was delivered. Nothing is left to send.");
  }
  if (subscription === null || subscription.deletedAt !== undefined) {
    throw refusal("CONFLICT", "The endpoint of this delivery was deleted. Nothing can be sent to it.");
  }
  if (!subscription.enabled) {
    throw refusal("CONFLICT", "The endpoint of this delivery is disabled. Enable it first, then retry.");
  }
  if (subscription.brandId !== undefined && subscription.brandId !== delivery.brandId) {
    throw refusal("CONFLICT", "The endpoint is for another brand by now. Nothing of this one is sent to it.");
  }
  await sendManually(ctx, subscription, delivery, now);
}

/** A delivery of no event, with the one attempt that a person asked for. */
export async function sendTest(
  ctx: MutationCtx,
  subscription: Subscription,
  now: number,
): Promise<Id<"webhookDeliveries">> {
  const deliveryId = await insertDelivery(ctx, {
    workspaceId: subscription.workspaceId,
    brandId: subscription.brandId,
    subscriptionId: subscription._id,
    eventType: "ping",
    status: "pending",
    state: "ended",
    createdAt: now,
  });
  const delivery = await ctx.db.get("webhookDeliveries", deliveryId);
  if (delivery === null) throw new Error("A delivery is gone right after it was inserted.");
  await sendManually(ctx, subscription, delivery, now);
  return deliveryId;
}
