/**
 * How a web server tells a deployment elsewhere whose request it passes on: the client's address, signed with a secret
 * that both have. Without the secret nobody can claim an address.
 */

/** Of requests to HTTP actions; functions take the same text as an argument. */
export const VOUCHED_ADDRESS_HEADER = "x-praxtalk-client";

const HMAC = { name: "HMAC", hash: "SHA-256" };
const VOUCHED = /^([0-9A-Fa-f.:]{2,45}) ([0-9a-f]{64})$/;

/** The address with its signature. */
export async function vouchFor(address: string, secret: string): Promise<string> {
  const signature = await crypto.subtle.sign(HMAC, await keyOf(secret), bytesOf(address));
  const hex = Array.from(new Uint8Array(signature), (byte) => byte.toString(16).padStart(2, "0"));
  return `${address} ${hex.join("")}`;
}

/** The address of a text that `vouchFor` made with this secret; null for any other text. */
export async function vouchedAddress(text: string, secret: string): Promise<string | null> {
  const [, address, hex] = VOUCHED.exec(text) ?? [];
  if (address === undefined || hex === undefined) return null;
  const signature = Uint8Array.from({ length: hex.length / 2 }, (_, i) =>
    parseInt(hex.slice(2 * i, 2 * i + 2), 16),
  );
  const isGenuine = await crypto.subtle.verify(HMAC, await keyOf(secret), signature, bytesOf(address));
  return isGenuine ? address : null;
}

const keyOf = (secret: string) =>
  crypto.subtle.importKey("raw", bytesOf(secret), HMAC, false, ["sign", "verify"]);

const bytesOf = (text: string) => new TextEncoder().encode(text);
