import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { API_KEY_BYTES, formatApiKey, isApiKey } from "../../../../convex/logic/tokens";

describe("isApiKey", () => {
  const keys = fc.uint8Array({ minLength: API_KEY_BYTES, maxLength: API_KEY_BYTES }).map(formatApiKey);

  it("knows every key that was made, and none with one character changed", () => {
    fc.assert(
      fc.property(
        keys,
        fc.nat({ max: 48 }),
        fc.constantFrom(..."0123456789abcdefABCDEFgptk_ "),
        (key, at, char) => {
          expect(isApiKey(key)).toBe(true);
          fc.pre(key[at] !== char);
          expect(isApiKey(key.slice(0, at) + char + key.slice(at + 1))).toBe(false);
        },
      ),
    );
  });

  it.each(["", "ptk_live_", `ptk_live_${"0".repeat(40)}`, `ptk_test_${"0".repeat(40)}`, "x".repeat(8_000)])(
    "refuses %j",
    (text) => {
      expect(isApiKey(text)).toBe(false);
    },
  );
});
