/** Secrets that must be read back, encrypted at rest under PRAXTALK_SECRET_KEY. Pure: the caller brings the random bytes. */
import { Base64 } from "convex/values";
import type { Checked } from "../../lib/validation";
import { toHex } from "./tokens";

/** A key of AES-256. */
export type SecretKey = Uint8Array<ArrayBuffer>;

/** NIST SP 800-38D: 96 bits, never twice with one key. */
export const SEAL_IV_BYTES = 12;
/** Hex digits of a key's SHA-256 that name it. */
const KEY_ID_LENGTH = 8;
const SEALED = /^s1\.([0-9a-f]{8})\.([A-Za-z0-9+/]+={0,2})\.([A-Za-z0-9+/]+={0,2})$/;

/**
 * The keys in the text of PRAXTALK_SECRET_KEY: base64 of 32 bytes, or several separated by commas while the key is
 * replaced (the first seals, each opens).
 */
export function parseSecretKeys(text: string): Checked<[SecretKey, ...SecretKey[]]> {
  const keys = text.split(",").map((part) => decodeKey(part.trim()));
  const [first, ...others] = keys;
  if (first == null || others.some((key) => key === null)) {
    return {
      ok: false,
      reason: "PRAXTALK_SECRET_KEY must be base64 of 32 bytes, or several of these separated by commas.",
    };
  }
  return { ok: true, value: [first, ...others.filter((key) => key !== null)] };
}

function decodeKey(text: string): SecretKey | null {
  // This much base64 is 32 bytes.
  return /^[A-Za-z0-9+/]{43}=$/.test(text) ? new Uint8Array(Base64.toByteArray(text)) : null;
}

async function keyId(key: SecretKey): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", key))).slice(0, KEY_ID_LENGTH);
}

const importKey = (key: SecretKey, usage: "encrypt" | "decrypt") =>
  crypto.subtle.importKey("raw", key, "AES-GCM", false, [usage]);

const parametersOf = (iv: Uint8Array<ArrayBuffer>, context: string) => ({
  name: "AES-GCM",
  iv,
  additionalData: new TextEncoder().encode(context),
});

/**
 * The text encrypted with the first key, as `s1.<key id>.<iv>.<ciphertext>`. It opens in the same context only (the
 * workspace's id), so that a row copied to another workspace is of no use. `iv`: fresh random bytes.
 */
export async function seal(
  text: string,
  [key]: readonly [SecretKey, ...SecretKey[]],
  context: string,
  iv: Uint8Array<ArrayBuffer>,
): Promise<string> {
  const imported = await importKey(key, "encrypt");
  const bytes = new TextEncoder().encode(text);
  const sealed = new Uint8Array(await crypto.subtle.encrypt(parametersOf(iv, context), imported, bytes));
  return `s1.${await keyId(key)}.${Base64.fromByteArray(iv)}.${Base64.fromByteArray(sealed)}`;
}

/** The text that was sealed, or null when no key opens it: the key is gone, the context is another, or it was changed. */
export async function open(
  sealed: string,
  keys: readonly SecretKey[],
  context: string,
): Promise<string | null> {
  const [, id, iv, ciphertext] = SEALED.exec(sealed) ?? [];
  if (id === undefined || iv === undefined || ciphertext === undefined) return null;
  for (const key of keys) {
    if ((await keyId(key)) !== id) continue;
    const text = await decrypt(key, context, iv, ciphertext);
    if (text !== null) return text;
  }
  return null;
}

async function decrypt(
  key: SecretKey,
  context: string,
  iv: string,
  ciphertext: string,
): Promise<string | null> {
  const bytes = (base64: string) => new Uint8Array(Base64.toByteArray(base64));
  try {
    const parameters = parametersOf(bytes(iv), context);
    const opened = await crypto.subtle.decrypt(
      parameters,
      await importKey(key, "decrypt"),
      bytes(ciphertext),
    );
    return new TextDecoder().decode(opened);
  } catch {
    // WebCrypto tells nothing but that the tag does not match.
    return null;
  }
}
