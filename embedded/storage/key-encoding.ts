import type { IndexKey, JSONValue } from "./types";

/**
 * Order-preserving encoding of Convex values as byte strings (see IndexKey): `encode(a) < encode(b)` exactly if
 * a sorts before b. Order of types: undefined (missing field), null, int64, float64, false, true, string, bytes, array, object.
 * Encodings can be concatenated to order tuples. One may begin with another one only where the next byte is FF (a string
 * that goes on with 0x00), and no tag is FF: see `tupleEnd`.
 *
 * A tag byte, then: int64 and float64 as 8 big-endian bytes with the sign made to sort; strings (UTF-8) and bytes with
 * 0x00 written as 00 FF, closed by 00; array elements one after the other, closed by 00, which is below all tags;
 * objects as (01, field name, 00, value)*, sorted by name, closed by 00.
 */
const UNDEFINED = "\x01";
const NULL = "\x02";
const INT64 = "\x03";
const FLOAT64 = "\x04";
const FALSE = "\x05";
const TRUE = "\x06";
const STRING = "\x07";
const BYTES = "\x08";
const ARRAY = "\x09";
const OBJECT = "\x0a";
const END = "\x00";
const FIELD = "\x01";

const scratch = Buffer.alloc(8);

export function encodeValue(value: JSONValue | undefined): string {
  if (value === undefined) return UNDEFINED;
  if (value === null) return NULL;
  if (typeof value === "string") return STRING + encodeText(value) + END;
  if (typeof value === "number") {
    scratch.writeDoubleBE(value);
    return FLOAT64 + floatBytes(scratch);
  }
  if (typeof value === "boolean") return value ? TRUE : FALSE;
  if (Array.isArray(value)) return ARRAY + value.map(encodeValue).join("") + END;
  return encodeObject(value);
}

/** Compares as an index would: negative, 0, positive. */
export function compareValues(a: JSONValue | undefined, b: JSONValue | undefined): number {
  // The two cheap common cases; -0 arrives as {"$float": ...} and so never here.
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "string" && a === b) return 0;
  const left = encodeValue(a);
  const right = encodeValue(b);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** UTF-8 bytes of a string, as the by_id index holds ids: unescaped and without closing byte. */
export function utf8Bytes(text: string): string {
  return isPlain(text) ? text : Buffer.from(text, "utf8").toString("latin1");
}

/** Above all tuples that begin with these encodings, and below all others that are above them; null for the empty tuple. */
export function tupleEnd(encodings: IndexKey): IndexKey | null {
  return encodings === "" ? null : `${encodings}\xff`;
}

/** The smallest key above all keys that begin with `prefix`; null if there is none. */
export function prefixEnd(prefix: IndexKey): IndexKey | null {
  for (let i = prefix.length - 1; i >= 0; i--) {
    const byte = prefix.charCodeAt(i);
    if (byte < 0xff) return prefix.slice(0, i) + String.fromCharCode(byte + 1);
  }
  return null;
}

function encodeObject(value: { [key: string]: JSONValue }): string {
  const names = Object.keys(value);
  const [first] = names;
  if (names.length === 1 && first?.startsWith("$") === true) {
    const special = encodeSpecial(first, value[first]);
    if (special !== null) return special;
  }
  let text = OBJECT;
  // Field names are ASCII, so the default order of UTF-16 units is the order of bytes.
  for (const name of names.sort()) text += FIELD + name + END + encodeValue(value[name]);
  return text + END;
}

function encodeSpecial(name: string, value: JSONValue | undefined): string | null {
  // Not known before the commit: sorts as the largest int64 until then.
  if (name === "$commitTs") return INT64 + "\xff".repeat(8);
  if (typeof value !== "string") return null;
  const bytes = Buffer.from(value, "base64");
  if (name === "$integer") return INT64 + int64Bytes(bytes.reverse());
  if (name === "$float") return FLOAT64 + floatBytes(bytes.reverse());
  return name === "$bytes" ? BYTES + escapeZeros(bytes.toString("latin1")) + END : null;
}

/** Flips bytes (big-endian, changed in place) so that their order is IEEE total order. */
function floatBytes(bytes: Buffer): string {
  const negative = ((bytes[0] ?? 0) & 0x80) !== 0;
  if (negative) for (let i = 0; i < 8; i++) bytes[i] = ~(bytes[i] ?? 0);
  else bytes[0] = (bytes[0] ?? 0) ^ 0x80;
  return bytes.toString("latin1");
}

function int64Bytes(bytes: Buffer): string {
  bytes[0] = (bytes[0] ?? 0) ^ 0x80;
  return bytes.toString("latin1");
}

function encodeText(text: string): string {
  if (isPlain(text)) return text;
  return escapeZeros(Buffer.from(text, "utf8").toString("latin1"));
}

/** ASCII without 0x00: its bytes are its UTF-16 units and need no escape. */
function isPlain(text: string): boolean {
  return /^[\x01-\x7f]*$/.test(text);
}

function escapeZeros(bytes: string): string {
  return bytes.includes("\0") ? bytes.replaceAll("\0", "\0\xff") : bytes;
}
