import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { slugFromName } from "../../../../convex/logic/slug";

describe("slugFromName", () => {
  it.each([
    ["Acme", "acme"],
    ["  Café Ünïcode & Co. ", "cafe-unicode-co"],
    ["A/B--Testing!!", "a-b-testing"],
    ["株式会社", "workspace"],
    ["", "workspace"],
    ["x".repeat(100), "x".repeat(48)],
    [`${"x".repeat(47)} yes`, "x".repeat(47)],
  ])("turns %j into %s", (name, slug) => {
    expect(slugFromName(name, "workspace")).toBe(slug);
  });

  it("calls a brand so when nothing of its name is left", () => {
    expect(slugFromName("株式会社", "brand")).toBe("brand");
  });

  it("always gives something fit for a URL", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (name) => {
        expect(slugFromName(name, "brand")).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      }),
    );
  });
});
