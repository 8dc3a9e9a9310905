import type { JSONValue } from "../storage/types";

/** Longest value that an error text shows whole. */
const MAX_LENGTH = 16_384;

/** A Convex value for error texts: `{a: 1.0, big: 5n, name: "x"}`; floats always with a dot or exponent. */
export function formatValue(value: JSONValue): string {
  const text = format(value);
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH)}[...truncated]`;
}

export function formatName(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : JSON.stringify(name);
}

function format(value: JSONValue): string {
  if (typeof value === "number")
    return Number.isInteger(value) && Math.abs(value) < 1e16 ? `${value}.0` : `${value}`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(format).join(", ")}]`;
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first !== undefined) {
    const special = formatSpecial(first[0], first[1]);
    if (special !== null) return special;
  }
  return `{${entries.map(([name, field]) => `${formatName(name)}: ${format(field)}`).join(", ")}}`;
}

function formatSpecial(name: string, value: JSONValue): string | null {
  if (name === "$commitTs") return "[unresolved commit timestamp]";
  if (typeof value !== "string") return null;
  const bytes = Buffer.from(value, "base64");
  if (name === "$bytes") return `b"${bytes.toString("base64")}"`;
  if (bytes.length !== 8) return null;
  if (name === "$integer") return `${bytes.readBigInt64LE()}n`;
  if (name !== "$float") return null;
  const float = bytes.readDoubleLE();
  return Object.is(float, -0) ? "-0.0" : String(float);
}
