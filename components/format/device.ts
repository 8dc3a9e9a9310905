/** The first of a name's patterns in the text wins: browsers that build on another name that one too. */
const BROWSERS: readonly [string, RegExp][] = [
  ["Edge", /\bEdgA?\/|\bEdgiOS\//],
  ["Opera", /\bOPR\//],
  ["Samsung Internet", /\bSamsungBrowser\//],
  ["Firefox", /\bFirefox\/|\bFxiOS\//],
  ["Chrome", /\bChrom(e|ium)\/|\bCriOS\/|\bHeadlessChrome\//],
  ["Safari", /\bSafari\//],
];

const SYSTEMS: readonly [string, RegExp][] = [
  ["iPhone", /\biPhone\b/],
  ["iPad", /\biPad\b/],
  ["Android", /\bAndroid\b/],
  ["Windows", /\bWindows\b/],
  ["ChromeOS", /\bCrOS\b/],
  ["macOS", /\bMacintosh\b/],
  ["Linux", /\bLinux\b/],
];

/** A browser and its system in words, by what it says of itself: "Firefox on Linux". Others by their first word. */
export function deviceText(userAgent: string | undefined): string {
  if (userAgent === undefined || userAgent.trim() === "") return "A program";
  const find = (names: readonly [string, RegExp][]) => names.find(([, mark]) => mark.test(userAgent))?.[0];
  const browser = find(BROWSERS);
  const system = find(SYSTEMS);
  if (browser !== undefined) return system === undefined ? browser : `${browser} on ${system}`;
  return userAgent.trim().split(/[\s/]/)[0] ?? "A program";
}
