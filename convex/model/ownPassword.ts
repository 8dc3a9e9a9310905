/** The action half of what takes the operator's own password beside their session. */
import { PASSWORD_MAX } from "../../lib/limits";
import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { ActionCtx } from "../_generated/server";
import { rateLimited, refusal } from "../errors";

/** What is known of the operator once the password was right. */
export type Verified = Pick<Doc<"operators">, "passwordHash" | "email"> & { operatorId: Id<"operators"> };

/** The password is the operator's; anything else is a refusal that names the argument. */
export async function requireOwnPassword(
  ctx: ActionCtx,
  { sessionToken, password, field }: { sessionToken: string; password: string; field: string },
): Promise<Verified> {
  const { retryAfterMs, ...verified } = await ctx.runMutation(internal.account.admitPassword, {
    sessionToken,
  });
  if (retryAfterMs !== null) throw rateLimited(retryAfterMs);
  const { passwordHash } = verified;
  // None can be so long: refused before it costs a hash.
  const isRight =
    password.length <= PASSWORD_MAX &&
    (await ctx.runAction(internal.passwords.verify, { password, passwordHash }));
  if (!isRight) throw refusal("VALIDATION", "This is not your password.", { field });
  return verified;
}
