/** The forms in which a function's value is sent. Inside, values are text in Convex encoded JSON. */
import type { JSONValue } from "../storage/types";
import { ApiError } from "./api";
import { atLeast, type ClientVersion } from "./client-version";

export type ValueFormat = "encoded" | "clean" | "export";

/** npm clients before this version expect encoded JSON when they name no format. */
const CLEAN_SINCE = [1, 4, 1] as const;

/** `name` as a request gave it. */
export function parseFormat(name: unknown, client: ClientVersion | null): ValueFormat {
  switch (name) {
    case undefined:
    case null:
      return client?.client === "npm" && !atLeast(client.version, CLEAN_SINCE) ? "encoded" : "clean";
    case "convex_encoded_json":
    case "convex_json":
      return "encoded";
    case "json":
    case "convex_clean_json":
      return "clean";
    case "export_json":
      return "export";
    default:
      throw new ApiError(400, "BadFormat", `Unknown value format ${JSON.stringify(name)}.`);
  }
}

/** JSON text of a value in the format. */
export function formatValue(encoded: string, format: ValueFormat): string {
  if (format === "encoded") return encoded;
  // Without special values clean JSON is the same text.
  if (format === "clean" && !encoded.includes('"$')) return encoded;
  const value = JSON.parse(encoded) as JSONValue;
  return format === "clean" ? JSON.stringify(clean(value)) : exportText(value);
}

/** int64 becomes decimal text, bytes base64 text, the special floats their names. */
function clean(value: JSONValue): JSONValue {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(clean);
  const special = specialValue(value);
  if (special !== null) return typeof special === "bigint" ? special.toString() : cleanFloat(special);
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, clean(field)]));
}

function cleanFloat(special: number | string): JSONValue {
  if (typeof special === "string") return special;
  return Number.isFinite(special) ? special : String(special);
}

/** As in an export: int64 is a bare integer, every float has a point or an exponent, the rest keeps its mark. */
function exportText(value: JSONValue): string {
  if (typeof value === "number") {
    const text = Object.is(value, -0) ? "-0" : String(value);
    return /[.e]/.test(text) ? text : `${text}.0`;
  }
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(exportText).join(",")}]`;
  const special = specialValue(value);
  if (typeof special === "bigint") return special.toString();
  if (typeof special === "number" && Object.is(special, -0)) return "-0.0";
  if (special !== null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([key, field]) => `${JSON.stringify(key)}:${exportText(field)}`);
  return `{${fields.join(",")}}`;
}

/** What `{"$integer": …}`, `{"$float": …}`, `{"$bytes": …}` stand for; null for an ordinary object. */
function specialValue(value: { [key: string]: JSONValue }): bigint | number | string | null {
  const { $integer, $float, $bytes } = value;
  if (typeof $integer === "string") return Buffer.from($integer, "base64").readBigInt64LE();
  if (typeof $float === "string") return Buffer.from($float, "base64").readDoubleLE();
  return typeof $bytes === "string" ? $bytes : null;
}
