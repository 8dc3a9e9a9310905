/**
 * Document ids. Binary: table number as varint (low 7 bits first), 16 bytes that identify the document (the second it was
 * made as 4 big-endian bytes of Unix time, 10 random bytes, the day it was made as big-endian number of days since 1970), 2 bytes of
 * Fletcher-16 checksum. The second comes first so that documents made together lie together on disk: reading the newest of a million
 * touches as few pages as reading the newest of a thousand. Text: Crockford base32, lower case,
 * most significant bits first, unpadded: 31 to 37 characters, 32 for tables 128 to 16383. Within a table, order of
 * texts is order of bytes.
 */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const INTERNAL_LENGTH = 16;
const FOOTER_LENGTH = 2;
const SECOND_LENGTH = 4;
const DAY_LENGTH = 2;
export const INTERNAL_ID_RANDOM_BYTES = INTERNAL_LENGTH - SECOND_LENGTH - DAY_LENGTH;
export const MAX_ID_LENGTH = 37;
export const MIN_ID_LENGTH = 31;
const MS_PER_SECOND = 1_000;
const MS_PER_DAY = 86_400_000;

const DIGITS = new Int8Array(128).fill(-1);
for (let i = 0; i < ALPHABET.length; i++) DIGITS[ALPHABET.charCodeAt(i)] = i;

export type DecodedId = { tableNumber: number; internal: Uint8Array };

/** The 16 bytes for a new document, given INTERNAL_ID_RANDOM_BYTES random ones and the time in ms. */
export function newInternalId(random: Uint8Array, now: number): Uint8Array {
  const internal = new Uint8Array(INTERNAL_LENGTH);
  const view = new DataView(internal.buffer);
  view.setUint32(0, Math.floor(now / MS_PER_SECOND));
  internal.set(random.subarray(0, INTERNAL_ID_RANDOM_BYTES), SECOND_LENGTH);
  view.setUint16(INTERNAL_LENGTH - DAY_LENGTH, Math.floor(now / MS_PER_DAY));
  return internal;
}

export function encodeId(tableNumber: number, internal: Uint8Array): string {
  const bytes: number[] = [];
  let rest = tableNumber;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest, ...internal);
  const checksum = fletcher16(bytes, bytes.length);
  bytes.push(checksum & 0xff, checksum >> 8);
  return toBase32(bytes);
}

/** Null unless the text is exactly what `encodeId` gives for some table number and internal id. */
export function decodeId(text: string): DecodedId | null {
  if (text.length < MIN_ID_LENGTH || text.length > MAX_ID_LENGTH) return null;
  const bytes = fromBase32(text);
  if (bytes === null) return null;
  let tableNumber = 0;
  let position = 0;
  let factor = 1;
  for (;;) {
    const byte = bytes[position++];
    if (byte === undefined || position > 5) return null;
    tableNumber += (byte & 0x7f) * factor;
    factor *= 128;
    if (byte < 0x80) {
      // A zero byte at the end of a longer varint would be a second spelling of the same number.
      if (byte === 0 && position > 1) return null;
      break;
    }
  }
  const end = position + INTERNAL_LENGTH;
  if (tableNumber > 0xffff_ffff || bytes.length !== end + FOOTER_LENGTH) return null;
  const checksum = fletcher16(bytes, end);
  if (bytes[end] !== (checksum & 0xff) || bytes[end + 1] !== checksum >> 8) return null;
  return { tableNumber, internal: bytes.subarray(position, end) };
}

/** Length of the text ids of a table. */
export function idLength(tableNumber: number): number {
  let varint = 1;
  for (let rest = tableNumber; rest > 0x7f; rest = Math.floor(rest / 128)) varint++;
  return Math.ceil(((varint + INTERNAL_LENGTH + FOOTER_LENGTH) * 8) / 5);
}

function fletcher16(bytes: ArrayLike<number>, length: number): number {
  let low = 0;
  let high = 0;
  for (let i = 0; i < length; i++) {
    low = (low + (bytes[i] ?? 0)) & 0xff;
    high = (high + low) & 0xff;
  }
  return (high << 8) | low;
}

function toBase32(bytes: readonly number[]): string {
  let text = "";
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(held >> bits) & 31] ?? "";
    }
    held &= 31;
  }
  if (bits > 0) text += ALPHABET[(held << (5 - bits)) & 31] ?? "";
  return text;
}

/** Null on a character outside the alphabet, or if the bits that fill the last character are not zero. */
function fromBase32(text: string): Uint8Array | null {
  const bytes = new Uint8Array((text.length * 5) >> 3);
  let bits = 0;
  let held = 0;
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = DIGITS[text.charCodeAt(i)] ?? -1;
    if (digit < 0) return null;
    held = ((held & 0xff) << 5) | digit;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[length++] = held >> bits;
    }
  }
  // 5 or more leftover bits would be a character that carries nothing.
  if (bits >= 5 || (held & ((1 << bits) - 1)) !== 0) return null;
  return bytes;
}
