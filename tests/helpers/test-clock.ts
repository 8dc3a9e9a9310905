/** A clock that a test moves, for a real backend: `Date` in all its threads but Node actions' runs ahead by what a file says. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

export type TestClock = {
  /** For the backend's environment. */
  readonly env: Record<string, string>;
  /** What the backend's clock shows, Unix ms. */
  now(): number;
  /** Moves the backend's clock; negative sets it back. */
  advance(ms: number): void;
};

/** Keeps its files in `dir`. */
export function testClock(dir: string): TestClock {
  const offsetFile = path.join(dir, "clock-offset");
  const shim = path.join(dir, "clock.mjs");
  let ahead = 0;
  const write = () => writeFileSync(offsetFile, String(ahead));
  write();
  writeFileSync(shim, SHIM.replace("OFFSET_FILE", JSON.stringify(offsetFile)));
  return {
    env: { NODE_OPTIONS: `--import=${pathToFileURL(shim).href}` },
    now: () => Date.now() + ahead,
    advance: (ms) => {
      ahead += ms;
      write();
    },
  };
}

/** Reads the file at most every 20 ms; a half-written one counts as unchanged. */
const SHIM = `
import { readFileSync } from "node:fs";
const RealDate = Date;
let ahead = 0;
let readAt = -Infinity;
function offset() {
  const now = performance.now();
  if (now - readAt > 20) {
    readAt = now;
    const text = readFileSync(OFFSET_FILE, "utf8");
    if (text !== "") ahead = Number(text);
  }
  return ahead;
}
globalThis.Date = class extends RealDate {
  constructor(...parts) { parts.length === 0 ? super(RealDate.now() + offset()) : super(...parts); }
  static now() { return RealDate.now() + offset(); }
};
`;
