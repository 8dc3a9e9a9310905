import fc from "fast-check";
import { convexToJson, type Value } from "convex/values";
import type { JSONValue } from "@/embedded/storage/types";

const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;

/** Text of whole code points, with those around which UTF-8 and UTF-16 order differ, and bytes that keys have to escape. */
export const text: fc.Arbitrary<string> = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }).filter((value) => Buffer.from(value).toString() === value),
  fc.string({
    unit: fc.constantFrom("\0", "\x01", "\xff", "a", "\u{e000}", "\u{ffff}", "\u{10000}", "\u{10ffff}"),
  }),
);

const bytes = fc
  .uint8Array({ maxLength: 6 })
  .map((value) => value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength));

const scalar: fc.Arbitrary<Value> = fc.oneof(
  fc.constant(null),
  fc.bigInt({ min: MIN_INT64, max: MAX_INT64 }),
  fc.constantFrom(MIN_INT64, -1n, 0n, 1n, MAX_INT64),
  fc.double(),
  fc.constantFrom(-0, 0, Number.NaN, Infinity, -Infinity, Number.MIN_VALUE, -Number.MIN_VALUE, 1, -1),
  fc.boolean(),
  text,
  bytes,
);

const fieldName = fc.stringMatching(/^[ -#%-~][ -~]{0,3}$/);

/** Any Convex value, nested. */
export const convexValue: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fieldName, tie("value"), { maxKeys: 4 }).map((value) => ({ ...value })),
  ),
})).value;

/** `undefined`, as a missing field is for an index, included. */
export const indexedValue: fc.Arbitrary<Value | undefined> = fc.option(convexValue, {
  nil: undefined,
  freq: 12,
});

export function toJson(value: Value | undefined): JSONValue | undefined {
  return value === undefined ? undefined : convexToJson(value);
}
