/** The rotation of an endpoint's signing secret. */
import { internal } from "../_generated/api";
import type { Doc } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { beginRotation } from "./secretRotation";

type Subscription = Doc<"webhookSubscriptions">;

/** How long the secret before signs too. */
const OVERLAP = 24 * 60 * 60 * 1000;

/** The new secret signs second until the receiver is known to have it. */
export async function startRotation(
  ctx: MutationCtx,
  { _id, secret }: Subscription,
  { sealedSecret, secretPreview }: { sealedSecret: string; secretPreview: string },
  now: number,
): Promise<void> {
  const rotation = beginRotation(secret, sealedSecret, { now, overlap: OVERLAP, what: "endpoint" });
  const { previousUntil } = rotation;
  await ctx.db.patch("webhookSubscriptions", _id, { secret: rotation, secretPreview, updatedAt: now });
  const job = { subscriptionId: _id, previousUntil };
  await ctx.scheduler.runAt(previousUntil, internal.webhooks.expireSecret, job);
}

/** The new secret signs first from now on. */
export async function confirmRotation(
  ctx: MutationCtx,
  { _id, secret }: Subscription,
  now: number,
): Promise<void> {
  if (secret.previous === undefined || secret.confirmedAt !== undefined) return;
  await ctx.db.patch("webhookSubscriptions", _id, { secret: { ...secret, confirmedAt: now } });
}

/** The secret before is deleted. */
export async function endRotation(ctx: MutationCtx, { _id, secret }: Subscription): Promise<void> {
  const { current, rotatedAt } = secret;
  await ctx.db.patch("webhookSubscriptions", _id, { secret: { current, rotatedAt } });
}
