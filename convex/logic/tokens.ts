/** Text forms of secrets. Pure: the random bytes come from the caller, which must be an action. */

export const SESSION_TOKEN_BYTES = 32;
export const API_KEY_BYTES = 16;
export const WIDGET_ID_BYTES = 8;
const AGENT_TOKEN_PREFIX = "pta_";
const AGENT_TOKEN_SHOWN = 12;
const API_KEY_PREFIX = "ptk_live_";
const API_KEY_CHECKSUM = 8;
/** Characters of an API key that may be shown after it was minted. */
const API_KEY_SHOWN = 16;

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** SHA-256 of the UTF-8 text, in hex. Enough for secrets of 128 random bits and more; never for passwords. */
export async function sha256Hex(text: string): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))));
}

/** Whether both are the same text. How long it takes tells nothing of either: their hashes are compared, to the end. */
export async function isSameSecret(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([sha256Hex(one), sha256Hex(other)]);
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}

/** CRC-32 (IEEE) of ASCII text, as eight hex digits. */
export function crc32Hex(text: string): string {
  let crc = 0xffffffff;
  for (let i = 0; i < text.length; i++) {
    crc ^= text.charCodeAt(i);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ((crc ^ 0xffffffff) >>> 0).toString(16).padStart(8, "0");
}

/** `ptk_live_`, 32 hex digits of the bytes, 8 hex digits of checksum over all that precedes them. */
export function formatApiKey(bytes: Uint8Array): string {
  const body = API_KEY_PREFIX + toHex(bytes);
  return body + crc32Hex(body);
}

/**
 * Whether the text is a key that this deployment may have made: a wrong checksum is a typing error or a guess, and
 * costs no look-up.
 */
export function isApiKey(text: string): boolean {
  if (!/^ptk_live_[0-9a-f]{40}$/.test(text)) return false;
  const body = text.slice(0, -API_KEY_CHECKSUM);
  return text === body + crc32Hex(body);
}

/** The part of a key that lists may show. */
export function apiKeyPrefix(key: string): string {
  return key.slice(0, API_KEY_SHOWN);
}

/** `pta_` and 64 hex digits of the bytes. */
export function formatAgentToken(bytes: Uint8Array): string {
  return AGENT_TOKEN_PREFIX + toHex(bytes);
}

/** Whether the text has the form of an agent token. */
export const isAgentToken = (text: string): boolean => text.startsWith(AGENT_TOKEN_PREFIX);

/** The part of an agent token that lists may show. */
export function agentTokenPrefix(token: string): string {
  return token.slice(0, AGENT_TOKEN_SHOWN);
}

export function formatWidgetId(bytes: Uint8Array): string {
  return `ws_${toHex(bytes)}`;
}

/** Random bytes of a token that stands in a link: an invite, a password reset. */
export const LINK_TOKEN_BYTES = 24;

/** `inv_` and 48 hex digits. */
export function formatInviteToken(bytes: Uint8Array): string {
  return `inv_${toHex(bytes)}`;
}

/** `pwr_` and 48 hex digits. */
export function formatResetToken(bytes: Uint8Array): string {
  return `pwr_${toHex(bytes)}`;
}
