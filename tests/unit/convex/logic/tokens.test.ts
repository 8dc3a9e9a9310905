import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as tokens from "../../../../convex/logic/tokens";

const keyBytes = fc.uint8Array({ minLength: tokens.API_KEY_BYTES, maxLength: tokens.API_KEY_BYTES });

describe("API keys", () => {
  it("carry the CRC-32 of what precedes it", () => {
    const key = tokens.formatApiKey(new Uint8Array(16));
    // The checksum was computed by zlib's crc32.
    expect(key).toBe(`ptk_live_${"0".repeat(32)}aadab63d`);
    expect(tokens.apiKeyPrefix(key)).toBe("ptk_live_0000000");
  });

  it("are recognised, and no mistyped one is", () => {
    fc.assert(
      fc.property(keyBytes, fc.nat(), fc.constantFrom(..."0123456789abcdef"), (bytes, position, digit) => {
        const key = tokens.formatApiKey(bytes);
        expect(key).toMatch(/^ptk_live_[0-9a-f]{40}$/);
        expect(tokens.isApiKey(key)).toBe(true);
        const at = "ptk_live_".length + (position % 40);
        const typo = key.slice(0, at) + digit + key.slice(at + 1);
        expect(tokens.isApiKey(typo)).toBe(typo === key);
      }),
    );
    const key = tokens.formatApiKey(new Uint8Array(16));
    for (const wrong of ["", key.toUpperCase(), ` ${key}`, `${key}\n`, key.slice(1)]) {
      expect(tokens.isApiKey(wrong)).toBe(false);
    }
  });
});

describe("hex and hashes", () => {
  it("are what everyone else computes", async () => {
    expect(tokens.toHex(new Uint8Array([0, 1, 16, 255]))).toBe("000110ff");
    expect(tokens.formatWidgetId(new Uint8Array(tokens.WIDGET_ID_BYTES))).toBe("ws_0000000000000000");
    expect(await tokens.sha256Hex("abc")).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
  });
});
