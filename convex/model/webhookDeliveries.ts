/**
 * The outbox of webhooks: a row for each event and endpoint, leased to one attempt at a time. Attempts are made by
 * actions, which may die at any point; whatever they leave behind, the row says what comes next.
 */
import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { refusal } from "../errors";
import { liveSubscriptions } from "./webhookSubscriptions";

type Delivery = Doc<"webhookDeliveries">;
type Subscription = Doc<"webhookSubscriptions">;

/** Attempts at one endpoint that may be under way, without those that people ask for one by one. */
const CONCURRENCY = 5;
/** How long an attempt may take from its claim to its result: more than any exchange, with time to begin. */
export const LEASE = 60_000;

/**
 * Which endpoints a mutation has called the dispatcher for: once is enough, since it runs when all of the mutation is
 * committed. By the mutation's own database object.
 */
const called = new WeakMap<object, Set<Id<"webhookSubscriptions">>>();

/**
 * Writes the event's deliveries, in the mutation that makes the change. It reads endpoints and inserts: nothing that the
 * sending of deliveries writes can make the change wait.
 */
export async function emitDeliveries(
  ctx: MutationCtx,
  event: Pick<Doc<"events">, "_id" | "workspaceId" | "brandId" | "type">,
  now: number,
): Promise<void> {
  const live = await liveSubscriptions(ctx.db, event.workspaceId);
  const matching = live.filter(
    ({ events, brandId }) =>
      events.includes(event.type) && (brandId === undefined || brandId === event.brandId),
  );
  for (const { _id, enabled } of matching) {
    await insertDelivery(ctx, {
      workspaceId: event.workspaceId,
      brandId: event.brandId,
      subscriptionId: _id,
      eventId: event._id,
      eventType: event.type,
      ...(enabled
        ? { status: "pending" as const, state: "waiting" as const }
        : { status: "skipped" as const, state: "ended" as const, endedAt: now }),
      createdAt: now,
    });
  }
  await callDispatcher(ctx, matching);
}

async function callDispatcher(ctx: MutationCtx, subscriptions: Subscription[]): Promise<void> {
  const before = called.get(ctx.db) ?? new Set();
  const fresh = subscriptions.filter(({ _id, enabled }) => enabled && !before.has(_id)).map(({ _id }) => _id);
  if (fresh.length === 0) return;
  called.set(ctx.db, new Set([...before, ...fresh]));
  await ctx.scheduler.runAfter(0, internal.webhookDelivery.dispatch, { subscriptionIds: fresh });
}

type NewDelivery = Omit<Delivery, "_id" | "_creationTime" | "dueAt" | "attempts">;

async function insertDelivery(ctx: MutationCtx, delivery: NewDelivery): Promise<Id<"webhookDeliveries">> {
  return await ctx.db.insert("webhookDeliveries", { ...delivery, dueAt: delivery.createdAt, attempts: 0 });
}

export const isLive = ({ enabled, deletedAt }: Subscription): boolean => enabled && deletedAt === undefined;

/** Claims what is due of an endpoint of the fast lane. */
export async function claimShare(
  ctx: MutationCtx,
  subscription: Subscription,
  now: number,
): Promise<Doc<"webhookAttempts">[]> {
  return await claimDue(ctx, subscription, CONCURRENCY, now);
}

/** Claims what is due of an endpoint, up to so many attempts under way. Whoever calls this has them sent. */
export async function claimDue(
  ctx: MutationCtx,
  subscription: Subscription,
  max: number,
  now: number,
): Promise<Doc<"webhookAttempts">[]> {
  if (!isLive(subscription)) return [];
  const under = await underWay(ctx.db, subscription._id, max);
  if (under.length === max) return [];
  const due = await ctx.db
    .query("webhookDeliveries")
    .withIndex("by_state_and_subscription_and_due_at", (q) =>
      q.eq("state", "waiting").eq("subscriptionId", subscription._id).lte("dueAt", now),
    )
    .take(max - under.length);
  return await Promise.all(due.map((delivery) => claim(ctx, subscription, delivery, now)));
}

async function underWay(
  db: DatabaseReader,
  subscriptionId: Id<"webhookSubscriptions">,
  count: number,
): Promise<Delivery[]> {
  return await db
    .query("webhookDeliveries")
    .withIndex("by_state_and_subscription_and_due_at", (q) =>
      q.eq("state", "sending").eq("subscriptionId", subscriptionId),
    )
    .take(count);
}

/** Leases the delivery to a new attempt. One that a person asked for is none of the six. */
async function claim(
  ctx: MutationCtx,
  { url }: Subscription,
  { _id: deliveryId, workspaceId, subscriptionId, attempts, manualFrom }: Delivery,
  now: number,
): Promise<Doc<"webhookAttempts">> {
  const newest = await ctx.db
    .query("webhookAttempts")
    .withIndex("by_delivery", (q) => q.eq("deliveryId", deliveryId))
    .order("desc")
    .first();
  const manual = manualFrom !== undefined;
  const attemptId = await ctx.db.insert("webhookAttempts", {
    workspaceId,
    deliveryId,
    subscriptionId,
    number: (newest?.number ?? 0) + 1,
    manual,
    url,
    startedAt: now,
    outcome: "sending",
  });
  await ctx.db.patch("webhookDeliveries", deliveryId, {
    state: "sending",
    attemptId,
    leaseUntil: now + LEASE,
    ...(manual ? {} : { attempts: attempts + 1, nextRetryAt: undefined }),
  });
  const attempt = await ctx.db.get("webhookAttempts", attemptId);
  if (attempt === null) throw new Error("An attempt is gone right after it was inserted.");
  return attempt;
}

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
  await ctx.scheduler.runAfter(0, internal.webhookSender.drain, { attemptIds: [_id] });
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

/** Rows that one run ends, or sends again. */
export const PAGE = 100;

/**
 * Ends a page of what waits at an endpoint that is disabled or deleted; true when there may be more. What only waited for
 * a replay goes back to what it was.
 */
export async function endPage(ctx: MutationCtx, subscription: Subscription, now: number): Promise<boolean> {
  const isDeleted = subscription.deletedAt !== undefined;
  if (subscription.enabled && !isDeleted) return false;
  const waiting = await ctx.db
    .query("webhookDeliveries")
    .withIndex("by_state_and_subscription_and_due_at", (q) =>
      q.eq("state", "waiting").eq("subscriptionId", subscription._id),
    )
    .take(PAGE);
  for (const { _id, manualFrom } of waiting) {
    const fields =
      manualFrom === "ended"
        ? { manualFrom: undefined }
        : {
            status: isDeleted ? ("canceled" as const) : ("skipped" as const),
            nextRetryAt: undefined,
            endedAt: now,
          };
    await ctx.db.patch("webhookDeliveries", _id, { state: "ended", ...fields });
  }
  return waiting.length === PAGE;
}

/** Attempts whose result has not come in time. */
export async function expiredLeases(
  db: DatabaseReader,
  now: number,
  max: number,
): Promise<Id<"webhookAttempts">[]> {
  const expired = await db
    .query("webhookDeliveries")
    .withIndex("by_lease_until", (q) => q.gt("leaseUntil", 0).lte("leaseUntil", now))
    .take(max);
  return expired.flatMap(({ attemptId }) => attemptId ?? []);
}

/** A delivery that is due for so long, with nothing under way at its endpoint, is one that nobody began. */
const OVERDUE = 30_000;
/** Endpoints that one run looks at. */
const ENDPOINTS_PAGE = 100;

/** Walks the endpoints at which something waits, by the first of each. */
export async function overduePage(
  db: DatabaseReader,
  after: Id<"webhookSubscriptions"> | null,
  now: number,
): Promise<{ overdue: Id<"webhookSubscriptions">[]; next: Id<"webhookSubscriptions"> | null }> {
  const overdue: Id<"webhookSubscriptions">[] = [];
  let last = after;
  for (let seen = 0; seen < ENDPOINTS_PAGE; seen++) {
    const first = await firstWaiting(db, last);
    if (first === null) return { overdue, next: null };
    last = first.subscriptionId;
    const isOverdue = first.dueAt <= now - OVERDUE && (await underWay(db, last, 1)).length === 0;
    if (isOverdue) overdue.push(last);
  }
  return { overdue, next: last };
}

/** The first to become due of the next endpoint behind `after`. */
async function firstWaiting(
  db: DatabaseReader,
  after: Id<"webhookSubscriptions"> | null,
): Promise<Delivery | null> {
  return await db
    .query("webhookDeliveries")
    .withIndex("by_state_and_subscription_and_due_at", (q) => {
      const waiting = q.eq("state", "waiting");
      return after === null ? waiting : waiting.gt("subscriptionId", after);
    })
    .first();
}
