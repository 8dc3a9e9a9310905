/** Links for a new password. Rows hold a hash; the newest of an operator alone is good, once. */
import { RESET_MINUTES } from "../../lib/limits";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { sha256Hex } from "../logic/tokens";
import { recordAudit } from "./audit";
import { endLogins } from "./sessions";

const LIFETIME = RESET_MINUTES * 60 * 1000;
const PAGE = 200;

type Reset = Doc<"passwordResets">;

/** A new link of the operator; an earlier one ends. */
export async function storeNewReset(
  ctx: MutationCtx,
  operatorId: Id<"operators">,
  tokenHash: string,
  now: number,
): Promise<void> {
  await forgetReset(ctx, operatorId);
  await ctx.db.insert("passwordResets", { operatorId, tokenHash, expiresAt: now + LIFETIME });
}

async function forgetReset(ctx: MutationCtx, operatorId: Id<"operators">): Promise<void> {
  const former = await ctx.db
    .query("passwordResets")
    .withIndex("by_operator", (q) => q.eq("operatorId", operatorId))
    .unique();
  if (former !== null) await ctx.db.delete("passwordResets", former._id);
}

/** The live link of the token with its operator; null for any other text. */
export async function findReset(
  db: DatabaseReader,
  token: string,
  now: number,
): Promise<{ reset: Reset; operator: Doc<"operators"> } | null> {
  if (!/^pwr_[0-9a-f]{48}$/.test(token)) return null;
  const tokenHash = await sha256Hex(token);
  const reset = await db
    .query("passwordResets")
    .withIndex("by_token_hash", (q) => q.eq("tokenHash", tokenHash))
    .unique();
  if (reset === null || reset.expiresAt <= now) return null;
  const operator = await db.get("operators", reset.operatorId);
  return operator === null ? null : { reset, operator };
}

/** Sets the password; the link is used up, and every login of the operator ends. */
export async function applyReset(
  ctx: MutationCtx,
  { reset, operator }: { reset: Reset; operator: Doc<"operators"> },
  passwordHash: string,
  now: number,
): Promise<void> {
  await ctx.db.delete("passwordResets", reset._id);
  await ctx.db.patch("operators", operator._id, { passwordHash });
  await endLogins(ctx, operator._id, null);
  await recordAudit(ctx, operator, { action: "operator.password_reset", target: operator.email }, now);
}

/** Deletes those past their time; true when there may be more. */
export async function purgeResets(ctx: MutationCtx, now: number): Promise<boolean> {
  const expired = await ctx.db
    .query("passwordResets")
    .withIndex("by_expires_at", (q) => q.lt("expiresAt", now))
    .take(PAGE);
  for (const { _id } of expired) await ctx.db.delete("passwordResets", _id);
  return expired.length === PAGE;
}
