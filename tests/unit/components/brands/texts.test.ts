import { describe, expect, it } from "vitest";
import { colorUses, ratioText } from "@/components/brands/contrast";
import { placeOf, seenText } from "@/components/brands/sighting-text";
import { createPalette } from "@/lib/palette";

const NOW = Date.UTC(2026, 10, 19, 12, 0, 0);

describe("where a widget was seen", () => {
  it.each([
    ["https://shop.test", "shop.test"],
    ["http://127.0.0.1:3000", "127.0.0.1:3000"],
    ["null", "a local file"],
  ])("calls %s %s", (origin, place) => expect(placeOf({ origin })).toBe(place));

  it.each([
    [10_000, "just now"],
    [2 * 60_000, "2 min ago"],
    [-5_000, "just now"],
  ])("says of %i ms ago: %s", (ago, text) => expect(seenText({ seenAt: NOW - ago }, NOW)).toBe(text));

  it("names the day of what was long ago", () => {
    expect(seenText({ seenAt: NOW - 3 * 86_400_000 }, NOW)).toMatch(/16/);
  });
});

describe("contrasts", () => {
  it.each(["#ffee00", "#8a4b2a", "#000000"])("of %s are what text and edges need", (color) => {
    for (const theme of ["light", "dark"] as const) {
      const ratios = colorUses(createPalette(color, theme)).map(({ ratio }) => ratio);
      expect(ratios.map((ratio, index) => ratio >= (index === 3 ? 3 : 4.5))).toEqual([
        true,
        true,
        true,
        true,
      ]);
    }
  });

  it("are never told higher than they are", () => {
    expect(ratioText(4.49)).toBe("4.4 : 1");
    expect(ratioText(21)).toBe("21.0 : 1");
  });
});
