import { parseCidrs } from "../../convex/logic/addressSafety";
import type { Cidr } from "../../convex/logic/addressSafety";

/** The ranges that a text names. */
export function cidrs(text: string): Cidr[] {
  const parsed = parseCidrs(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.value;
}
