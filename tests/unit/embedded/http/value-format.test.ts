import { convexToJson, type Value } from "convex/values";
import { describe, expect, test } from "vitest";
import { formatValue, parseFormat } from "@/embedded/http/value-format";

const encoded = (value: Value) => JSON.stringify(convexToJson(value));

describe("clean JSON", () => {
  test.each<[Value, unknown]>([
    [5n, "5"],
    [-(2n ** 63n), "-9223372036854775808"],
    [NaN, "NaN"],
    [-Infinity, "-Infinity"],
    [-0, 0],
    [new Uint8Array([1, 2]).buffer, "AQI="],
    [{ a: [1n, { b: null }] }, { a: ["1", { b: null }] }],
    ['"$integer"', '"$integer"'],
  ])("of %s", (value, expected) => {
    expect(JSON.parse(formatValue(encoded(value), "clean"))).toEqual(expected);
  });

  test("of what needs no change is the same text", () => {
    const text = encoded({ a: [1, "x", null, true] });
    expect(formatValue(text, "clean")).toBe(text);
  });
});

test.each<[Value, string]>([
  [5n, "5"],
  [5, "5.0"],
  [-0, "-0.0"],
  [1e21, "1e+21"],
  [0.5, "0.5"],
  [NaN, encoded(NaN)],
  [[1, { a: "x" }], '[1.0,{"a":"x"}]'],
])("export JSON of %s", (value, expected) => {
  expect(formatValue(encoded(value), "export")).toBe(expected);
});

test("without a name the format follows the client", () => {
  expect(parseFormat(undefined, null)).toBe("clean");
  expect(parseFormat(undefined, { client: "npm", version: [1, 4, 0] })).toBe("encoded");
  expect(parseFormat(undefined, { client: "npm", version: [1, 4, 1] })).toBe("clean");
  expect(parseFormat(undefined, { client: "rust", version: [0, 1, 0] })).toBe("clean");
  expect(parseFormat("convex_json", null)).toBe("encoded");
  expect(() => parseFormat(7, null)).toThrow("Unknown value format 7");
});
