import { describe, expect, it } from "vitest";
import { originAllowed } from "../../../../convex/logic/origins";

describe("originAllowed", () => {
  it("allows any page, and none, when nothing is listed", () => {
    for (const origin of ["https://x.test", "null", "nonsense", null])
      expect(originAllowed([], origin)).toBe(true);
  });

  const listed = ["https://shop.test", "http://localhost:8080/", "https://EXAMPLE.test:443"];

  it.each(["https://shop.test", "http://localhost:8080", "https://example.test"])("allows %s", (origin) => {
    expect(originAllowed(listed, origin)).toBe(true);
  });

  it.each([
    null,
    "",
    "null",
    "shop.test",
    "http://shop.test",
    "https://shop.test:444",
    "https://www.shop.test",
    "https://shop.test.evil.test",
    "https://evil.test/https://shop.test",
    "http://localhost",
    "file:///shop.test",
  ])("refuses %s", (origin) => {
    expect(originAllowed(listed, origin)).toBe(false);
  });

  it("cannot list what many unrelated pages share", () => {
    expect(originAllowed(["null", "file:///", "data:x", "nonsense"], "null")).toBe(false);
    expect(originAllowed(["null", "file:///"], "file:///")).toBe(false);
  });
});
