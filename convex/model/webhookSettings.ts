/** What the deployment's environment says about webhooks. `npm start` refuses values that cannot be used. */
import { env } from "../_generated/server";
import { parseCidrs } from "../logic/addressSafety";
import type { Cidr } from "../logic/addressSafety";
import { DEFAULT_RETRY_SCHEDULE, parseRetrySchedule } from "../logic/retrySchedule";

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

/** Names that this deployment is reached by: no endpoint may have one. */
export function ownHosts(): string[] {
  const addresses = [env.PRAXTALK_WEB_URL, env.PRAXTALK_CONVEX_URL, env.PRAXTALK_SITE_URL];
  return addresses.flatMap((address) =>
    address !== undefined && URL.canParse(address) ? new URL(address).hostname : [],
  );
}
