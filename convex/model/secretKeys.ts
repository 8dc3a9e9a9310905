/** The keys of secrets at rest, from the deployment's environment. */
import { env } from "../_generated/server";
import { refusal } from "../errors";
import { SEAL_IV_BYTES, parseSecretKeys, seal } from "../logic/sealing";
import type { SecretKey } from "../logic/sealing";

/** Null while nothing can be sealed. */
export function secretKeys(): [SecretKey, ...SecretKey[]] | null {
  const parsed = parseSecretKeys(env.PRAXTALK_SECRET_KEY ?? "");
  return parsed.ok ? parsed.value : null;
}

/**
 * The text sealed for its context, from an action: the bytes must be random. `feature`, as a plural, is what is off
 * without a key.
 */
export async function sealFresh(text: string, context: string, feature: string): Promise<string> {
  const keys = secretKeys();
  if (keys === null) {
    throw refusal(
      "NOT_CONFIGURED",
      `${feature} are off: set PRAXTALK_SECRET_KEY in the deployment's environment to base64 of 32 random bytes.`,
    );
  }
  return await seal(text, keys, context, crypto.getRandomValues(new Uint8Array(SEAL_IV_BYTES)));
}
