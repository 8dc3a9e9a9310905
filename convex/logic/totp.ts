/** One-time codes by time (RFC 6238: SHA-1, 30 s, 6 digits, as every authenticator app has them), and recovery codes. Pure. */

/** RFC 4226 asks for 160 bits. */
export const TOTP_SECRET_BYTES = 20;
export const RECOVERY_CODE_BYTES = 10;
export const RECOVERY_CODES = 10;
const STEP_MS = 30_000;
const DIGITS = 6;
/** Steps to either side of now that are taken too: clocks differ, and typing takes a while. */
const SKEW = 1;

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** RFC 4648, without padding: what apps take. */
export function toBase32(bytes: Uint8Array): string {
  let text = "";
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(held >>> bits) & 31] ?? "";
      held &= (1 << bits) - 1;
    }
  }
  return bits === 0 ? text : text + (ALPHABET[(held << (5 - bits)) & 31] ?? "");
}

/** The bytes of such a text; what is no letter of it is passed over. */
export function fromBase32(text: string): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  let held = 0;
  let bits = 0;
  for (const letter of text.toUpperCase()) {
    const value = ALPHABET.indexOf(letter);
    if (value === -1) continue;
    held = (held << 5) | value;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push(held >>> bits);
    held &= (1 << bits) - 1;
  }
  return new Uint8Array(bytes);
}

export const stepAt = (now: number): number => Math.floor(now / STEP_MS);

/** The code of a step, by RFC 4226 with the step as its counter. `secret` in base32. */
export async function totpCode(secret: string, step: number): Promise<string> {
  const counter = new DataView(new ArrayBuffer(8));
  counter.setBigUint64(0, BigInt(step));
  const algorithm = { name: "HMAC", hash: "SHA-1" };
  const key = await crypto.subtle.importKey("raw", fromBase32(secret), algorithm, false, ["sign"]);
  const digest = new DataView(await crypto.subtle.sign("HMAC", key, counter.buffer));
  const offset = digest.getUint8(digest.byteLength - 1) & 15;
  const number = digest.getUint32(offset) & 0x7fffffff;
  return String(number % 10 ** DIGITS).padStart(DIGITS, "0");
}

/** The step whose code this is, near `now` and after the last one that was used; null for any other code. */
export async function matchingStep(
  secret: string,
  code: string,
  { now, lastStep }: { now: number; lastStep: number },
): Promise<number | null> {
  const current = stepAt(now);
  let found: number | null = null;
  // Every step is tried whatever is found: the time tells nothing.
  for (let step = current - SKEW; step <= current + SKEW; step++) {
    if ((await totpCode(secret, step)) === code && step > lastStep) found = step;
  }
  return found;
}

/** What a QR code for an app holds. */
export function totpUri(secret: string, { account, issuer }: { account: string; issuer: string }): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  return `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(issuer)}`;
}

/** Sixteen letters and digits in four groups: 80 random bits. */
export function formatRecoveryCode(bytes: Uint8Array): string {
  return toBase32(bytes)
    .toLowerCase()
    .replace(/(.{4})(?=.)/g, "$1-");
}

export type TypedCode = { kind: "totp"; code: string } | { kind: "recovery"; code: string };

/** What somebody typed as their code, with or without spaces and dashes; null for what can be neither. */
export function readCode(text: string): TypedCode | null {
  const compact = text.toLowerCase().replace(/[\s-]/g, "");
  if (/^\d{6}$/.test(compact)) return { kind: "totp", code: compact };
  if (!/^[a-z2-7]{16}$/.test(compact)) return null;
  return { kind: "recovery", code: compact.replace(/(.{4})(?=.)/g, "$1-") };
}
