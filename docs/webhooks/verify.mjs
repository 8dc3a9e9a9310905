import { createHmac, timingSafeEqual } from "node:crypto";

/** Seconds that our clock and yours may differ, and a request may take. */
const TOLERANCE = 300;

/**
 * Whether PraxTalk sent this request, and not long ago.
 *
 * @param {string} secret the endpoint's secret, "whsec_" included
 * @param {string | undefined} header the request's X-PraxTalk-Signature
 * @param {Uint8Array | string} rawBody the body as it came, before any parser
 * @param {number} now Unix time in seconds
 * @returns {boolean}
 */
export function verify(secret, header, rawBody, now = Date.now() / 1000) {
  if (!secret) throw new Error("Set the secret of the webhook endpoint.");
  const parts = (header ?? "").split(/, */);
  const times = parts.filter((part) => /^t=[0-9]{1,12}$/.test(part));
  const signatures = parts.filter((part) => /^v1=[0-9a-f]{64}$/.test(part));

  const time = times[0]?.slice("t=".length);
  if (times.length !== 1 || Math.abs(now - Number(time)) > TOLERANCE) return false;

  const hmac = createHmac("sha256", secret).update(`${time}.`).update(rawBody);
  const expected = Buffer.from(`v1=${hmac.digest("hex")}`);
  // While a secret is rotated, one signature is the old one's and one the new one's.
  return signatures.some((part) => timingSafeEqual(Buffer.from(part), expected));
}
