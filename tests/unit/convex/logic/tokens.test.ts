import { describe, expect, it } from "vitest";
import * as tokens from "../../../../convex/logic/tokens";

describe("API keys", () => {
  it("carry the CRC-32 of what precedes it", () => {
    const key = tokens.formatApiKey(new Uint8Array(16));
    // The checksum was computed by zlib's crc32.
    expect(key).toBe(`ptk_live_${"0".repeat(32)}aadab63d`);
    expect(tokens.apiKeyPrefix(key)).toBe("ptk_live_0000000");
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
