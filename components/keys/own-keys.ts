import type { OwnKeys } from "@/lib/keys";
import { isSingleKey } from "./key-match";

/** Which single keys a person has: none, or the usual ones with some changed. */
export type KeyChoice = { singleKeys: boolean; keys: OwnKeys };

export const USUAL_KEYS: KeyChoice = { singleKeys: true, keys: {} };

/**
 * The key that does for this person what `key` usually does; null: none. One that came after they had given its letter to
 * another has none until they choose one.
 */
export function ownKey(key: string, { singleKeys, keys }: KeyChoice): string | null {
  if (!isSingleKey(key)) return key;
  if (!singleKeys) return null;
  const [first = key, ...rest] = key.split(" ");
  if (keys[first] === undefined && Object.values(keys).includes(first)) return null;
  return [keys[first] ?? first, ...rest].join(" ");
}
