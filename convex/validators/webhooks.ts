/** Closed sets and row shapes of webhooks, as in validators.ts. */
import { v } from "convex/values";
import type { Infer } from "convex/values";
import { EXCHANGE_OUTCOMES } from "../logic/webhookOutcome";
import { eventType } from "../validators";

/** What an endpoint can get: an event, or a test that a person asked for. */
export const deliveryEventType = v.union(...eventType.members, v.literal("ping"));
export type DeliveryEventType = Infer<typeof deliveryEventType>;

export const deliveryStatus = v.union(
  v.literal("pending"), // no attempt has ended
  v.literal("delivered"),
  v.literal("retrying"), // an attempt failed, another follows
  v.literal("failed"), // no more attempts
  v.literal("skipped"), // the endpoint was disabled
  v.literal("canceled"), // the endpoint was deleted
);
export type DeliveryStatus = Infer<typeof deliveryStatus>;

/** What happens to a delivery now: it waits for an attempt, an attempt is under way, or nothing more comes by itself. */
export const deliveryState = v.union(v.literal("waiting"), v.literal("sending"), v.literal("ended"));
export type DeliveryState = Infer<typeof deliveryState>;

/** How an attempt ended, if it came to an exchange. */
export const exchangeOutcome = v.union(
  ...EXCHANGE_OUTCOMES.map((outcome) => v.literal(outcome)),
  v.literal("not_configured"), // the endpoint's secret cannot be opened
);
export type ExchangeOutcome = Infer<typeof exchangeOutcome>;

export const attemptOutcome = v.union(
  ...exchangeOutcome.members,
  v.literal("sending"), // under way
  v.literal("interrupted"), // no result came in time: whether it arrived is not known
);
export type AttemptOutcome = Infer<typeof attemptOutcome>;

/** What an exchange came to. */
export const exchangeResult = v.object({
  outcome: exchangeOutcome,
  httpStatus: v.optional(v.number()),
  latencyMs: v.number(),
  replyExcerpt: v.optional(v.string()), // at most 4 KiB
  retryAfter: v.optional(v.string()), // the header as it came
});
export type ExchangeResult = Infer<typeof exchangeResult>;

/** What an action needs to make one attempt. */
export const attemptRequest = v.object({
  attemptId: v.id("webhookAttempts"),
  workspaceId: v.id("workspaces"),
  subscriptionId: v.id("webhookSubscriptions"),
  leaseUntil: v.number(),
  url: v.string(),
  eventId: v.string(), // of a test: of its delivery
  eventType: deliveryEventType,
  attempt: v.union(v.number(), v.literal("manual")), // of the automatic ones, from 1
  body: v.string(),
  sealedSecrets: v.array(v.string()), // in the order of the signatures
});
export type AttemptRequest = Infer<typeof attemptRequest>;

export const disabledReason = v.union(
  v.literal("operator"),
  v.literal("gone"), // it answered 410
  v.literal("failing"), // nothing but failures for days
);
export type DisabledReason = Infer<typeof disabledReason>;

/** "slow": endpoints that fail or take long wait for each other, and hold up none of the others. */
export const webhookLane = v.union(v.literal("fast"), v.literal("slow"));
export type WebhookLane = Infer<typeof webhookLane>;

/** An endpoint's signing secret, sealed, with the one before it while a rotation lasts. */
export const webhookSecret = v.object({
  current: v.string(),
  previous: v.optional(v.string()),
  rotatedAt: v.optional(v.number()),
  confirmedAt: v.optional(v.number()), // since then receivers know the current one
  previousUntil: v.optional(v.number()),
});
export type WebhookSecret = Infer<typeof webhookSecret>;

/** A webhook endpoint as the dashboard lists it: nothing of its secret but the first characters. */
export const webhookRow = v.object({
  _id: v.id("webhookSubscriptions"),
  url: v.string(),
  events: v.array(eventType),
  brandId: v.union(v.id("brands"), v.null()), // null: all brands
  brandName: v.union(v.string(), v.null()),
  enabled: v.boolean(),
  disabledReason: v.optional(disabledReason),
  disabledAt: v.optional(v.number()),
  lane: webhookLane,
  isPrivate: v.boolean(), // allowed by PRAXTALK_WEBHOOK_ALLOW_CIDRS alone
  secretPreview: v.string(),
  rotation: v.union(
    v.object({
      phase: v.union(v.literal("old_first"), v.literal("new_first")), // which secret signs first
      previousUntil: v.number(),
    }),
    v.null(),
  ),
  health: v.object({ failingSince: v.union(v.number(), v.null()), consecutiveFailures: v.number() }),
  createdBy: v.union(v.object({ _id: v.id("operators"), name: v.string() }), v.null()), // null: no longer there
  createdAt: v.number(),
  updatedAt: v.number(),
});
export type WebhookRow = Infer<typeof webhookRow>;

/** A delivery in the event log. */
export const webhookDeliveryRow = v.object({
  _id: v.id("webhookDeliveries"),
  subscriptionId: v.id("webhookSubscriptions"),
  url: v.string(),
  endpointDeleted: v.boolean(),
  eventType: deliveryEventType,
  eventId: v.union(v.id("events"), v.null()), // null for a test
  status: deliveryStatus,
  state: deliveryState,
  attempts: v.number(), // automatic ones that began, at most six
  httpStatus: v.optional(v.number()), // of the newest attempt
  error: v.optional(v.string()), // outcome of the newest attempt, unless delivered
  nextRetryAt: v.optional(v.number()),
  createdAt: v.number(),
  deliveredAt: v.optional(v.number()),
});
export type WebhookDeliveryRow = Infer<typeof webhookDeliveryRow>;

/** One HTTP exchange, as it is stored and shown. */
export const attemptFields = {
  number: v.number(), // among the delivery's attempts, from 1
  manual: v.boolean(), // asked for by a person: none of the six
  url: v.string(),
  startedAt: v.number(),
  endedAt: v.optional(v.number()),
  outcome: attemptOutcome,
  httpStatus: v.optional(v.number()),
  latencyMs: v.optional(v.number()),
  replyExcerpt: v.optional(v.string()), // at most 4 KiB
};
export const webhookAttemptRow = v.object({ _id: v.id("webhookAttempts"), ...attemptFields });
export type WebhookAttemptRow = Infer<typeof webhookAttemptRow>;

/** One delivery with what is sent and everything that came of it. */
export const webhookDeliveryDetail = v.object({
  ...webhookDeliveryRow.fields,
  request: v.union(
    v.object({
      headers: v.array(v.object({ name: v.string(), value: v.string() })), // signatures masked
      body: v.string(),
    }),
    v.null(), // the event is past its time
  ),
  attemptRows: v.array(webhookAttemptRow), // oldest first
});
export type WebhookDeliveryDetail = Infer<typeof webhookDeliveryDetail>;
