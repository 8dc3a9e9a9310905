/** Two-step sign-in, as operators set it up for themselves. The step at the login is in auth.ts. */
import { v } from "convex/values";
import { internal } from "./_generated/api";
import { refusal } from "./errors";
import { internalOperatorMutation, internalOperatorQuery, operatorQuery, publicAction } from "./functions";
import { SEAL_IV_BYTES, open, seal } from "./logic/sealing";
import { sha256Hex } from "./logic/tokens";
import {
  RECOVERY_CODES,
  RECOVERY_CODE_BYTES,
  TOTP_SECRET_BYTES,
  formatRecoveryCode,
  matchingStep,
  toBase32,
  totpUri,
} from "./logic/totp";
import { recordAudit } from "./model/audit";
import { wrongCode } from "./model/loginCode";
import { requireOwnPassword } from "./model/ownPassword";
import * as twoStep from "./model/twoStep";
import { secretKeys } from "./model/secretKeys";

/** Whether it is on, since when, and how many recovery codes are left. */
export const status = operatorQuery({
  args: {},
  returns: v.object({
    since: v.union(v.number(), v.null()), // null: off
    recoveryCodesLeft: v.number(),
    isAvailable: v.boolean(), // false without PRAXTALK_SECRET_KEY
  }),
  handler: async (ctx) => {
    const row = await twoStep.findTwoStep(ctx.db, ctx.operator._id);
    return {
      since: ctx.operator.twoStepSince ?? null,
      recoveryCodesLeft: row?.recoveryHashes.length ?? 0,
      isAvailable: secretKeys() !== null,
    };
  },
});

/** A secret for an app, by the operator's password. Nothing changes until a code of it is confirmed. */
export const begin = publicAction({
  args: { sessionToken: v.string(), password: v.string() },
  returns: v.object({ secret: v.string(), uri: v.string() }),
  handler: async (ctx, { sessionToken, password }): Promise<{ secret: string; uri: string }> => {
    const keys = secretKeys();
    if (keys === null) {
      throw refusal("NOT_CONFIGURED", "Two-step sign-in is off: this deployment has no PRAXTALK_SECRET_KEY.");
    }
    const { operatorId, email } = await requireOwnPassword(ctx, {
      sessionToken,
      password,
      field: "password",
    });
    const secret = toBase32(crypto.getRandomValues(new Uint8Array(TOTP_SECRET_BYTES)));
    const iv = crypto.getRandomValues(new Uint8Array(SEAL_IV_BYTES));
    const pendingSecret = await seal(secret, keys, operatorId, iv);
    await ctx.runMutation(internal.twoStep.storePending, { sessionToken, pendingSecret });
    return { secret, uri: totpUri(secret, { account: email, issuer: "PraxTalk" }) };
  },
});

export const storePending = internalOperatorMutation({
  args: { pendingSecret: v.string() },
  returns: v.null(),
  handler: async (ctx, { pendingSecret }) => {
    await twoStep.storePendingSecret(ctx, ctx.operator._id, pendingSecret);
    return null;
  },
});

const recoveryCodes = v.object({ recoveryCodes: v.array(v.string()) });
type RecoveryCodes = { recoveryCodes: string[] };

/** Random codes with their hashes. For actions only. */
async function makeRecoveryCodes(): Promise<{ codes: string[]; hashes: string[] }> {
  const codes = Array.from({ length: RECOVERY_CODES }, () =>
    formatRecoveryCode(crypto.getRandomValues(new Uint8Array(RECOVERY_CODE_BYTES))),
  );
  return { codes, hashes: await Promise.all(codes.map(sha256Hex)) };
}

/** Turns it on by a code of the new secret. The recovery codes are shown this once. */
export const confirm = publicAction({
  args: { sessionToken: v.string(), code: v.string() },
  returns: recoveryCodes,
  handler: async (ctx, { sessionToken, code }): Promise<RecoveryCodes> => {
    const pending = await ctx.runQuery(internal.twoStep.pending, { sessionToken });
    const secret = pending && (await open(pending.sealedSecret, secretKeys() ?? [], pending.operatorId));
    if (!secret) throw refusal("CONFLICT", "Begin again: there is no new secret to confirm.");
    const typed = code.replace(/\s/g, "");
    const step = await matchingStep(secret, typed, { now: Date.now(), lastStep: 0 });
    if (step === null) throw wrongCode();
    const { codes, hashes } = await makeRecoveryCodes();
    await ctx.runMutation(internal.twoStep.turnOn, {
      sessionToken,
      step,
      pendingSecret: pending.sealedSecret,
      recoveryHashes: hashes,
    });
    return { recoveryCodes: codes };
  },
});

export const pending = internalOperatorQuery({
  args: {},
  returns: v.union(v.object({ operatorId: v.id("operators"), sealedSecret: v.string() }), v.null()),
  handler: async (ctx) => {
    const row = await twoStep.findTwoStep(ctx.db, ctx.operator._id);
    if (row?.pendingSecret === undefined) return null;
    return { operatorId: ctx.operator._id, sealedSecret: row.pendingSecret };
  },
});

export const turnOn = internalOperatorMutation({
  args: { step: v.number(), pendingSecret: v.string(), recoveryHashes: v.array(v.string()) },
  returns: v.null(),
  handler: async (ctx, { step, pendingSecret, recoveryHashes }) => {
    const row = await twoStep.findTwoStep(ctx.db, ctx.operator._id);
    if (row?.pendingSecret !== pendingSecret)
      throw refusal("CONFLICT", "Begin again: a newer secret was made.");
    const now = Date.now();
    await twoStep.turnOn(ctx, row, { step, recoveryHashes, now });
    const entry = { action: "operator.two_step_on" as const, target: ctx.operator.email };
    await recordAudit(ctx, ctx.operator, entry, now);
    return null;
  },
});

/** New recovery codes, by the operator's password; the ones before end. Shown this once. */
export const renewRecoveryCodes = publicAction({
  args: { sessionToken: v.string(), password: v.string() },
  returns: recoveryCodes,
  handler: async (ctx, { sessionToken, password }): Promise<RecoveryCodes> => {
    await requireOwnPassword(ctx, { sessionToken, password, field: "password" });
    const { codes, hashes } = await makeRecoveryCodes();
    await ctx.runMutation(internal.twoStep.storeRecovery, { sessionToken, recoveryHashes: hashes });
    return { recoveryCodes: codes };
  },
});

export const storeRecovery = internalOperatorMutation({
  args: { recoveryHashes: v.array(v.string()) },
  returns: v.null(),
  handler: async (ctx, { recoveryHashes }) => {
    const row = await twoStep.findTwoStep(ctx.db, ctx.operator._id);
    if (row?.secret === undefined) throw refusal("CONFLICT", "Two-step sign-in is off. Set it up first.");
    await ctx.db.patch("twoSteps", row._id, { recoveryHashes });
    return null;
  },
});

/** Turns it off, by the operator's password. */
export const disable = publicAction({
  args: { sessionToken: v.string(), password: v.string() },
  returns: v.null(),
  handler: async (ctx, { sessionToken, password }) => {
    await requireOwnPassword(ctx, { sessionToken, password, field: "password" });
    await ctx.runMutation(internal.twoStep.turnOff, { sessionToken });
    return null;
  },
});

export const turnOff = internalOperatorMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    await twoStep.turnOff(ctx, ctx.operator._id);
    const entry = { action: "operator.two_step_off" as const, target: ctx.operator.email };
    await recordAudit(ctx, ctx.operator, entry, Date.now());
    return null;
  },
});
