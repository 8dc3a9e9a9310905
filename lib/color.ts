/**
 * sRGB and OKLCH. A colour is an 8-bit sRGB triple here, because that is what the screen shows: contrast is
 * measured after rounding, so that a ratio of 4.5 is 4.5 on the page and not only in floating point.
 */
export type Rgb = readonly [red: number, green: number, blue: number];

/** Lightness 0…1, chroma 0…about 0.37, hue in radians. */
export type Oklch = { readonly lightness: number; readonly chroma: number; readonly hue: number };

/** Reads `#rgb` or `#rrggbb`; anything else is null. */
export function parseHex(text: string): Rgb | null {
  const digits = /^#([\da-f]{3}|[\da-f]{6})$/i.exec(text.trim())?.[1];
  if (!digits) return null;
  const full = digits.length === 3 ? digits.replace(/./g, "$&$&") : digits;
  const channel = (index: number): number => parseInt(full.slice(index * 2, index * 2 + 2), 16);
  return [channel(0), channel(1), channel(2)];
}

export function toHex(rgb: Rgb): string {
  return "#" + rgb.map((channel) => channel.toString(16).padStart(2, "0")).join("");
}

/** WCAG 2 contrast ratio, 1…21, order does not matter. */
export function contrast(one: Rgb, other: Rgb): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

export function luminance(rgb: Rgb): number {
  const [red, green, blue] = toLinear(rgb);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

export function toOklch(rgb: Rgb): Oklch {
  const [red, green, blue] = toLinear(rgb);
  const l = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
  const m = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
  const s = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
  const a = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
  const b = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
  return {
    lightness: 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    chroma: Math.hypot(a, b),
    hue: Math.atan2(b, a),
  };
}

/** A colour outside sRGB keeps its lightness and hue and loses chroma until it fits. */
export function fromOklch({ lightness, chroma, hue }: Oklch): Rgb {
  for (let fitting = chroma; ; fitting -= 0.002) {
    const linear = linearFromOklch(lightness, Math.max(0, fitting), hue);
    if (fitting <= 0 || linear.every((channel) => channel > -0.0005 && channel < 1.0005))
      return toRgb(linear);
  }
}

function linearFromOklch(lightness: number, chroma: number, hue: number): [number, number, number] {
  const a = chroma * Math.cos(hue);
  const b = chroma * Math.sin(hue);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

function toLinear([red, green, blue]: Rgb): [number, number, number] {
  return [linearChannel(red), linearChannel(green), linearChannel(blue)];
}

function linearChannel(channel: number): number {
  const unit = channel / 255;
  return unit <= 0.04045 ? unit / 12.92 : ((unit + 0.055) / 1.055) ** 2.4;
}

function toRgb([red, green, blue]: [number, number, number]): Rgb {
  return [gammaChannel(red), gammaChannel(green), gammaChannel(blue)];
}

function gammaChannel(linear: number): number {
  const clamped = Math.min(1, Math.max(0, linear));
  return Math.round(255 * (clamped <= 0.0031308 ? 12.92 * clamped : 1.055 * clamped ** (1 / 2.4) - 0.055));
}
