/** What becomes of a delivery when an attempt has ended, and of its endpoint. */
import { WEBHOOK_ATTEMPTS } from "../../lib/limits";
import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { nextAttemptAt } from "../logic/retrySchedule";
import type { DeliveryStatus, ExchangeResult } from "../validators/webhooks";
import { notifyManagers } from "./notifications";
import { noteAttempt } from "./webhookHealth";
import { wakeLane } from "./webhookLanes";
import { retrySchedule } from "./webhookSettings";
import { disable } from "./webhookSubscriptions";

type Delivery = Doc<"webhookDeliveries">;
type Subscription = Doc<"webhookSubscriptions">;

/** An attempt that takes longer counts against its endpoint, whatever comes of it. */
const SLOW_MS = 5_000;
/** So many in a row that failed or were slow, and the endpoint goes to the slow lane. */
const SLOW_LANE_AFTER = 3;
/** Nothing but failures for so long, with so many deliveries given up, and the endpoint is disabled. */
const GIVE_UP_MS = 120 * 60 * 60 * 1000;
const GIVE_UP_EXHAUSTED = 20;
const GONE = 410;

/** `interrupted`: no result came while the lease lasted. */
export type Result =
  ExchangeResult | { outcome: "interrupted"; httpStatus?: undefined; retryAfter?: undefined };

type Leased = { delivery: Delivery; attempt: Doc<"webhookAttempts">; subscription: Subscription };

/** Notes the result of an attempt. One that comes after the lease was taken away changes nothing. */
export async function recordResult(
  ctx: MutationCtx,
  attemptId: Id<"webhookAttempts">,
  result: Result,
  now: number,
): Promise<void> {
  const leased = await findLeased(ctx.db, attemptId);
  if (leased === null) return;
  const { delivery, attempt } = leased;
  const { retryAfter: _retryAfter, ...shown } = result;
  await ctx.db.patch("webhookAttempts", attemptId, { endedAt: now, ...shown });
  const next = afterAttempt(leased, result, now);
  await ctx.db.patch("webhookDeliveries", delivery._id, {
    attemptId: undefined,
    leaseUntil: undefined,
    manualFrom: undefined,
    httpStatus: result.httpStatus,
    error: result.outcome === "delivered" ? undefined : result.outcome,
    ...next,
  });
  const { state, dueAt } = { ...delivery, ...next };
  if (state === "waiting" && (!attempt.manual || dueAt <= now))
    await dispatchAt(ctx, leased.subscription, dueAt);
  await judgeEndpoint(ctx, leased, result, next.status === "failed" && !attempt.manual, now);
}

async function findLeased(db: DatabaseReader, attemptId: Id<"webhookAttempts">): Promise<Leased | null> {
  const attempt = await db.get("webhookAttempts", attemptId);
  const delivery = attempt === null ? null : await db.get("webhookDeliveries", attempt.deliveryId);
  if (attempt === null || delivery === null) return null;
  if (delivery.state !== "sending" || delivery.attemptId !== attemptId) return null;
  const subscription = await db.get("webhookSubscriptions", delivery.subscriptionId);
  if (subscription === null) throw new Error("A delivery's endpoint was purged before it.");
  return { delivery, attempt, subscription };
}

type Next = Pick<Delivery, "state"> &
  Partial<Pick<Delivery, "status" | "dueAt" | "nextRetryAt" | "deliveredAt" | "endedAt">>;

function afterAttempt({ delivery, attempt, subscription }: Leased, result: Result, now: number): Next {
  const ended = (status: DeliveryStatus): Next => ({
    state: "ended",
    status,
    nextRetryAt: undefined,
    endedAt: now,
  });
  if (result.outcome === "delivered") return { ...ended("delivered"), deliveredAt: now };
  // A person's attempt at what had ended changes nothing but what is known of the newest attempt.
  if (delivery.manualFrom === "ended")
    return delivery.eventId === undefined ? ended("failed") : { state: "ended" };
  if (subscription.deletedAt !== undefined) return ended("canceled");
  if (!subscription.enabled) return ended("skipped");
  if (result.httpStatus === GONE) return ended("failed");
  if (attempt.manual) return { state: "waiting" };
  const failed = { number: delivery.attempts, endedAt: now, retryAfter: result.retryAfter };
  const dueAt = nextAttemptAt(failed, retrySchedule(), Math.random());
  return dueAt === null
    ? ended("failed")
    : { state: "waiting", status: "retrying", dueAt, nextRetryAt: dueAt };
}

async function dispatchAt(ctx: MutationCtx, { _id }: Subscription, at: number): Promise<void> {
  await ctx.scheduler.runAt(at, internal.webhookDelivery.dispatch, { subscriptionIds: [_id] });
}

/** What the attempt says about its endpoint. One that was interrupted says nothing but that a delivery may be lost. */
async function judgeEndpoint(
  ctx: MutationCtx,
  { delivery, subscription }: Leased,
  result: Result,
  isGivenUp: boolean,
  now: number,
): Promise<void> {
  if (result.outcome === "interrupted") {
    if (isGivenUp) await notifyFailed(ctx, subscription, delivery, now);
    return;
  }
  const isSuccess = result.outcome === "delivered";
  const isSlow = !isSuccess || result.latencyMs > SLOW_MS;
  const sign = { isSuccess, isSlow, isExhausted: isGivenUp };
  const health = await noteAttempt(ctx, subscription._id, sign, now);
  if (subscription.deletedAt !== undefined || !subscription.enabled) return;
  if (result.httpStatus === GONE) return await disableWithNotice(ctx, subscription, "gone", now);
  // The first of a row of failures: who has been told need not be told again of each.
  if (isGivenUp && health.exhausted === 1) await notifyFailed(ctx, subscription, delivery, now);
  const failingFor = health.failingSince === undefined ? 0 : now - health.failingSince;
  if (failingFor >= GIVE_UP_MS && health.exhausted >= GIVE_UP_EXHAUSTED) {
    return await disableWithNotice(ctx, subscription, "failing", now);
  }
  await chooseLane(ctx, subscription, { isSlow, consecutiveSlow: health.consecutiveSlow }, now);
}

async function chooseLane(
  ctx: MutationCtx,
  subscription: Subscription,
  { isSlow, consecutiveSlow }: { isSlow: boolean; consecutiveSlow: number },
  now: number,
): Promise<void> {
  if (subscription.lane === "fast" && consecutiveSlow >= SLOW_LANE_AFTER) {
    await ctx.db.patch("webhookSubscriptions", subscription._id, { lane: "slow" });
    await wakeLane(ctx, "slow", now);
  } else if (subscription.lane === "slow" && !isSlow) {
    await ctx.db.patch("webhookSubscriptions", subscription._id, { lane: "fast" });
    await dispatchAt(ctx, subscription, now);
  }
}

const DISABLED = {
  gone: "It answered 410 Gone: the receiver wants no more events.",
  failing: "For five days nothing but failures came back.",
};

async function disableWithNotice(
  ctx: MutationCtx,
  subscription: Subscription,
  reason: keyof typeof DISABLED,
  now: number,
): Promise<void> {
  await disable(ctx, subscription, reason, now);
  await notifyManagers(
    ctx,
    subscription,
    {
      kind: "webhook_disabled",
      severity: "error",
      title: "Webhook endpoint disabled",
      body: `${subscription.url}: ${DISABLED[reason]} New events are skipped until it is enabled again.`,
      link: "/app/integrations?view=webhooks",
    },
    now,
  );
}

async function notifyFailed(
  ctx: MutationCtx,
  { workspaceId, url }: Subscription,
  { _id, brandId, eventType }: Delivery,
  now: number,
): Promise<void> {
  await notifyManagers(
    ctx,
    { workspaceId, brandId },
    {
      kind: "webhook_failed",
      severity: "error",
      title: `Webhook failed: ${eventType}`,
      body: `${url} did not take the event in ${WEBHOOK_ATTEMPTS} attempts.`,
      link: `/app/integrations?view=log&delivery=${_id}`,
    },
    now,
  );
}
