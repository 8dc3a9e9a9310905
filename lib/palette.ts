import { contrast, fromOklch, type Oklch, parseHex, type Rgb, toHex, toOklch } from "./color";

export type Theme = "light" | "dark";

/** Every colour that the widget draws with, as `#rrggbb`. */
export type Palette = {
  brand: string;
  /** Text on `brand`, at least 4.5:1. */
  onBrand: string;
  /** Edge of parts filled with `brand`: `brand` itself, or `control` where brand and panel are too alike. */
  brandEdge: string;
  /** Links, focus ring and thin lines in the brand's hue: 5:1 on `panel`, 4.5:1 on `bubble`. */
  ink: string;
  panel: string;
  /** The other side's messages. */
  bubble: string;
  /** Hairlines that only separate. */
  line: string;
  /** Edges of anything that can be operated, at least 3:1 on `panel`. */
  control: string;
  text: string;
  secondText: string;
  bad: string;
  badSurface: string;
};

/** Used where the configured colour is no hex colour. */
const FALLBACK_BRAND: Rgb = [0x2b, 0x5c, 0x8a];

const MAX_CHROMA = 0.19;
/** Below this a brand counts as grey, and nothing is tinted. */
const GREY_CHROMA = 0.02;
const MAX_INK_CHROMA = 0.12;
const TEXT_RATIO = 4.5;
const INK_ON_PANEL_RATIO = 5;
const BRAND_ON_PANEL_RATIO = 3.2;
const STEP = 0.01;
/** How far rule 4 may carry a brand from the owner's choice, in steps. */
const MAX_PANEL_STEPS = 12;

/** Lightness and tint of each neutral: fixed per theme, so that only the hue follows the brand. */
const NEUTRALS = {
  light: {
    panel: [0.995, 0.002],
    bubble: [0.957, 0.004],
    line: [0.9, 0.006],
    control: [0.61, 0.012],
    secondText: [0.455, 0.012],
    text: [0.235, 0.012],
  },
  dark: {
    panel: [0.205, 0.006],
    bubble: [0.262, 0.006],
    line: [0.32, 0.008],
    control: [0.57, 0.012],
    secondText: [0.75, 0.008],
    text: [0.935, 0.006],
  },
} as const;

/**
 * Red stays fixed: an error must look the same beside every brand, a red one included. In OKLCH: light 0.50 0.17 27
 * on 0.965 0.018 25, dark 0.79 0.115 25 on 0.27 0.04 25.
 */
const BAD = {
  light: { bad: "#b02b27", badSurface: "#fef0ee" },
  dark: { bad: "#fc9d95", badSurface: "#381e1c" },
} as const;

/** One brand colour to a palette in which every text reaches 4.5:1 and every control edge 3:1. */
export function createPalette(brandColor: string, theme: Theme): Palette {
  const chosen = toOklch(parseHex(brandColor) ?? FALLBACK_BRAND);
  const isGrey = chosen.chroma < GREY_CHROMA;
  const base = { ...chosen, chroma: isGrey ? 0 : Math.min(chosen.chroma, MAX_CHROMA) };
  const neutral = (role: keyof (typeof NEUTRALS)[Theme]): Rgb => {
    const [lightness, tint] = NEUTRALS[theme][role];
    return fromOklch({ lightness, chroma: isGrey ? 0 : tint, hue: base.hue });
  };
  const panel = neutral("panel");
  const bubble = neutral("bubble");
  const readable = withReadableText(base);
  const visible = apartFromPanel(readable, panel, theme);
  const fill = fromOklch(visible ?? readable);
  const control = toHex(neutral("control"));
  return {
    brand: toHex(fill),
    onBrand: toHex(textOn(fill, base) ?? [255, 255, 255]),
    brandEdge: visible ? toHex(fill) : control,
    ink: toHex(inkOf(base, panel, bubble, theme)),
    panel: toHex(panel),
    bubble: toHex(bubble),
    line: toHex(neutral("line")),
    control,
    text: toHex(neutral("text")),
    secondText: toHex(neutral("secondText")),
    ...BAD[theme],
  };
}

/** White where it can be read, else a near-black of the same hue, else nothing. */
function textOn(fill: Rgb, { chroma, hue }: Oklch): Rgb | null {
  const white: Rgb = [255, 255, 255];
  const nearBlack = fromOklch({ lightness: 0.17, chroma: Math.min(chroma, 0.012), hue });
  return [white, nearBlack].find((text) => contrast(text, fill) >= TEXT_RATIO) ?? null;
}

/** The nearest lightness at which white or near-black can be read, darker first. */
function withReadableText(base: Oklch): Oklch {
  for (let step = 0; step < 100; step++) {
    for (const direction of [-1, 1]) {
      const moved = shifted(base, direction * step);
      if (textOn(fromOklch(moved), base)) return moved;
    }
  }
  return base;
}

/** Moves a fill away from the panel until it stands out, or gives up (null) and leaves the owner's colour alone. */
function apartFromPanel(base: Oklch, panel: Rgb, theme: Theme): Oklch | null {
  const away = theme === "light" ? -1 : 1;
  for (let step = 0; step <= MAX_PANEL_STEPS; step++) {
    const moved = shifted(base, away * step);
    const fill = fromOklch(moved);
    if (contrast(fill, panel) >= BRAND_ON_PANEL_RATIO && textOn(fill, base)) return moved;
  }
  return null;
}

function inkOf(base: Oklch, panel: Rgb, bubble: Rgb, theme: Theme): Rgb {
  const away = theme === "light" ? -1 : 1;
  const start = {
    ...base,
    lightness: Math.min(0.85, Math.max(0.3, base.lightness)),
    chroma: Math.min(base.chroma, MAX_INK_CHROMA),
  };
  for (let step = 0; ; step++) {
    const moved = shifted(start, away * step);
    const ink = fromOklch(moved);
    const isReadable = contrast(ink, panel) >= INK_ON_PANEL_RATIO && contrast(ink, bubble) >= TEXT_RATIO;
    if (isReadable || moved.lightness <= 0 || moved.lightness >= 1) return ink;
  }
}

function shifted(color: Oklch, steps: number): Oklch {
  return { ...color, lightness: Math.min(1, Math.max(0, color.lightness + steps * STEP)) };
}
