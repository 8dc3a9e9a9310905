/** Two-step sign-in: a secret that an app makes codes of, recovery codes, and the challenge between the two steps. */
import { LOGIN_CODE_TRIES } from "../../lib/limits";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { sha256Hex } from "../logic/tokens";
import type { CodeProof, SecondStep } from "../validators/accounts";

const CHALLENGE_LIFETIME = 5 * 60 * 1000;
const PAGE = 200;

type Operator = Doc<"operators">;
type TwoStep = Doc<"twoSteps">;
type Challenge = Doc<"loginChallenges">;

export async function findTwoStep(db: DatabaseReader, operatorId: Id<"operators">): Promise<TwoStep | null> {
  return await db
    .query("twoSteps")
    .withIndex("by_operator", (q) => q.eq("operatorId", operatorId))
    .unique();
}

/** Keeps a secret that is good once a code of it was typed. One that is in use stays until then. */
export async function storePendingSecret(
  ctx: MutationCtx,
  operatorId: Id<"operators">,
  pendingSecret: string,
): Promise<void> {
  const twoStep = await findTwoStep(ctx.db, operatorId);
  if (twoStep !== null) await ctx.db.patch("twoSteps", twoStep._id, { pendingSecret });
  else await ctx.db.insert("twoSteps", { operatorId, pendingSecret, lastStep: 0, recoveryHashes: [] });
}

/** Turns it on with the pending secret, of which `step` was typed. */
export async function turnOn(
  ctx: MutationCtx,
  twoStep: TwoStep,
  { step, recoveryHashes, now }: { step: number; recoveryHashes: string[]; now: number },
): Promise<void> {
  const { pendingSecret: secret } = twoStep;
  await ctx.db.patch("twoSteps", twoStep._id, {
    secret,
    pendingSecret: undefined,
    lastStep: step,
    recoveryHashes,
  });
  await ctx.db.patch("operators", twoStep.operatorId, { twoStepSince: now });
}

export async function turnOff(ctx: MutationCtx, operatorId: Id<"operators">): Promise<void> {
  const twoStep = await findTwoStep(ctx.db, operatorId);
  if (twoStep !== null) await ctx.db.delete("twoSteps", twoStep._id);
  await ctx.db.patch("operators", operatorId, { twoStepSince: undefined });
}

/** What a code is checked against; null when the operator has no second step. */
export async function secondStepOf(
  db: DatabaseReader,
  operatorId: Id<"operators">,
): Promise<SecondStep | null> {
  const twoStep = await findTwoStep(db, operatorId);
  if (twoStep?.secret === undefined) return null;
  return { operatorId, sealedSecret: twoStep.secret, lastStep: twoStep.lastStep };
}

/** Uses a code up: its step and all before, or the recovery code. False when another use was first. */
export async function spendCode(
  ctx: MutationCtx,
  operatorId: Id<"operators">,
  proof: CodeProof,
): Promise<boolean> {
  const twoStep = await findTwoStep(ctx.db, operatorId);
  if (twoStep?.secret === undefined) return false;
  if (proof.kind === "totp") {
    if (proof.step <= twoStep.lastStep) return false;
    await ctx.db.patch("twoSteps", twoStep._id, { lastStep: proof.step });
    return true;
  }
  const recoveryHashes = twoStep.recoveryHashes.filter((hash) => hash !== proof.hash);
  if (recoveryHashes.length === twoStep.recoveryHashes.length) return false;
  await ctx.db.patch("twoSteps", twoStep._id, { recoveryHashes });
  return true;
}

/** After the right password, until the code. */
export async function createChallenge(
  ctx: MutationCtx,
  { _id: operatorId, passwordHash }: Operator,
  { tokenHash, now }: { tokenHash: string; now: number },
): Promise<{ expiresAt: number }> {
  const expiresAt = now + CHALLENGE_LIFETIME;
  const passwordMark = await sha256Hex(passwordHash);
  await ctx.db.insert("loginChallenges", { operatorId, tokenHash, passwordMark, tries: 0, expiresAt });
  return { expiresAt };
}

/** The live challenge with its operator; null when it is over, or the password was changed since. */
export async function findChallenge(
  db: DatabaseReader,
  tokenHash: string,
  now: number,
): Promise<{ challenge: Challenge; operator: Operator } | null> {
  const challenge = await db
    .query("loginChallenges")
    .withIndex("by_token_hash", (q) => q.eq("tokenHash", tokenHash))
    .unique();
  if (challenge === null || challenge.expiresAt <= now) return null;
  const operator = await db.get("operators", challenge.operatorId);
  if (operator === null || (await sha256Hex(operator.passwordHash)) !== challenge.passwordMark) return null;
  return { challenge, operator };
}

/** Counts a code of the challenge; false when there were too many. */
export async function takeTry(ctx: MutationCtx, { _id, tries }: Challenge): Promise<boolean> {
  if (tries >= LOGIN_CODE_TRIES) return false;
  await ctx.db.patch("loginChallenges", _id, { tries: tries + 1 });
  return true;
}

/** Deletes challenges past their time; true when there may be more. */
export async function purgeChallenges(ctx: MutationCtx, now: number): Promise<boolean> {
  const expired = await ctx.db
    .query("loginChallenges")
    .withIndex("by_expires_at", (q) => q.lt("expiresAt", now))
    .take(PAGE);
  for (const { _id } of expired) await ctx.db.delete("loginChallenges", _id);
  return expired.length === PAGE;
}
