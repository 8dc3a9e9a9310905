/** Secrets of webhook endpoints, and the headers that prove who sent a request. Runs in every environment. */
import { Base64 } from "convex/values";
import { WEBHOOK_ATTEMPTS } from "../../lib/limits";
import { toHex } from "./tokens";

export const WEBHOOK_SECRET_BYTES = 32;
const SECRET_PREFIX = "whsec_";
/** Characters of a secret that may be shown after it was made. */
const SECRET_SHOWN = 12;
export const WEBHOOK_USER_AGENT = "PraxTalk-Webhooks/1.0";

/** `whsec_` and the bytes in base64: the form of Standard Webhooks, so that one secret serves both signatures. */
export function formatWebhookSecret(bytes: Uint8Array): string {
  return SECRET_PREFIX + Base64.fromByteArray(bytes);
}

/** The part of a secret that lists may show. */
export function webhookSecretPreview(secret: string): string {
  return secret.slice(0, SECRET_SHOWN);
}

/** The bytes behind a secret. */
function secretBytes(secret: string): Uint8Array<ArrayBuffer> {
  if (!secret.startsWith(SECRET_PREFIX)) throw new Error("A webhook secret does not begin with whsec_.");
  return new Uint8Array(Base64.toByteArray(secret.slice(SECRET_PREFIX.length)));
}

/** An endpoint's secrets while it is rotated. Times are Unix milliseconds. */
export type SecretRotation<T> = {
  current: T;
  previous?: T | undefined;
  /** When the operator said that the receiver has the new secret. */
  confirmedAt?: number | undefined;
  /** From then on the previous secret is not used any more. */
  previousUntil?: number | undefined;
};

/**
 * The secrets to sign with, in the order of the header. Many receivers read the first signature only: it is the old
 * secret's until the operator says that the receiver has the new one.
 */
export function signingOrder<T>(rotation: SecretRotation<T>, now: number): T[] {
  const { current, previous, confirmedAt, previousUntil } = rotation;
  if (previous === undefined || now >= (previousUntil ?? 0)) return [current];
  return confirmedAt === undefined ? [previous, current] : [current, previous];
}

/** What a signature covers; `timestamp` in Unix seconds, `secrets` in the order of the header. */
export type Signed = { eventId: string; body: string; secrets: readonly string[]; timestamp: number };

/** What the headers name besides; `attempt` is the number of an automatic attempt, from 1. */
export type Delivered = {
  eventId: string;
  eventType: string;
  attemptId: string;
  attempt: number | "manual";
};

export type Header = [name: string, value: string];

async function hmac(key: Uint8Array<ArrayBuffer>, text: string): Promise<Uint8Array> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", key, algorithm, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, new TextEncoder().encode(text)));
}

/**
 * `t=<seconds>,v1=<hex>[,v1=<hex>]` without spaces: HMAC-SHA256 over `<t>.<body>`, keyed with the whole text of the
 * secret. The widespread verifier reads the first `v1` directly after `t` alone.
 */
async function praxtalkSignature({ body, secrets, timestamp }: Signed): Promise<string> {
  const sign = async (secret: string) => {
    const key = new TextEncoder().encode(secret);
    return `,v1=${toHex(await hmac(key, `${timestamp}.${body}`))}`;
  };
  return `t=${timestamp}${(await Promise.all(secrets.map(sign))).join("")}`;
}

/** `v1,<base64>` per secret: HMAC-SHA256 over `<id>.<t>.<body>`, keyed with the bytes behind the secret. */
async function standardSignature({ eventId, body, secrets, timestamp }: Signed): Promise<string> {
  const sign = async (secret: string) => {
    const bytes = await hmac(secretBytes(secret), `${eventId}.${timestamp}.${body}`);
    return `v1,${Base64.fromByteArray(bytes)}`;
  };
  return (await Promise.all(secrets.map(sign))).join(" ");
}

/** Headers that sign the body, in both schemes. */
export async function signatureHeaders(signed: Signed): Promise<Header[]> {
  return [
    ["X-PraxTalk-Signature", await praxtalkSignature(signed)],
    ["webhook-id", signed.eventId],
    ["webhook-timestamp", String(signed.timestamp)],
    ["webhook-signature", await standardSignature(signed)],
  ];
}

/** Headers that need no secret. */
export function deliveryHeaders({ eventId, eventType, attemptId, attempt }: Delivered): Header[] {
  return [
    ["Content-Type", "application/json"],
    ["User-Agent", WEBHOOK_USER_AGENT],
    ["X-PraxTalk-Event", eventType],
    ["X-PraxTalk-Event-Id", eventId],
    ["X-PraxTalk-Delivery", attemptId],
    ["X-PraxTalk-Attempt", attempt === "manual" ? attempt : `${attempt}/${WEBHOOK_ATTEMPTS}`],
  ];
}
