/** A new password for who has lost theirs, by a link that is mailed or that a colleague makes (operators:makeResetLink). */
import { v } from "convex/values";
import { checkEmail, checkPassword } from "../lib/validation";
import { internal } from "./_generated/api";
import { rateLimited, refusal, valid } from "./errors";
import { internalMutation, internalQuery, publicAction, publicQuery } from "./functions";
import { SEAL_IV_BYTES, seal } from "./logic/sealing";
import { LINK_TOKEN_BYTES, formatResetToken, sha256Hex } from "./logic/tokens";
import { requirePasswords } from "./model/clerk";
import { clientAddress } from "./model/clientAddress";
import { isMailConfigured } from "./model/mailSettings";
import * as resets from "./model/passwordResets";
import { runMutation } from "./model/retry";
import { takeReset } from "./model/throttles";
import { secretKeys } from "./model/secretKeys";
import { findOperatorByEmail } from "./model/workspaces";

/** Whether links can be mailed; without, owners and admins pass them on. */
export const settings = publicQuery({
  args: {},
  returns: v.object({ isMailConfigured: v.boolean() }),
  handler: () => ({ isMailConfigured: isMailConfigured() }),
});

/**
 * Mails a link to the email if it is an operator's. The answer and the work until then are the same for every email: who
 * has an account is for the mailbox alone to learn.
 */
export const request = publicAction({
  args: {
    email: v.string(),
    client: v.optional(v.string()), // the client's address as the web server vouches for it
  },
  returns: v.null(),
  handler: async (ctx, args) => {
    requirePasswords();
    const keys = secretKeys();
    if (!isMailConfigured() || keys === null) {
      throw refusal(
        "NOT_CONFIGURED",
        "This server sends no mail. Ask an owner or admin of your team for a link.",
      );
    }
    const email = valid("email", checkEmail(args.email));
    const address = await clientAddress(ctx, args.client);
    const token = formatResetToken(crypto.getRandomValues(new Uint8Array(LINK_TOKEN_BYTES)));
    const iv = crypto.getRandomValues(new Uint8Array(SEAL_IV_BYTES));
    const retryAfterMs = await runMutation(ctx, internal.passwordReset.begin, {
      email,
      attempt: { emailHash: await sha256Hex(email), address },
      tokenHash: await sha256Hex(token),
      sealedToken: await seal(token, keys, email, iv),
    });
    if (retryAfterMs !== null) throw rateLimited(retryAfterMs);
    return null;
  },
});

/** Counts the request, and begins a reset if the email is an operator's; ms until another may be made, or null. */
export const begin = internalMutation({
  args: {
    email: v.string(),
    attempt: v.object({ emailHash: v.string(), address: v.union(v.string(), v.null()) }),
    tokenHash: v.string(),
    sealedToken: v.string(),
  },
  returns: v.union(v.number(), v.null()),
  handler: async (ctx, { email, attempt, tokenHash, sealedToken }) => {
    const retryAfterMs = await takeReset(ctx, attempt);
    if (retryAfterMs !== null) return retryAfterMs;
    const operator = await findOperatorByEmail(ctx.db, email);
    if (operator === null) return null;
    await resets.storeNewReset(ctx, operator._id, tokenHash, Date.now());
    await ctx.scheduler.runAfter(0, internal.mail.sendReset, { email, sealedToken });
    return null;
  },
});

const resetInfo = v.object({ email: v.string(), expiresAt: v.number() });

/** Whose password the link sets; null for one that is used, replaced, expired or no token at all. */
export const lookup = publicQuery({
  args: { token: v.string() },
  returns: v.union(resetInfo, v.null()),
  handler: async (ctx, { token }) => {
    const found = await resets.findReset(ctx.db, token, Date.now());
    return found === null ? null : { email: found.operator.email, expiresAt: found.reset.expiresAt };
  },
});

const gone = () => refusal("NOT_FOUND", "This link is no longer good. Ask for a new one.");

/** Sets the password by the link. Every login of the operator ends; they log in with the new one. */
export const complete = publicAction({
  args: { token: v.string(), password: v.string() },
  returns: v.null(),
  handler: async (ctx, args) => {
    requirePasswords();
    const password = valid("password", checkPassword(args.password));
    // Asked before the password is hashed too, so that strangers cannot keep a deployment busy with it.
    if (!(await ctx.runQuery(internal.passwordReset.isLive, { token: args.token }))) throw gone();
    const passwordHash = await ctx.runAction(internal.passwords.hash, { password });
    await ctx.runMutation(internal.passwordReset.finish, { token: args.token, passwordHash });
    return null;
  },
});

export const isLive = internalQuery({
  args: { token: v.string() },
  returns: v.boolean(),
  handler: async (ctx, { token }) => (await resets.findReset(ctx.db, token, Date.now())) !== null,
});

/** The transaction behind a new password. Of two at once, one finds the link used up. */
export const finish = internalMutation({
  args: { token: v.string(), passwordHash: v.string() },
  returns: v.null(),
  handler: async (ctx, { token, passwordHash }) => {
    const now = Date.now();
    const found = await resets.findReset(ctx.db, token, now);
    if (found === null) throw gone();
    await resets.applyReset(ctx, found, passwordHash, now);
    return null;
  },
});
