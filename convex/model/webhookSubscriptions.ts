/** Webhook endpoints: who may see and change them, and what changes them. */
import { WEBHOOKS_MAX } from "../../lib/limits";
import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { notFound, refusal } from "../errors";
import { canAccessBrand, canManageWebhooks } from "../logic/permissions";
import type { EventType } from "../validators";
import type { DisabledReason, WebhookRow } from "../validators/webhooks";
import { findBrand, loadBrands } from "./brands";
import { findHealth, forgetHealth } from "./webhookHealth";

type Subscription = Doc<"webhookSubscriptions">;

/** Who sets endpoints up may see what goes to them, and send it elsewhere. */
export function requireWebhookManager(operator: Doc<"operators">): void {
  if (!canManageWebhooks(operator)) {
    throw refusal("FORBIDDEN", "Only owners and admins can manage webhooks. Ask one of them.");
  }
}

/** Whether the operator may see an endpoint of this brand; those of all brands are everybody's. */
function seesBrand(operator: Doc<"operators">, brandId: Id<"brands"> | undefined): boolean {
  return brandId === undefined || canAccessBrand(operator, brandId);
}

/** The endpoint of this id if the operator may see it; null for a foreign, malformed, deleted or unknown id. */
export async function findSubscription(
  db: DatabaseReader,
  operator: Doc<"operators">,
  subscriptionId: string,
): Promise<Subscription | null> {
  const id = db.normalizeId("webhookSubscriptions", subscriptionId);
  const subscription = id === null ? null : await db.get("webhookSubscriptions", id);
  if (subscription === null || subscription.workspaceId !== operator.workspaceId) return null;
  if (subscription.deletedAt !== undefined) return null;
  return seesBrand(operator, subscription.brandId) ? subscription : null;
}

/** The endpoint to change; what the operator may not see or not change is a refusal. */
export async function requireSubscription(
  db: DatabaseReader,
  operator: Doc<"operators">,
  subscriptionId: string,
): Promise<Subscription> {
  requireWebhookManager(operator);
  const subscription = await findSubscription(db, operator, subscriptionId);
  if (subscription === null) throw notFound("endpoint");
  if (subscription.brandId === undefined) requireAllBrands(operator);
  return subscription;
}

function requireAllBrands(operator: Doc<"operators">): void {
  if (operator.brandAccess === "all") return;
  throw refusal(
    "FORBIDDEN",
    "This is about all brands. Choose one of yours, or ask an admin of all brands.",
    {
      field: "brandId",
    },
  );
}

/** The brand that an endpoint is to be for, undefined for all; others than the operator's are refused. */
export async function requireFilter(
  db: DatabaseReader,
  operator: Doc<"operators">,
  brandId: string | null | undefined,
): Promise<Id<"brands"> | undefined> {
  if (brandId === null || brandId === undefined) {
    requireAllBrands(operator);
    return undefined;
  }
  const brand = await findBrand(db, operator, brandId);
  if (brand === null) throw notFound("brand");
  return brand._id;
}

/** Each type once; none is refused. */
export function checkEvents(events: EventType[]): EventType[] {
  if (events.length === 0) {
    throw refusal("VALIDATION", "Choose at least one event.", { field: "events" });
  }
  return [...new Set(events)];
}

/** All that are not deleted, newest first. */
export async function liveSubscriptions(
  db: DatabaseReader,
  workspaceId: Id<"workspaces">,
): Promise<Subscription[]> {
  return await db
    .query("webhookSubscriptions")
    .withIndex("by_workspace_and_deleted_at", (q) =>
      q.eq("workspaceId", workspaceId).eq("deletedAt", undefined),
    )
    .order("desc")
    .take(WEBHOOKS_MAX);
}

export type NewSubscription = Pick<
  Subscription,
  "url" | "isPrivate" | "events" | "brandId" | "secretPreview"
> & {
  sealedSecret: string;
};

export async function insertSubscription(
  ctx: MutationCtx,
  operator: Doc<"operators">,
  { sealedSecret, ...fields }: NewSubscription,
  now: number,
): Promise<Id<"webhookSubscriptions">> {
  const live = await liveSubscriptions(ctx.db, operator.workspaceId);
  if (live.length >= WEBHOOKS_MAX) {
    throw refusal(
      "CONFLICT",
      `A workspace has at most ${WEBHOOKS_MAX} endpoints. Delete one that is not in use.`,
    );
  }
  return await ctx.db.insert("webhookSubscriptions", {
    workspaceId: operator.workspaceId,
    ...fields,
    enabled: true,
    lane: "fast",
    secret: { current: sealedSecret },
    createdBy: operator._id,
    createdAt: now,
    updatedAt: now,
  });
}

export type Changes = Partial<Pick<Subscription, "url" | "isPrivate" | "events" | "brandId">>;

/** Deliveries that wait go to the new URL. */
export async function change(
  ctx: MutationCtx,
  { _id, url }: Subscription,
  changes: Changes,
  now: number,
): Promise<void> {
  await ctx.db.patch("webhookSubscriptions", _id, { ...changes, updatedAt: now });
  if (changes.url !== undefined && changes.url !== url) await beginAnew(ctx, _id);
}

/** What was skipped meanwhile stays so until a replay. */
export async function enable(ctx: MutationCtx, { _id, enabled }: Subscription, now: number): Promise<void> {
  if (enabled) return;
  const changes = { enabled: true, disabledReason: undefined, disabledAt: undefined, updatedAt: now };
  await ctx.db.patch("webhookSubscriptions", _id, changes);
  await beginAnew(ctx, _id);
}

/** What went wrong there before says nothing about what comes. */
async function beginAnew(ctx: MutationCtx, _id: Id<"webhookSubscriptions">): Promise<void> {
  await ctx.db.patch("webhookSubscriptions", _id, { lane: "fast" });
  await forgetHealth(ctx, _id);
  await ctx.scheduler.runAfter(0, internal.webhookDelivery.dispatch, { subscriptionIds: [_id] });
}

/** Nothing is sent any more; deliveries that wait end as skipped. */
export async function disable(
  ctx: MutationCtx,
  subscription: Subscription,
  reason: DisabledReason,
  now: number,
): Promise<void> {
  if (!subscription.enabled) return;
  await ctx.db.patch("webhookSubscriptions", subscription._id, {
    enabled: false,
    disabledReason: reason,
    disabledAt: now,
    updatedAt: now,
  });
  await endWaiting(ctx, subscription);
}

/** The endpoint is gone for people; deliveries that wait end as canceled, and the log goes on to name its URL. */
export async function remove(ctx: MutationCtx, subscription: Subscription, now: number): Promise<void> {
  await ctx.db.patch("webhookSubscriptions", subscription._id, { deletedAt: now, updatedAt: now });
  await endWaiting(ctx, subscription);
}

async function endWaiting(ctx: MutationCtx, { _id }: Subscription): Promise<void> {
  await ctx.scheduler.runAfter(0, internal.webhookDelivery.endWaiting, { subscriptionId: _id });
}

/** The operator's endpoints, newest first. */
export async function listRows(db: DatabaseReader, operator: Doc<"operators">): Promise<WebhookRow[]> {
  const live = await liveSubscriptions(db, operator.workspaceId);
  const subscriptions = live.filter(({ brandId }) => seesBrand(operator, brandId));
  const brands = await loadBrands(
    db,
    subscriptions.flatMap(({ brandId }) => brandId ?? []),
  );
  return await Promise.all(
    subscriptions.map(async (subscription) => {
      const [creator, health] = await Promise.all([
        db.get("operators", subscription.createdBy),
        findHealth(db, subscription._id),
      ]);
      const brand = subscription.brandId === undefined ? undefined : brands.get(subscription.brandId);
      const { _id, url, events, enabled, disabledReason, disabledAt } = subscription;
      const { lane, isPrivate, secretPreview, createdAt, updatedAt } = subscription;
      return {
        ...{ _id, url, events, enabled, disabledReason, disabledAt },
        ...{ lane, isPrivate, secretPreview, createdAt, updatedAt },
        brandId: subscription.brandId ?? null,
        brandName: brand?.name ?? null,
        rotation: rotationOf(subscription),
        health: {
          failingSince: health?.failingSince ?? null,
          consecutiveFailures: health?.consecutiveFailures ?? 0,
        },
        createdBy: creator === null ? null : { _id: creator._id, name: creator.name },
      };
    }),
  );
}

function rotationOf({ secret }: Subscription): WebhookRow["rotation"] {
  const { previous, previousUntil, confirmedAt } = secret;
  if (previous === undefined || previousUntil === undefined) return null;
  return { phase: confirmedAt === undefined ? "old_first" : "new_first", previousUntil };
}
