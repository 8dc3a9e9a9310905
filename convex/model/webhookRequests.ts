/** What is sent for a delivery. */
import { WEBHOOK_ATTEMPTS_SHOWN } from "../../lib/limits";
import type { Doc } from "../_generated/dataModel";
import type { DatabaseReader } from "../_generated/server";
import { eventBody } from "../logic/webhookEnvelope";
import { deliveryHeaders, signingOrder } from "../logic/webhookSignature";
import type { Header } from "../logic/webhookSignature";
import type { AttemptRequest, WebhookAttemptRow, WebhookDeliveryDetail } from "../validators/webhooks";

type Delivery = Doc<"webhookDeliveries">;

/** The id that receivers know the request by, on every attempt. */
function eventIdOf({ _id, eventId }: Delivery): string {
  return eventId ?? _id;
}

/** The same bytes each time; null when the event is past its time. */
async function bodyOf(db: DatabaseReader, delivery: Delivery): Promise<string | null> {
  if (delivery.eventId === undefined) return eventBody(testOf(delivery));
  const event = await db.get("events", delivery.eventId);
  return event === null ? null : eventBody(event);
}

/** A test is an event that nothing happened for. */
function testOf({ _id, workspaceId, brandId, eventType, createdAt }: Delivery) {
  return { _id, workspaceId, brandId, type: eventType, payload: "{}", occurredAt: createdAt };
}

/** How a header tells which attempt it is. */
function attemptLabel({ manual }: Pick<Doc<"webhookAttempts">, "manual">, { attempts }: Delivery) {
  return manual ? ("manual" as const) : attempts;
}

/** What is to be sent for these attempts. Left out: those whose lease is over, or whose event is past its time. */
export async function requestsOf(
  db: DatabaseReader,
  attempts: Doc<"webhookAttempts">[],
  now: number,
): Promise<AttemptRequest[]> {
  const requests = await Promise.all(attempts.map((attempt) => requestOf(db, attempt, now)));
  return requests.filter((request) => request !== null);
}

async function requestOf(
  db: DatabaseReader,
  attempt: Doc<"webhookAttempts">,
  now: number,
): Promise<AttemptRequest | null> {
  const { _id: attemptId, workspaceId, subscriptionId, url } = attempt;
  const [delivery, subscription] = await Promise.all([
    db.get("webhookDeliveries", attempt.deliveryId),
    db.get("webhookSubscriptions", subscriptionId),
  ]);
  if (delivery === null || subscription === null || delivery.attemptId !== attemptId) return null;
  const { leaseUntil = 0, eventType } = delivery;
  const body = leaseUntil > now ? await bodyOf(db, delivery) : null;
  if (body === null) return null;
  return {
    ...{ attemptId, workspaceId, subscriptionId, leaseUntil, url, eventType, body },
    eventId: eventIdOf(delivery),
    attempt: attemptLabel(attempt, delivery),
    sealedSecrets: signingOrder(subscription.secret, now),
  };
}

/** Stands for what is another on each attempt, or what nobody should see. */
const MASK = "…";

/** The newest request of the delivery as people may see it; before the first, as it will be. */
export async function requestShown(
  db: DatabaseReader,
  delivery: Delivery,
  newest: Doc<"webhookAttempts"> | undefined,
): Promise<WebhookDeliveryDetail["request"]> {
  const body = await bodyOf(db, delivery);
  if (body === null) return null;
  const eventId = eventIdOf(delivery);
  const headers: Header[] = [
    ...deliveryHeaders({
      eventId,
      eventType: delivery.eventType,
      attemptId: newest?._id ?? MASK,
      attempt: newest === undefined ? 1 : attemptLabel(newest, delivery),
    }),
    ["X-PraxTalk-Signature", `t=${MASK},v1=${MASK}`],
    ["webhook-id", eventId],
    ["webhook-timestamp", MASK],
    ["webhook-signature", `v1,${MASK}`],
  ];
  return { headers: headers.map(([name, value]) => ({ name, value })), body };
}

/** The newest attempts, oldest first. */
export async function attemptsOf(db: DatabaseReader, { _id }: Delivery): Promise<Doc<"webhookAttempts">[]> {
  const newestFirst = await db
    .query("webhookAttempts")
    .withIndex("by_delivery", (q) => q.eq("deliveryId", _id))
    .order("desc")
    .take(WEBHOOK_ATTEMPTS_SHOWN);
  return newestFirst.reverse();
}

export function toAttemptRow(attempt: Doc<"webhookAttempts">): WebhookAttemptRow {
  const { _id, number, manual, url, startedAt, endedAt, outcome, httpStatus, latencyMs, replyExcerpt } =
    attempt;
  return { _id, number, manual, url, startedAt, endedAt, outcome, httpStatus, latencyMs, replyExcerpt };
}
