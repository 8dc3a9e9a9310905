/**
 * The event log: deliveries, newest first. Every combination of filters is one index range, for the whole workspace or
 * for one brand; operators limited to several brands get the merge of those brands' ranges.
 */
import { mergedStream, stream } from "convex-helpers/server/stream";
import type { QueryStream } from "convex-helpers/server/stream";
import type { IndexRange, PaginationOptions, PaginationResult } from "convex/server";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader } from "../_generated/server";
import { canAccessBrand } from "../logic/permissions";
import schema from "../schema";
import type { DeliveryEventType, DeliveryStatus, WebhookDeliveryRow } from "../validators/webhooks";
import { scopeOf } from "./inbox";
import { emptyPage } from "./paging";

type Delivery = Doc<"webhookDeliveries">;

export type LogFilters = {
  subscriptionId?: string;
  status?: DeliveryStatus;
  eventType?: DeliveryEventType;
  since?: number; // of creation
};

export const REPLAYABLE = ["failed", "skipped"] as const;
export type ReplayableStatus = (typeof REPLAYABLE)[number];

const INDEXES = {
  workspace: {
    all: "by_workspace",
    status: "by_workspace_and_status",
    type: "by_workspace_and_type",
    both: "by_workspace_and_status_and_type",
  },
  brand: {
    all: "by_brand",
    status: "by_brand_and_status",
    type: "by_brand_and_type",
    both: "by_brand_and_status_and_type",
  },
  subscription: {
    all: "by_subscription",
    status: "by_subscription_and_status",
    type: "by_subscription_and_type",
    both: "by_subscription_and_status_and_type",
  },
  subscriptionAndBrand: {
    all: "by_subscription_and_brand",
    status: "by_subscription_and_brand_and_status",
    type: "by_subscription_and_brand_and_type",
    both: "by_subscription_and_brand_and_status_and_type",
  },
} as const;

/** Whose deliveries a range has: the first fields of its index, in their order. */
type Owner =
  | { kind: "workspace"; fields: { workspaceId: Id<"workspaces"> } }
  | { kind: "brand"; fields: { brandId: Id<"brands"> } }
  | { kind: "subscription"; fields: { subscriptionId: Id<"webhookSubscriptions"> } }
  | {
      kind: "subscriptionAndBrand";
      fields: { subscriptionId: Id<"webhookSubscriptions">; brandId: Id<"brands"> };
    };

/** What the operator may see of the workspace's deliveries, or of one endpoint's. */
async function ownersFor(
  db: DatabaseReader,
  operator: Doc<"operators">,
  subscriptionId: string | undefined,
): Promise<Owner[]> {
  const scope = await scopeOf(db, operator, undefined);
  const brandIds = scope.kind === "brands" ? scope.brandIds : null;
  if (subscriptionId === undefined) {
    if (brandIds !== null) return brandIds.map((brandId) => ({ kind: "brand", fields: { brandId } }));
    return [{ kind: "workspace", fields: { workspaceId: operator.workspaceId } }];
  }
  const id = db.normalizeId("webhookSubscriptions", subscriptionId);
  const subscription = id === null ? null : await db.get("webhookSubscriptions", id);
  if (subscription?.workspaceId !== operator.workspaceId) return [];
  return ofSubscription(subscription._id, brandIds);
}

function ofSubscription(
  subscriptionId: Id<"webhookSubscriptions">,
  brandIds: Id<"brands">[] | null, // null: all
): Owner[] {
  if (brandIds === null) return [{ kind: "subscription", fields: { subscriptionId } }];
  return brandIds.map((brandId) => ({ kind: "subscriptionAndBrand", fields: { subscriptionId, brandId } }));
}

/** What the builders of these indexes have in common: they differ in the names of their fields. */
type AnyRangeBuilder = {
  eq: (field: string, value: string) => AnyRangeBuilder;
  gte: (field: "createdAt", value: number) => IndexRange;
};

type Narrowing = Pick<LogFilters, "status" | "eventType" | "since">;

function rangeOf({ kind, fields }: Owner, { status, eventType, since = 0 }: Narrowing) {
  const values: Record<string, string> = {
    ...fields,
    ...(status && { status }),
    ...(eventType && { eventType }),
  };
  const filters = status === undefined ? (eventType ? "type" : "all") : eventType ? "both" : "status";
  return {
    index: INDEXES[kind][filters],
    within: (builder: unknown): IndexRange =>
      Object.entries(values)
        .reduce((range, [field, value]) => range.eq(field, value), builder as AnyRangeBuilder)
        .gte("createdAt", since),
  };
}

function one(db: DatabaseReader, owner: Owner, narrowing: Narrowing, order: "asc" | "desc" = "desc") {
  const { index, within } = rangeOf(owner, narrowing);
  return db.query("webhookDeliveries").withIndex(index, within).order(order);
}

function merged(db: DatabaseReader, owners: Owner[], narrowing: Narrowing): QueryStream<Delivery> {
  const ranges = owners.map((owner) => {
    const { index, within } = rangeOf(owner, narrowing);
    return stream(db, schema).query("webhookDeliveries").withIndex(index, within).order("desc");
  });
  return mergedStream(ranges, ["createdAt"]);
}

export async function listDeliveries(
  db: DatabaseReader,
  operator: Doc<"operators">,
  { subscriptionId, ...narrowing }: LogFilters,
  limit: number,
): Promise<Delivery[]> {
  const [owner, ...others] = await ownersFor(db, operator, subscriptionId);
  if (owner === undefined) return [];
  if (others.length === 0) return await one(db, owner, narrowing).take(limit);
  return await merged(db, [owner, ...others], narrowing).take(limit);
}

export async function pageDeliveries(
  db: DatabaseReader,
  operator: Doc<"operators">,
  { subscriptionId, ...narrowing }: LogFilters,
  paginationOpts: PaginationOptions,
): Promise<PaginationResult<Delivery>> {
  const [owner, ...others] = await ownersFor(db, operator, subscriptionId);
  if (owner === undefined) return emptyPage();
  if (others.length === 0) return await one(db, owner, narrowing).paginate(paginationOpts);
  return await merged(db, [owner, ...others], narrowing).paginate(paginationOpts);
}

/** The delivery of this id if the operator may see it; null for a foreign, malformed or unknown id. */
export async function findDelivery(
  db: DatabaseReader,
  operator: Doc<"operators">,
  deliveryId: string,
): Promise<Delivery | null> {
  const id = db.normalizeId("webhookDeliveries", deliveryId);
  const delivery = id === null ? null : await db.get("webhookDeliveries", id);
  if (delivery === null || delivery.workspaceId !== operator.workspaceId) return null;
  const { brandId } = delivery;
  const isSeen = brandId === undefined ? operator.brandAccess === "all" : canAccessBrand(operator, brandId);
  return isSeen ? delivery : null;
}

/** What a replay takes, oldest first: deliveries that ended without success and are of the endpoint's brand, as it is now. */
export function replayable(
  db: DatabaseReader,
  { _id, brandId }: Pick<Doc<"webhookSubscriptions">, "_id" | "brandId">,
  narrowing: { status: ReplayableStatus; since: number },
) {
  const [owner] = ofSubscription(_id, brandId === undefined ? null : [brandId]);
  if (owner === undefined) throw new Error("An endpoint has no range of deliveries.");
  return one(db, owner, narrowing, "asc");
}

/** Not while an attempt is asked for already; a test is for whoever asked for it. */
export const isReplayable = ({ state, eventId }: Delivery): boolean =>
  state === "ended" && eventId !== undefined;

/** How many there are, counting to `max`. */
export async function countReplayable(
  db: DatabaseReader,
  subscription: Doc<"webhookSubscriptions">,
  since: number,
  max: number,
): Promise<number> {
  const ranges = REPLAYABLE.map((status) => replayable(db, subscription, { status, since }).take(max));
  const found = (await Promise.all(ranges)).flat();
  return Math.min(found.filter(isReplayable).length, max);
}

export async function toDeliveryRows(
  db: DatabaseReader,
  deliveries: Delivery[],
): Promise<WebhookDeliveryRow[]> {
  const ids = [...new Set(deliveries.map(({ subscriptionId }) => subscriptionId))];
  const found = await Promise.all(ids.map((id) => db.get("webhookSubscriptions", id)));
  const subscriptions = new Map(found.flatMap((row) => (row === null ? [] : [[row._id, row] as const])));
  return deliveries.map((delivery) => {
    const subscription = subscriptions.get(delivery.subscriptionId);
    if (subscription === undefined) throw new Error("A delivery's endpoint was purged before it.");
    const { _id, subscriptionId, eventType, eventId, status, state, attempts } = delivery;
    const { httpStatus, error, nextRetryAt, createdAt, deliveredAt } = delivery;
    return {
      ...{ _id, subscriptionId, eventType, eventId: eventId ?? null, status, state, attempts },
      ...{ httpStatus, error, nextRetryAt, createdAt, deliveredAt },
      url: subscription.url,
      endpointDeleted: subscription.deletedAt !== undefined,
    };
  });
}
