import fc from "fast-check";
import { compareValues as compareConvexValues, type Value } from "convex/values";
import { expect, test } from "vitest";
import { compareValues, encodeValue, prefixEnd, tupleEnd, utf8Bytes } from "@/embedded/storage/key-encoding";
import { convexValue, indexedValue, text, toJson } from "./convex-values";

const RUNS = { numRuns: 3_000 };

function encode(value: Value | undefined): string {
  return encodeValue(toJson(value));
}

test("keys sort as Convex values do", () => {
  fc.assert(
    fc.property(indexedValue, indexedValue, (a, b) => {
      const [left, right] = [encode(a), encode(b)];
      const order = left < right ? -1 : left > right ? 1 : 0;
      expect(order).toBe(Math.sign(compareConvexValues(a, b)));
    }),
    RUNS,
  );
});

test("values that differ in one place sort as Convex values do", () => {
  fc.assert(
    fc.property(fc.array(convexValue, { maxLength: 3 }), convexValue, convexValue, (common, a, b) => {
      const [left, right] = [encode([...common, a]), encode([...common, b])];
      expect(left < right ? -1 : left > right ? 1 : 0).toBe(Math.sign(compareConvexValues(a, b)));
    }),
    RUNS,
  );
});

test("what begins with a value lies between its key and the end of it, and nothing else does", () => {
  const nearby = fc.tuple(indexedValue, indexedValue);
  const tail = fc.constantFrom("\0", "\0\0", "\0a");
  const zeros = fc.tuple(text, tail).map(([a, more]) => [a, a + more] as const);
  fc.assert(
    fc.property(fc.oneof(nearby, zeros), indexedValue, ([a, b], next) => {
      const end = tupleEnd(encode(a)) ?? "";
      const isInside = (key: string): boolean => key >= encode(a) && key < end;
      expect(isInside(encode(a) + encode(next))).toBe(true);
      expect(isInside(encode(b) + encode(next))).toBe(compareConvexValues(a, b) === 0);
    }),
    RUNS,
  );
});

test("keys hold bytes only", () => {
  fc.assert(
    fc.property(indexedValue, (value) => {
      expect(/^[\0-\xff]*$/.test(encode(value))).toBe(true);
    }),
  );
});

test("compareValues agrees with the keys", () => {
  fc.assert(
    fc.property(indexedValue, indexedValue, (a, b) => {
      expect(Math.sign(compareValues(toJson(a), toJson(b)))).toBe(Math.sign(compareConvexValues(a, b)));
    }),
    RUNS,
  );
});

test("an unresolved commit timestamp sorts as the largest int64", () => {
  const token = encodeValue({ $commitTs: null });
  expect(token).toBe(encode(2n ** 63n - 1n));
  expect(token < encode(-Infinity)).toBe(true);
});

test("the end of a prefix is above all that begin with it and not above the next", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 1 }), text, (codes, tail) => {
      const prefix = String.fromCharCode(...codes);
      const end = prefixEnd(prefix);
      if (end === null) {
        expect(codes.every((code) => code === 255)).toBe(true);
        return;
      }
      expect(prefix + utf8Bytes(tail) < end).toBe(true);
      expect(end.length <= prefix.length && prefix < end).toBe(true);
    }),
  );
});
