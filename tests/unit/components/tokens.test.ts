import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

type Theme = "light" | "dark";
type Rgb = readonly [number, number, number];

const css = readFileSync("components/ui/tokens.css", "utf8");

/** The value of a token in a theme, with references to other tokens followed. */
function token(name: string, theme: Theme): string {
  const value = new RegExp(`^\\s*--${name}:\\s*(.+?);`, "m").exec(css)?.[1];
  if (value === undefined) throw new Error(`No token --${name}.`);
  const reference = /^var\(--([\w-]+)\)$/.exec(value)?.[1];
  if (reference !== undefined) return token(reference, theme);
  const pair = /^light-dark\((oklch\([^)]*\)),\s*(oklch\([^)]*\))\)$/.exec(value);
  const picked = pair?.[theme === "light" ? 1 : 2];
  if (picked === undefined) throw new Error(`--${name} is not a pair of colours: ${value}`);
  return picked;
}

/** Linear sRGB of an opaque oklch() colour, each channel from 0 to 1. Matrices: Björn Ottosson's Oklab. */
function linearRgb(oklch: string): Rgb {
  const numbers = /^oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)$/.exec(oklch)?.slice(1).map(Number);
  if (!numbers) throw new Error(`Not an opaque oklch colour: ${oklch}`);
  const [L = 0, C = 0, h = 0] = numbers;
  const a = C * Math.cos((h * Math.PI) / 180);
  const b = C * Math.sin((h * Math.PI) / 180);
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clip = (channel: number) => Math.min(1, Math.max(0, channel));
  return [
    clip(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    clip(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    clip(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

/** WCAG 2 contrast of two tokens. */
function contrast(front: string, back: string, theme: Theme): number {
  const luminance = (name: string) => {
    const [r, g, b] = linearRgb(token(name, theme));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [low = 0, high = 0] = [luminance(front), luminance(back)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

const SURFACES = ["canvas", "surface", "surface-sunk", "surface-raised", "surface-hover", "surface-active"];

/** Text on what it stands on: at least 4.5:1. */
const TEXT: [front: string, backs: string[]][] = [
  ["text", [...SURFACES, "surface-selected", "role-visitor-surface", "role-note-surface", "danger-surface"]],
  ["text-2", [...SURFACES, "surface-selected"]],
  ["text-3", [...SURFACES, "surface-selected", "role-visitor-surface", "role-note-surface"]],
  ["text-inverse", ["surface-inverse"]],
  ["on-accent", ["accent", "accent-hover", "accent-press"]],
  ["on-danger", ["danger", "danger-hover"]],
  ["accent-text", ["canvas", "surface", "surface-raised", "surface-selected", "accent-surface"]],
  ["danger-text", ["surface", "surface-raised", "surface-selected", "surface-hover", "danger-surface"]],
  ["warning-text", ["surface", "surface-selected", "surface-hover", "warning-surface"]],
  ["success-text", ["surface", "surface-raised", "success-surface"]],
  ["status-snoozed", ["surface", "surface-raised"]],
  ["status-closed", ["surface", "surface-raised", "surface-selected"]],
  ["role-visitor", ["role-visitor-surface"]],
  ["role-operator", ["surface"]],
  ["role-atlas", ["surface"]],
  ["role-note", ["role-note-surface"]],
];

/** Edges of what can be operated, icons and rings: at least 3:1. */
const EDGES: [front: string, backs: string[]][] = [
  ["border-control", ["canvas", "surface", "surface-raised"]],
  ["focus", [...SURFACES, "surface-selected", "role-note-surface"]],
  ["accent", ["canvas", "surface", "surface-selected"]],
  ["role-note-line", ["surface", "role-note-surface"]],
  ["role-atlas-line", ["surface"]],
  ["channel-web", ["surface", "surface-selected"]],
  ["channel-email", ["surface", "surface-selected"]],
  ["channel-whatsapp", ["surface", "surface-selected"]],
  ["channel-sms", ["surface", "surface-selected"]],
];

const cases = (pairs: [string, string[]][]) =>
  pairs.flatMap(([front, backs]) =>
    backs.flatMap((back) => (["light", "dark"] as const).map((theme) => [front, back, theme] as const)),
  );

describe("contrast of the design tokens", () => {
  it("is computed as WCAG defines it", () => {
    expect(linearRgb("oklch(1 0 0)").map((channel) => Math.round(channel * 1000))).toEqual([
      1000, 1000, 1000,
    ]);
    // Figures measured by hand when the palette was drawn.
    expect(contrast("text", "surface", "light")).toBeCloseTo(16.4, 0);
    expect(contrast("border-control", "surface", "dark")).toBeCloseTo(3.85, 1);
  });

  it.each(cases(TEXT))("%s on %s in %s can be read", (front, back, theme) => {
    expect(contrast(front, back, theme)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(cases(EDGES))("%s on %s in %s can be seen", (front, back, theme) => {
    expect(contrast(front, back, theme)).toBeGreaterThanOrEqual(3);
  });
});
