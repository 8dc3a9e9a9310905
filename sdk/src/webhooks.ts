/** Checking webhooks, in any runtime with WebCrypto. */
import type { PraxTalkEvent } from "./types.js";

/** Seconds that our clock and yours may differ, and a request may take. */
const TOLERANCE = 300;

const encoder = new TextEncoder();

/** Equal or not in a time that tells nothing about where they differ. */
function equals(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}

/**
 * The event of a webhook request; null unless PraxTalk sent it, and not long ago.
 *
 * @param secret the endpoint's secret, `whsec_` included
 * @param signature the request's `X-PraxTalk-Signature`
 * @param rawBody the body as it came, before any parser
 * @param now Unix time in seconds
 */
export async function verify(
  secret: string,
  signature: string | null | undefined,
  rawBody: string | Uint8Array,
  now: number = Date.now() / 1000,
): Promise<PraxTalkEvent | null> {
  if (!secret) throw new Error("Set the secret of the webhook endpoint.");
  const parts = (signature ?? "").split(/, */);
  const times = parts.filter((part) => /^t=[0-9]{1,12}$/.test(part));
  const time = times[0]?.slice(2);
  if (time === undefined || times.length !== 1 || Math.abs(now - Number(time)) > TOLERANCE) return null;
  const body = typeof rawBody === "string" ? encoder.encode(rawBody) : rawBody;
  const head = encoder.encode(`${time}.`);
  const signed = new Uint8Array(head.length + body.length);
  signed.set(head);
  signed.set(body, head.length);
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", encoder.encode(secret), hmac, false, ["sign"]);
  const bytes = new Uint8Array(await crypto.subtle.sign("HMAC", key, signed));
  const expected = `v1=${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  // While a secret is rotated, one signature is the old one's and one the new one's.
  if (!parts.some((part) => equals(part, expected))) return null;
  return JSON.parse(new TextDecoder().decode(body)) as PraxTalkEvent;
}
