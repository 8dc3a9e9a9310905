/** Which address a request is from. */
import { vouchedAddress } from "../../lib/vouched-address";
import { env } from "../_generated/server";
import type { ActionCtx } from "../_generated/server";

/**
 * The client's address: what the web server vouches for, if it does and shares a secret with this deployment; else what
 * the deployment itself saw.
 */
export async function clientAddress(
  ctx: Pick<ActionCtx, "meta">,
  vouched: string | null | undefined,
): Promise<string | null> {
  const secret = env.PRAXTALK_ADDRESS_SECRET;
  if (vouched && secret) {
    const address = await vouchedAddress(vouched, secret);
    if (address !== null) return address;
  }
  const { ip } = await ctx.meta.getRequestMetadata();
  return ip;
}
