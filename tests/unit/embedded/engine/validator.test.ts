import fc from "fast-check";
import { v, type GenericValidator, type Value, convexToJson } from "convex/values";
import { describe, expect, test } from "vitest";
import { checkValue, formatValidator, parseValidator } from "@/embedded/engine/validator";
import type { JSONValue, ValidatorJSON } from "@/embedded/storage/types";
import { convexValue } from "../storage/convex-values";

const MESSAGE_ID = "m".repeat(32);
const USER_ID = "u".repeat(32);
const idTable = (text: string): string | null =>
  text === MESSAGE_ID ? "messages" : text === USER_ID ? "users" : null;

/** The JSON form that functions and schemas export. */
function jsonOf(validator: GenericValidator): ValidatorJSON {
  return parseValidator((validator as unknown as { json: JSONValue }).json);
}

function check(validator: GenericValidator, value: Value): string | null {
  return checkValue(jsonOf(validator), convexToJson(value), idTable);
}

describe("accepts and refuses", () => {
  const int = 5n;
  const bytes = new ArrayBuffer(3);
  test.each<[string, GenericValidator, Value[], Value[]]>([
    ["null", v.null(), [null], [0, false, "", {}]],
    ["float64", v.number(), [0, -0, 1.5, Number.NaN, -Infinity], [int, "1", null]],
    ["int64", v.int64(), [int], [5, "5"]],
    ["commitTs", v.commitTs(), [int], [5, null]],
    ["boolean", v.boolean(), [true, false], [0, null]],
    ["string", v.string(), ["", "x"], [1, null, bytes]],
    ["bytes", v.bytes(), [bytes], ["x", []]],
    ["any", v.any(), [null, 1, { a: [1] }], []],
    ["literal", v.literal("a"), ["a"], ["b", null]],
    ["int64 literal", v.literal(5n), [5n], [5, 6n]],
    ["id", v.id("messages"), [MESSAGE_ID], [USER_ID, "nonsense", 5]],
    ["array", v.array(v.number()), [[], [1, 2]], [["1"], 1, {}]],
    [
      "object",
      v.object({ a: v.number(), b: v.optional(v.string()) }),
      [{ a: 1 }, { a: 1, b: "" }],
      [{}, { a: 1, c: 1 }, { a: 1, b: null }, [], int],
    ],
    ["record", v.record(v.string(), v.number()), [{}, { x: 1 }], [{ x: "1" }, []]],
    ["record of ids", v.record(v.id("users"), v.null()), [{ [USER_ID]: null }], [{ [MESSAGE_ID]: null }]],
    [
      "union",
      v.union(v.string(), v.object({ a: v.number() })),
      ["x", { a: 1 }],
      [1, { a: "" }, { a: 1, b: 1 }],
    ],
    ["empty union", v.union(), [], [null]],
  ])("%s", (_name, validator, accepted, refused) => {
    for (const value of accepted) expect(check(validator, value)).toBeNull();
    for (const value of refused) expect(check(validator, value)).toEqual(expect.any(String));
  });

  test("a commit timestamp token is one for v.commitTs() only", () => {
    const token = { $commitTs: null };
    expect(checkValue(jsonOf(v.commitTs()), token, idTable)).toBeNull();
    expect(checkValue(jsonOf(v.any()), token, idTable)).toBeNull();
    expect(checkValue(jsonOf(v.object({})), token, idTable)).not.toBeNull();
  });

  test("names that every object has are fields like others", () => {
    const validator = jsonOf(v.object({ constructor: v.optional(v.number()) }));
    expect(checkValue(validator, {}, idTable)).toBeNull();
    expect(checkValue(validator, JSON.parse('{"__proto__":1}') as JSONValue, idTable)).toContain(
      "extra field `__proto__`",
    );
    expect(checkValue(jsonOf(v.object({ toString: v.string() })), {}, idTable)).toContain(
      "missing the required field",
    );
  });
});

describe("texts", () => {
  const object = v.object({ n: v.number(), "odd name": v.optional(v.string()) });
  const shown = 'v.object({n: v.float64(), "odd name": v.optional(v.string())})';

  test.each<[string, GenericValidator, Value, string]>([
    [
      "missing field",
      object,
      {},
      "Object is missing the required field `n`. Consider wrapping the field validator in `v.optional(...)` if this is " +
        `expected.\n\nObject: {}\nValidator: ${shown}`,
    ],
    [
      "extra field below",
      v.object({ a: v.array(object) }),
      { a: [{ n: 1 }, { n: 1, x: 5n }] },
      `Object contains extra field \`x\` that is not in the validator.\nPath: .a[1]\nObject: {n: 1.0, x: 5n}\nValidator: ${shown}`,
    ],
    [
      "declared fields come first",
      object,
      { extra: true, n: "x" },
      'Value does not match validator.\nPath: .n\nValue: "x"\nValidator: v.float64()',
    ],
    ["at the root", v.string(), 1.5, "Value does not match validator.\nValue: 1.5\nValidator: v.string()"],
    [
      "literal",
      v.object({ k: v.literal("a") }),
      { k: "b" },
      '`"b"` does not match literal validator `v.literal("a")`.\nPath: .k',
    ],
    [
      "id of another table",
      v.id("users"),
      MESSAGE_ID,
      `Found ID "${MESSAGE_ID}" from table \`messages\`, which does not match the table name in validator \`v.id("users")\`.`,
    ],
    [
      "union",
      v.union(v.literal(1), v.null()),
      [true],
      "Value does not match validator.\nValue: [true]\nValidator: v.union(v.literal(1.0), v.null())",
    ],
    ["union of one", v.union(v.literal(1)), 2, "`2.0` does not match literal validator `v.literal(1.0)`."],
  ])("%s", (_name, validator, value, text) => {
    expect(check(validator, value)).toBe(text);
  });

  test("a huge value is cut", () => {
    expect(check(v.null(), "x".repeat(1_000_000))!.length).toBeLessThan(20_000);
  });
});

test("a literal of any scalar accepts exactly itself", () => {
  const scalar = fc.oneof(
    fc.string(),
    fc.boolean(),
    fc.double({ noNaN: true }),
    fc.bigInt({ min: -9n, max: 9n }),
  );
  fc.assert(
    fc.property(scalar, scalar, (a, b) => {
      expect(check(v.literal(a), b) === null).toBe(Object.is(a, b));
    }),
  );
});

test("any value passes v.any(), and a union with it", () => {
  fc.assert(
    fc.property(convexValue, (value) => {
      expect(check(v.any(), value)).toBeNull();
      expect(check(v.union(v.literal("not this one"), v.any()), value)).toBeNull();
    }),
  );
});

test("every validator is parsed and shown in the notation of convex/values", () => {
  const validator = v.object({
    i: v.int64(),
    f: v.number(),
    r: v.record(v.union(v.id("a"), v.string()), v.array(v.bytes())),
    u: v.optional(v.union(v.null(), v.boolean(), v.any(), v.commitTs(), v.literal(-1n))),
  });
  expect(formatValidator(jsonOf(validator))).toBe(
    'v.object({f: v.float64(), i: v.int64(), r: v.record(v.union(v.id("a"), v.string()), v.array(v.bytes())), ' +
      "u: v.optional(v.union(v.null(), v.boolean(), v.any(), v.commitTs(), v.literal(-1n)))})",
  );
});

test.each<[JSONValue]>([
  [null],
  [{}],
  [{ type: "set" }],
  [{ type: "id" }],
  [{ type: "array" }],
  [{ type: "object", value: { a: { type: "string" } } }],
  [{ type: "union", value: {} }],
  [
    {
      type: "record",
      keys: { type: "literal", value: "a" },
      values: { fieldType: { type: "any" }, optional: false },
    },
  ],
])("%j is no validator", (json) => {
  expect(() => parseValidator(json)).toThrow(Error);
});
