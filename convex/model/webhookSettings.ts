/** What the deployment's environment says about webhooks. `npm start` refuses values that cannot be used. */
import { env } from "../_generated/server";
import { refusal } from "../errors";
import { parseCidrs } from "../logic/addressSafety";
import type { Cidr } from "../logic/addressSafety";
import { DEFAULT_RETRY_SCHEDULE, parseRetrySchedule } from "../logic/retrySchedule";
import { parseSecretKeys } from "../logic/sealing";
import type { SecretKey } from "../logic/sealing";

/** Delays between attempts; a value that cannot be used counts as none. */
export function retrySchedule(): readonly number[] {
  const parsed = parseRetrySchedule(env.PRAXTALK_WEBHOOK_RETRY_SCHEDULE ?? "");
  return parsed.ok ? parsed.value : DEFAULT_RETRY_SCHEDULE;
}

/** Ranges of private addresses that endpoints may have; a value that cannot be used opens none. */
export function allowedCidrs(): Cidr[] {
  const parsed = parseCidrs(env.PRAXTALK_WEBHOOK_ALLOW_CIDRS ?? "");
  return parsed.ok ? parsed.value : [];
}

/** Keys for secrets at rest; null while webhooks cannot be used. */
export function secretKeys(): [SecretKey, ...SecretKey[]] | null {
  const parsed = parseSecretKeys(env.PRAXTALK_SECRET_KEY ?? "");
  return parsed.ok ? parsed.value : null;
}

export function requireSecretKeys(): [SecretKey, ...SecretKey[]] {
  const keys = secretKeys();
  if (keys !== null) return keys;
  throw refusal(
    "NOT_CONFIGURED",
    "Webhooks are off: set PRAXTALK_SECRET_KEY in the deployment's environment to base64 of 32 random bytes.",
  );
}

/** Names that this deployment is reached by: no endpoint may have one. */
export function ownHosts(): string[] {
  const addresses = [env.PRAXTALK_WEB_URL, env.PRAXTALK_CONVEX_URL, env.PRAXTALK_SITE_URL];
  return addresses.flatMap((address) =>
    address !== undefined && URL.canParse(address) ? new URL(address).hostname : [],
  );
}
