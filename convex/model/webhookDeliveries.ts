/**
 * The outbox of webhooks: a row for each event and endpoint, leased to one attempt at a time. Attempts are made by
 * actions, which may die at any point; whatever they leave behind, the row says what comes next.
 */
import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { liveSubscriptions } from "./webhookSubscriptions";

type Delivery = Doc<"webhookDeliveries">;
type Subscription = Doc<"webhookSubscriptions">;

/** How long an attempt may take from its claim to its result: more than any exchange, with time to begin. */
const LEASE = 60_000;

/**
 * What a mutation has called already: endpoints and lanes, by the mutation's own database object. Once is enough, since
 * whoever is called comes when all of the mutation is committed.
 */
const called = new WeakMap<object, Set<string>>();

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
  await callLanes(ctx, matching.filter(isLive), now);
}

async function callLanes(ctx: MutationCtx, subscriptions: Subscription[], now: number): Promise<void> {
  const before = called.get(ctx.db) ?? new Set();
  called.set(ctx.db, before);
  for (const { _id, lane } of subscriptions) {
    if (lane === "fast" && !before.has(_id)) {
      await ctx.db.insert("webhookCalls", { at: now, subscriptionId: _id });
    }
    // Not at once: the lane's row is written by its worker, and reading it would make the change wait for that.
    if (!before.has(lane)) await ctx.scheduler.runAfter(0, internal.webhookDelivery.wake, { lane });
    before.add(_id).add(lane);
  }
}

type NewDelivery = Omit<Delivery, "_id" | "_creationTime" | "dueAt" | "attempts">;

export async function insertDelivery(
  ctx: MutationCtx,
  delivery: NewDelivery,
): Promise<Id<"webhookDeliveries">> {
  return await ctx.db.insert("webhookDeliveries", { ...delivery, dueAt: delivery.createdAt, attempts: 0 });
}

export const isLive = ({ enabled, deletedAt }: Subscription): boolean => enabled && deletedAt === undefined;

/** Claims what is due of an endpoint, up to so many attempts under way. Whoever calls this has them sent. */
export async function claimDue(
  ctx: MutationCtx,
  subscription: Subscription,
  max: number,
  now: number,
): Promise<Doc<"webhookAttempts">[]> {
  if (!isLive(subscription)) return [];
  const under = await underWay(ctx.db, subscription._id, max);
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
export async function claim(
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
