import type {
  AttemptOutcome,
  WebhookAttemptRow,
  WebhookDeliveryDetail,
  WebhookRow,
} from "@/convex/validators/webhooks";

export const NOW = Date.UTC(2026, 10, 19, 14, 8);
export const clock = { now: NOW, locale: "en-GB", timeZone: "UTC" };
export const MINUTE = 60_000;
/** Delays after a failed attempt, as the seed has them. */
export const SCHEDULE = [30_000, 2 * MINUTE, 10 * MINUTE, 60 * MINUTE, 360 * MINUTE];

export function endpoint(fields: Partial<WebhookRow> = {}): WebhookRow {
  return {
    _id: "e1" as WebhookRow["_id"],
    url: "https://erp.nordhavn.example/in/chat-leads",
    events: ["lead.created"],
    brandId: null,
    brandName: null,
    enabled: true,
    lane: "fast",
    isPrivate: false,
    secretPreview: "whsec_AAAAAA",
    rotation: null,
    health: { failingSince: null, consecutiveFailures: 0 },
    createdBy: null,
    createdAt: NOW - 60 * MINUTE,
    updatedAt: NOW - 60 * MINUTE,
    ...fields,
  };
}

export function attempt(number: number, outcome: AttemptOutcome, fields: Partial<WebhookAttemptRow> = {}) {
  return {
    _id: `a${number}` as WebhookAttemptRow["_id"],
    number,
    manual: false,
    url: "https://erp.nordhavn.example/in/chat-leads",
    startedAt: NOW - MINUTE,
    endedAt: NOW - MINUTE + 81,
    outcome,
    latencyMs: 81,
    ...fields,
  } satisfies WebhookAttemptRow;
}

export function delivery(fields: Partial<WebhookDeliveryDetail> = {}): WebhookDeliveryDetail {
  return {
    _id: "d1" as WebhookDeliveryDetail["_id"],
    subscriptionId: "e1" as WebhookDeliveryDetail["subscriptionId"],
    url: "https://erp.nordhavn.example/in/chat-leads",
    endpointDeleted: false,
    eventType: "lead.created",
    eventId: null,
    status: "retrying",
    state: "waiting",
    attempts: 4,
    createdAt: NOW - 10 * MINUTE,
    request: { headers: [], body: "{}" },
    attemptRows: [],
    ...fields,
  };
}
