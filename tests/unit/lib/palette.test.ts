import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { contrast, fromOklch, parseHex, type Rgb, toHex, toOklch } from "../../../lib/color";
import { createPalette, type Palette, type Theme } from "../../../lib/palette";

const THEMES: Theme[] = ["light", "dark"];

function rgb(hex: string): Rgb {
  const parsed = parseHex(hex);
  if (!parsed) throw new Error(`${hex} is no colour`);
  return parsed;
}

/** Every pair that is drawn, with the ratio it must reach. */
function shortfalls(palette: Palette): string[] {
  const pairs: [keyof Palette, keyof Palette, number][] = [
    ["onBrand", "brand", 4.5],
    ["text", "panel", 4.5],
    ["text", "bubble", 4.5],
    ["text", "badSurface", 4.5],
    ["secondText", "panel", 4.5],
    ["secondText", "bubble", 4.5],
    ["ink", "panel", 5],
    ["ink", "bubble", 4.5],
    ["bad", "panel", 4.5],
    ["control", "panel", 3],
    ["brandEdge", "panel", 3],
  ];
  return pairs
    .filter(([one, other, ratio]) => contrast(rgb(palette[one]), rgb(palette[other])) < ratio)
    .map(([one, other, ratio]) => `${one} ${palette[one]} on ${other} ${palette[other]} is below ${ratio}`);
}

const anyColor = fc
  .tuple(fc.nat(255), fc.nat(255), fc.nat(255))
  .map(([red, green, blue]) => toHex([red, green, blue]));

describe.each(THEMES)("a palette (%s)", (theme) => {
  test("can be read whatever the brand colour", () => {
    fc.assert(
      fc.property(anyColor, (color) => {
        expect(shortfalls(createPalette(color, theme))).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  test("can be read on an even grid of colours, the corners included", () => {
    const steps = [0, 51, 102, 153, 204, 255];
    for (const red of steps) {
      for (const green of steps) {
        for (const blue of steps) {
          const color = toHex([red, green, blue]);
          expect([color, ...shortfalls(createPalette(color, theme))]).toEqual([color]);
        }
      }
    }
  });

  test("of a grey brand is without any tint", () => {
    const { panel, bubble, text, ink } = createPalette("#808080", theme);
    for (const color of [panel, bubble, text, ink]) expect(new Set(rgb(color)).size).toBe(1);
  });

  test.each(["", "red", "#12", "#12345g", "rgb(1,2,3)"])("falls back for %j", (color) => {
    expect(createPalette(color, theme)).toEqual(createPalette("#2b5c8a", theme));
  });

  test("keeps the fixed red beside every brand", () => {
    expect(createPalette("#ff0000", theme).bad).toBe(createPalette("#00ff00", theme).bad);
  });
});

test("a brand that needs no help stays as it is", () => {
  const { brand, brandEdge, onBrand } = createPalette("#8a4b2a", "light");
  expect({ brand, brandEdge, onBrand }).toEqual({
    brand: "#8a4b2a",
    brandEdge: "#8a4b2a",
    onBrand: "#ffffff",
  });
});

test("a brand that is too dark for the dark panel gets lighter", () => {
  const { brand } = createPalette("#8a4b2a", "dark");
  expect(toOklch(rgb(brand)).lightness).toBeGreaterThan(toOklch(rgb("#8a4b2a")).lightness);
});

test("a brand on which neither white nor near-black can be read gets the least bit darker", () => {
  for (const theme of THEMES) {
    const { brand, onBrand } = createPalette("#787878", theme);
    expect(onBrand).toBe("#ffffff");
    const change = toOklch(rgb("#787878")).lightness - toOklch(rgb(brand)).lightness;
    expect(change).toBeGreaterThan(0);
    expect(change).toBeLessThan(0.03);
  }
});

test("a brand that cannot stand out keeps its colour and gets an edge", () => {
  const pale = createPalette("#fff9c4", "light");
  expect(pale.brand).toBe("#fff9c4");
  expect(pale.brandEdge).toBe(pale.control);
  const black = createPalette("#000000", "dark");
  expect(black.brandEdge).toBe(black.control);
});

describe("colours", () => {
  test.each([
    ["#abc", [0xaa, 0xbb, 0xcc]],
    [" #A1b2C3 ", [0xa1, 0xb2, 0xc3]],
    ["#abcd", null],
    ["abc", null],
  ])("%j is %j", (text, expected) => {
    expect(parseHex(text)).toEqual(expected);
  });

  test("survive the way to OKLCH and back", () => {
    fc.assert(
      fc.property(anyColor, (color) => {
        expect(toHex(fromOklch(toOklch(rgb(color))))).toBe(color);
      }),
    );
  });

  test("outside sRGB keep their lightness", () => {
    const vivid = { lightness: 0.6, chroma: 0.4, hue: 2.5 };
    expect(toOklch(fromOklch(vivid)).lightness).toBeCloseTo(0.6, 2);
  });

  test("contrast as WCAG has it", () => {
    expect(contrast([0, 0, 0], [255, 255, 255])).toBeCloseTo(21);
    expect(contrast([119, 119, 119], [255, 255, 255])).toBeCloseTo(4.48, 2);
  });
});
