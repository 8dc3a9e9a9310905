import fc from "fast-check";
import { compareValues, convexToJson, type Value } from "convex/values";
import { describe, expect, test } from "vitest";
import { compileFilter } from "@/embedded/engine/filter";
import type { JSONObject, JSONValue } from "@/embedded/storage/types";
import { indexedValue } from "../storage/convex-values";

function literal(value: Value | undefined): JSONValue {
  return { $literal: value === undefined ? { $undefined: null } : convexToJson(value) };
}

const DOCUMENT: JSONObject = { a: { b: { c: 7 } }, list: [{ x: 1 }], text: "hi" };

function passes(expression: JSONValue): boolean {
  return compileFilter(expression)(DOCUMENT);
}

test("comparisons follow the order of Convex values", () => {
  const operators = { $eq: [0], $neq: [-1, 1], $lt: [-1], $lte: [-1, 0], $gt: [1], $gte: [0, 1] };
  fc.assert(
    fc.property(indexedValue, indexedValue, (a, b) => {
      const order = Math.sign(compareValues(a, b));
      for (const [operator, orders] of Object.entries(operators)) {
        expect(passes({ [operator]: [literal(a), literal(b)] })).toBe(orders.includes(order));
      }
    }),
    { numRuns: 500 },
  );
});

test("arithmetic on floats is JavaScript's", () => {
  const compute = {
    $add: (a: number, b: number) => a + b,
    $sub: (a: number, b: number) => a - b,
    $mul: (a: number, b: number) => a * b,
    $div: (a: number, b: number) => a / b,
    $mod: (a: number, b: number) => a % b,
  };
  fc.assert(
    fc.property(fc.double(), fc.double(), (a, b) => {
      for (const [operator, expected] of Object.entries(compute)) {
        const computed = { [operator]: [literal(a), literal(b)] };
        expect(passes({ $eq: [computed, literal(expected(a, b))] })).toBe(true);
      }
    }),
  );
});

test("arithmetic on int64 is exact", () => {
  const max = 2n ** 63n - 1n;
  expect(passes({ $eq: [{ $add: [literal(max - 1n), literal(1n)] }, literal(max)] })).toBe(true);
  expect(passes({ $eq: [{ $div: [literal(-7n), literal(2n)] }, literal(-3n)] })).toBe(true);
  expect(passes({ $eq: [{ $neg: literal(5n) }, literal(-5n)] })).toBe(true);
  expect(passes({ $eq: [{ $neg: literal(0) }, literal(-0)] })).toBe(true);
});

test("fields are reached by paths, through objects only", () => {
  expect(passes({ $eq: [{ $field: "a.b.c" }, literal(7)] })).toBe(true);
  expect(passes({ $eq: [{ $field: "a.b" }, literal({ c: 7 })] })).toBe(true);
  for (const path of ["list.0", "list.length", "text.length", "a.toString", "no.thing"]) {
    expect(passes({ $eq: [{ $field: path }, literal(undefined)] })).toBe(true);
  }
});

test("logic stops at the operand that decides", () => {
  const fails = literal("no boolean");
  expect(passes({ $and: [literal(false), fails] })).toBe(false);
  expect(passes({ $or: [literal(true), fails] })).toBe(true);
  expect(passes({ $and: [] })).toBe(true);
  expect(passes({ $or: [] })).toBe(false);
  expect(passes({ $not: { $or: [literal(false), literal(false)] } })).toBe(true);
});

describe("is refused", () => {
  test.each<[string, JSONValue, string]>([
    ["no boolean", literal(1), "filter needs a boolean"],
    ["missing field as boolean", { $field: "nothing" }, "got undefined"],
    [
      "mixed numbers",
      { $eq: [{ $add: [literal(1), literal(1n)] }, literal(2)] },
      "cannot mix int64 and float64",
    ],
    ["no number", { $eq: [{ $add: [literal("1"), literal(1)] }, literal(2)] }, "needs numbers"],
    ["overflow", { $eq: [{ $mul: [literal(2n ** 62n), literal(2n)] }, literal(0n)] }, "overflows int64"],
    ["division by zero", { $eq: [{ $mod: [literal(1n), literal(0n)] }, literal(0n)] }, "divide by zero"],
    ["unknown operator", { $xor: [literal(true), literal(true)] }, "Invalid filter expression"],
    ["one operand", { $eq: [literal(1)] }, "Invalid filter expression"],
    ["no expression", 5, "Invalid filter expression"],
    ["two operators", { $not: literal(true), $field: "a" }, "Invalid filter expression"],
  ])("%s", (_name, expression, message) => {
    expect(() => passes(expression)).toThrow(message);
  });
});
