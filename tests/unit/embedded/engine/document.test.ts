import fc from "fast-check";
import { convexToJson, getConvexSize, getDocumentSize, type Value } from "convex/values";
import { expect, test } from "vitest";
import { checkConvexValue, checkDocument } from "@/embedded/engine/document";
import type { JSONObject, JSONValue } from "@/embedded/storage/types";
import { convexValue } from "../storage/convex-values";

const ID = "j".repeat(32);

function nested(depth: number): JSONValue {
  let value: JSONValue = 1;
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}

test("every Convex value passes unchanged, with the size that convex/values gives it", () => {
  fc.assert(
    fc.property(convexValue, (value) => {
      const json = convexToJson(value);
      const checked = checkConvexValue(json);
      expect(checked.value).toEqual(json);
      expect(checked.size).toBe(getConvexSize(value));
    }),
    { numRuns: 1_000 },
  );
});

test("a document's size counts its system fields", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), convexValue), (fields) => {
      const whole: Record<string, Value> = { ...fields, _id: ID, _creationTime: 5 };
      const { size } = checkDocument(convexToJson(fields) as JSONObject, ID, 5);
      expect(size).toBe(getDocumentSize(whole));
    }),
  );
});

test("fields come out in the order of their names, at every depth", () => {
  const { text } = checkDocument({ b: { d: 1, c: [{ f: 1, e: 2 }] }, a: 1, Z: 0 }, ID, 5);
  expect(text).toBe(`{"Z":0,"_creationTime":5,"_id":"${ID}","a":1,"b":{"c":[{"e":2,"f":1}],"d":1}}`);
});

test("a field named __proto__ is kept as a field", () => {
  const value = JSON.parse('{"a":{"__proto__":{"x":1}}}') as JSONObject;
  expect(checkDocument(value, ID, 5).text).toContain('"a":{"__proto__":{"x":1}}');
});

test("commit timestamp tokens are noticed wherever they are", () => {
  expect(checkDocument({ a: [{ b: { $commitTs: null } }] }, ID, 5).hasCommitTs).toBe(true);
  expect(checkDocument({ a: '{"$commitTs":null}' }, ID, 5).hasCommitTs).toBe(false);
});

test.each<[string, JSONObject, string]>([
  ["field with $", { a: { $b: 1, c: 1 } }, "starts with '$', which is reserved"],
  ["unknown special", { a: { $set: "x" } }, "reserved"],
  ["field with a control character", { "a\n": 1 }, "non-control ASCII"],
  ["field beyond ASCII", { é: 1 }, "non-control ASCII"],
  ["field name too long", { ["x".repeat(1025)]: 1 }, "maximum field name length 1024"],
  ["system field", { _other: 1 }, '"_other" starts with an underscore'],
  ["short integer", { a: { $integer: "AAAA" } }, "3 bytes in $integer"],
  ["bad base64", { a: { $bytes: "A" } }, "malformed base64"],
  [
    "plain number as $float",
    { a: { $float: Buffer.from(new Float64Array([1]).buffer).toString("base64") } },
    "encoded as a number",
  ],
  ["commit timestamp with a value", { a: { $commitTs: 5 } }, "malformed $commitTs"],
  ["half a surrogate pair", { a: "x\ud800y" }, "surrogate"],
  [
    "array too long",
    { a: Array.from({ length: 8193 }, () => 0) },
    "Array length is too long (8193 > maximum length 8192)",
  ],
  [
    "too many fields",
    Object.fromEntries(Array.from({ length: 1023 }, (_, i) => [`f${i}`, 0])),
    "Object has too many fields (1025 > maximum number 1024)",
  ],
  ["too nested", { a: nested(16) }, "nested 17 levels deep > maximum nesting 16"],
  ["too large", { a: "x".repeat(1024 * 1024) }, "Value is too large (1.00 MiB > maximum size 1 MiB)"],
])("%s is refused", (_name, fields, message) => {
  expect(() => checkDocument(fields, ID, 5)).toThrow(message);
});

test("limits are inclusive", () => {
  expect(() => checkDocument({ a: nested(15) }, ID, 5)).not.toThrow();
  expect(() => checkDocument({ a: Array.from({ length: 8192 }, () => 0) }, ID, 5)).not.toThrow();
  expect(() => checkConvexValue(nested(64))).not.toThrow();
  expect(() => checkConvexValue(nested(65))).toThrow("maximum nesting 64");
});

test("an absurdly deep value is refused without exhausting the stack", () => {
  expect(() => checkConvexValue(nested(5_000))).toThrow("too nested");
});
