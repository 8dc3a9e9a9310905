import { contrast, parseHex } from "@/lib/color";
import type { Palette } from "@/lib/palette";

export type ColorUse = { name: string; color: string; ratio: number };

const ratioOf = (one: string, other: string): number => {
  const [a, b] = [parseHex(one), parseHex(other)];
  return a === null || b === null ? 1 : contrast(a, b);
};

/** What the palette is used for, each with the contrast that decides whether it can be read or seen. */
export function colorUses({ brand, onBrand, ink, panel, bubble, text, control }: Palette): ColorUse[] {
  return [
    { name: "Buttons and your visitor’s words", color: brand, ratio: ratioOf(onBrand, brand) },
    { name: "Links", color: ink, ratio: ratioOf(ink, panel) },
    { name: "Your team’s words", color: bubble, ratio: ratioOf(text, bubble) },
    { name: "Field edges", color: control, ratio: ratioOf(control, panel) },
  ];
}

/** "6.7 : 1", never more than there is. */
export function ratioText(ratio: number): string {
  return `${(Math.floor(ratio * 10) / 10).toFixed(1)} : 1`;
}
