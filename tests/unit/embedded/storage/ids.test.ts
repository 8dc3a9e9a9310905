import fc from "fast-check";
import { expect, test } from "vitest";
import {
  decodeId,
  encodeId,
  idLength,
  INTERNAL_ID_RANDOM_BYTES,
  newInternalId,
} from "@/embedded/storage/ids";

const tableNumber = fc.oneof(
  fc.integer({ min: 1, max: 0xffff_ffff }),
  fc.constantFrom(1, 127, 128, 10_001, 16_383, 16_384, 2_097_151, 2_097_152, 268_435_455, 268_435_456),
);
const internal = fc.uint8Array({ minLength: 16, maxLength: 16 });

test("an id is read back as it was made", () => {
  fc.assert(
    fc.property(tableNumber, internal, (number, bytes) => {
      const text = encodeId(number, bytes);
      expect(text).toMatch(/^[0-9a-hjkmnp-tv-z]{31,37}$/);
      expect(text).toHaveLength(idLength(number));
      const decoded = decodeId(text);
      expect(decoded?.tableNumber).toBe(number);
      expect([...(decoded?.internal ?? [])]).toEqual([...bytes]);
    }),
  );
});

test("within a table ids sort as their bytes do", () => {
  fc.assert(
    fc.property(tableNumber, internal, internal, (number, a, b) => {
      const order = Buffer.compare(a, b);
      const [left, right] = [encodeId(number, a), encodeId(number, b)];
      expect(left < right ? -1 : left > right ? 1 : 0).toBe(order);
    }),
  );
});

test("a changed character makes it no id, or the id of exactly that text", () => {
  const alphabet = [..."0123456789abcdefghjkmnpqrstvwxyzilouA-"];
  fc.assert(
    fc.property(
      tableNumber,
      internal,
      fc.nat(36),
      fc.constantFrom(...alphabet),
      (number, bytes, position, character) => {
        const text = encodeId(number, bytes);
        const at = position % text.length;
        const changed = text.slice(0, at) + character + text.slice(at + 1);
        const decoded = decodeId(changed);
        if (decoded !== null) expect(encodeId(decoded.tableNumber, decoded.internal)).toBe(changed);
      },
    ),
    { numRuns: 2_000 },
  );
});

test("a checksum guards against one wrong character", () => {
  const text = encodeId(10_001, new Uint8Array(16).fill(7));
  const accepted = [..."0123456789abcdefghjkmnpqrstvwxyz"].filter(
    (character) => decodeId(text.slice(0, 10) + character + text.slice(11)) !== null,
  );
  expect(accepted).toEqual([text[10]]);
});

test.each(["", "abc", "a".repeat(31), "a".repeat(38), "messages", "é".repeat(32)])("%j is no id", (text) => {
  expect(decodeId(text)).toBeNull();
});

test("an id carries the second and the day it was made", () => {
  const now = Date.UTC(2026, 10, 22, 12);
  const made = newInternalId(new Uint8Array(INTERNAL_ID_RANDOM_BYTES).fill(255), now);
  const view = new DataView(made.buffer);
  expect(view.getUint32(0)).toBe(now / 1000);
  expect([...made.subarray(4, 14)]).toEqual(Array(10).fill(255));
  expect(view.getUint16(14)).toBe(Date.UTC(2026, 10, 22) / 86_400_000);
});
