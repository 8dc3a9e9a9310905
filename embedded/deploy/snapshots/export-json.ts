/**
 * Documents as they stand in an export: JSON in which an int64 is a bare integer and a float64 always has a dot or an
 * exponent. What JSON lacks stays as it is in Convex's own encoding (`$bytes`, `$float` for NaN and the infinities).
 */
import type { JSONObject, JSONValue } from "../../storage/types";

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const MINUS_ZERO: JSONObject = { $float: "AAAAAAAAAIA=" };

/** `text`: JSON text of a stored document. */
export function exportedDocument(text: string): string {
  return exported(JSON.parse(text) as JSONValue);
}

function exported(value: JSONValue): string {
  if (typeof value === "number") return exportedFloat(value);
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(exported).join(",")}]`;
  const { $integer, $float } = value;
  if (typeof $integer === "string") return String(Buffer.from($integer, "base64").readBigInt64LE());
  if ($float === MINUS_ZERO["$float"]) return "-0.0";
  const fields = Object.entries(value).map(([name, field]) => `${JSON.stringify(name)}:${exported(field)}`);
  return `{${fields.join(",")}}`;
}

function exportedFloat(value: number): string {
  const text = String(value).replace("e+", "e");
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/**
 * Parses one line. `uniform`: written as above; otherwise it is anybody's JSON, in which every number is a float64. Throws
 * SyntaxError for what is no JSON, RangeError for an integer that is no int64.
 */
export function parseImported(text: string, uniform: boolean): JSONValue {
  try {
    return JSON.parse(tagNumbers(text, uniform)) as JSONValue;
  } catch (error) {
    // For its message: the positions in it are those of the text as it was given.
    if (error instanceof SyntaxError) JSON.parse(text);
    throw error;
  }
}

/** Replaces numbers that JSON.parse would blur by their encoded form; leaves strings alone. */
function tagNumbers(text: string, uniform: boolean): string {
  let tagged = "";
  let copied = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
    } else if (code === MINUS || (code >= ZERO && code <= NINE)) {
      NUMBER.lastIndex = at;
      const number = NUMBER.exec(text)?.[0];
      if (number === undefined) continue;
      const tag = tagOf(number, uniform);
      if (tag !== null) {
        tagged += text.slice(copied, at) + tag;
        copied = at + number.length;
      }
      at += number.length - 1;
    }
  }
  return tagged + text.slice(copied);
}

const QUOTE = 0x22;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;

function tagOf(number: string, uniform: boolean): string | null {
  if (uniform && /^-?\d+$/.test(number)) return JSON.stringify({ $integer: int64Bytes(BigInt(number)) });
  return Object.is(Number(number), -0) ? JSON.stringify(MINUS_ZERO) : null;
}

function int64Bytes(value: bigint): string {
  if (value < INT64_MIN || value > INT64_MAX) throw new RangeError(`${value} does not fit into an int64`);
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return bytes.toString("base64");
}

/** Position of the quote that ends the string which begins at `start`; the end of the text if none does. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === 0x5c) backslashes++;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}
