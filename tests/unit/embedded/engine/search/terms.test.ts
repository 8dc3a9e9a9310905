import { describe, expect, test } from "vitest";
import { decodeFieldNorm, encodeFieldNorm } from "@/embedded/engine/search/field-norm";
import { tokenize } from "@/embedded/engine/search/tokenizer";

describe("terms of a text", () => {
  test.each<[string, string, string[]]>([
    [
      "split at all but letters and digits",
      "Hello, world! a_b-c 3.14",
      ["hello", "world", "a", "b", "c", "3", "14"],
    ],
    ["keep accents and scripts", "Été naïve 日本語 ½", ["été", "naïve", "日本語", "½"]],
    ["lower case letter by letter", "ΟΔΟΣ İ", ["οδοσ", "i\u0307"]],
    [
      "leave out 32 bytes and more",
      `${"x".repeat(31)} ${"x".repeat(32)} ${"é".repeat(15)} ${"é".repeat(16)}`,
      ["x".repeat(31), "é".repeat(15)],
    ],
    ["none of an empty text", " !? ", []],
  ])("%s", (_what, text, terms) => {
    expect([...tokenize(text)]).toEqual(terms);
  });
});

test("a length is stored as the largest known one that is not above it", () => {
  const known = Array.from({ length: 256 }, (_, code) => decodeFieldNorm(code));
  expect(known.slice(38, 52)).toEqual([38, 39, 40, 42, 44, 46, 48, 50, 52, 54, 56, 60, 64, 68]);
  expect(known.at(-1)).toBe(2_013_265_944);
  for (let length = 0; length < 600_000; length = Math.ceil(length * 1.01) + 1) {
    const code = encodeFieldNorm(length);
    expect(known[code]).toBeLessThanOrEqual(length);
    expect(known[code + 1]).toBeGreaterThan(length);
  }
});
