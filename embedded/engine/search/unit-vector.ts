import type { JSONValue } from "../../storage/types";

/**
 * An array of exactly `dimensions` finite floats, scaled to length 1, so that the product of two is their cosine; all
 * zeros stay so. Null for anything else.
 */
export function unitVector(
  value: JSONValue | undefined,
  dimensions: number,
): Float32Array<ArrayBuffer> | null {
  if (!Array.isArray(value) || value.length !== dimensions) return null;
  const vector = new Float32Array(dimensions);
  let squares = 0;
  for (let i = 0; i < dimensions; i++) {
    const element = floatOf(value[i]);
    if (element === null) return null;
    vector[i] = element;
    if (!Number.isFinite(vector[i])) return null;
    squares += (vector[i] as number) ** 2;
  }
  const length = Math.sqrt(squares);
  if (length > 0) for (let i = 0; i < dimensions; i++) vector[i] = (vector[i] as number) / length;
  return vector;
}

/** Of two unit vectors of one length. Four sums at a time keep the processor's pipeline full. */
export function dotProduct(a: Float32Array, b: Float32Array): number {
  const { length } = a;
  const whole = length - (length % 4);
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (let i = 0; i < whole; i += 4) {
    s0 += (a[i] as number) * (b[i] as number);
    s1 += (a[i + 1] as number) * (b[i + 1] as number);
    s2 += (a[i + 2] as number) * (b[i + 2] as number);
    s3 += (a[i + 3] as number) * (b[i + 3] as number);
  }
  for (let i = whole; i < length; i++) s0 += (a[i] as number) * (b[i] as number);
  return s0 + s1 + s2 + s3;
}

function floatOf(value: JSONValue | undefined): number | null {
  if (typeof value === "number") return value;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const text = value["$float"];
  if (typeof text !== "string" || Object.keys(value).length !== 1) return null;
  return Buffer.from(text, "base64").readDoubleLE();
}
