/** Headers of the requests that endpoints get, for the document. A test holds them to those that are sent. */
import { WEBHOOK_ATTEMPTS } from "../../lib/limits";
import { WEBHOOK_USER_AGENT } from "../logic/webhookSignature";
import { EXAMPLE_IDS } from "./examples";
import { EVENT_NAMES } from "./shapes/events";

type WebhookHeader = {
  description: string;
  schema: { type: "string"; pattern?: string; enum?: string[]; const?: string };
  example: string;
};

const EXAMPLE_TIME = "1767200000";

export const WEBHOOK_HEADERS: Record<string, WebhookHeader> = {
  "X-PraxTalk-Signature": {
    description:
      "`t` in Unix seconds, then a `v1` for each live secret: HMAC-SHA256 in hex over `t`, a dot and the body, keyed with the whole text of the secret.",
    schema: { type: "string", pattern: "^t=[0-9]+(,v1=[0-9a-f]{64}){1,2}$" },
    example: `t=${EXAMPLE_TIME},v1=${"5f".repeat(32)}`,
  },
  "X-PraxTalk-Event": {
    description: "The type of the event.",
    schema: { type: "string", enum: [...EVENT_NAMES, "ping"] },
    example: "message.created",
  },
  "X-PraxTalk-Event-Id": {
    description:
      "The id of the event: the same on every attempt and for every endpoint. What you did for it once is done.",
    schema: { type: "string" },
    example: EXAMPLE_IDS.eventId,
  },
  "X-PraxTalk-Delivery": {
    description: "Names this attempt; say it when you report a fault.",
    schema: { type: "string" },
    example: EXAMPLE_IDS.attemptId,
  },
  "X-PraxTalk-Attempt": {
    description: "Which of the automatic attempts this is, or `manual` when an operator asked for it.",
    schema: { type: "string", pattern: `^([1-${WEBHOOK_ATTEMPTS}]/${WEBHOOK_ATTEMPTS}|manual)$` },
    example: `1/${WEBHOOK_ATTEMPTS}`,
  },
  "User-Agent": {
    description: "Always the same.",
    schema: { type: "string", const: WEBHOOK_USER_AGENT },
    example: WEBHOOK_USER_AGENT,
  },
  "webhook-id": {
    description: "Standard Webhooks: the same as X-PraxTalk-Event-Id.",
    schema: { type: "string" },
    example: EXAMPLE_IDS.eventId,
  },
  "webhook-timestamp": {
    description: "Standard Webhooks: the same as `t`.",
    schema: { type: "string", pattern: "^[0-9]+$" },
    example: EXAMPLE_TIME,
  },
  "webhook-signature": {
    description:
      "Standard Webhooks: a `v1,` for each live secret, parted by spaces: HMAC-SHA256 in base64 over id, timestamp and body with dots between, keyed with the bytes that `whsec_` stands before.",
    schema: { type: "string", pattern: "^v1,[A-Za-z0-9+/]{43}=( v1,[A-Za-z0-9+/]{43}=)?$" },
    example: `v1,${"Xy4w".repeat(10)}Xy0=`,
  },
};
