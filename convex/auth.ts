import { v } from "convex/values";
import { EMAIL_MAX, PASSWORD_MAX, USER_AGENT_MAX } from "../lib/limits";
import { checkEmail } from "../lib/validation";
import { internal } from "./_generated/api";
import type { Id } from "./_generated/dataModel";
import { rateLimited, refusal } from "./errors";
import { internalMutation, internalOperatorMutation, internalQuery } from "./functions";
import { publicAction, publicMutation, publicQuery } from "./functions";
import { SESSION_TOKEN_BYTES, sha256Hex } from "./logic/tokens";
import { requirePasswords } from "./model/clerk";
import { clientAddress } from "./model/clientAddress";
import { proofOf, wrongCode } from "./model/loginCode";
import { randomHex } from "./model/provisioning";
import { runMutation } from "./model/retry";
import * as sessions from "./model/sessions";
import { forgetLogins, takeCode, takeLogin } from "./model/throttles";
import { createChallenge, findChallenge, secondStepOf, spendCode, takeTry } from "./model/twoStep";
import { findOperatorByEmail } from "./model/workspaces";
import { brandAccess, operatorRole, plan, sessionScope } from "./validators";
import { codeProof, secondStep } from "./validators/accounts";

type Login = {
  operatorId: Id<"operators">;
  workspaceId: Id<"workspaces">;
  sessionToken: string;
  expiresAt: number;
};
type Child = { sessionToken: string; operatorId: Id<"operators">; expiresAt: number };

type Session = Omit<Login, "sessionToken">;

const sessionResult = {
  operatorId: v.id("operators"),
  workspaceId: v.id("workspaces"),
  expiresAt: v.number(),
};
const loginResult = v.object({ ...sessionResult, sessionToken: v.string() });

const invalidCredentials = () =>
  refusal("INVALID_CREDENTIALS", "Email or password is wrong. Check both and try again.");

/**
 * A session for email and password. A wrong password and an unknown email give the same answer after the same work. Where a
 * code is needed too, it is refused with TWO_STEP_REQUIRED and the `challenge` for auth:completeLogin.
 */
export const login = publicAction({
  args: {
    email: v.string(),
    password: v.string(),
    userAgent: v.optional(v.string()),
    client: v.optional(v.string()), // the client's address as the web server vouches for it
  },
  returns: loginResult,
  handler: async (ctx, { email, password, userAgent, client }): Promise<Login> => {
    requirePasswords();
    // No operator can have such a password, whatever the email: refused before it costs a hash.
    if (password.length > PASSWORD_MAX || email.length > EMAIL_MAX) throw invalidCredentials();
    const checked = checkEmail(email);
    const address = await clientAddress(ctx, client);
    const attempt = { emailHash: await sha256Hex(checked.ok ? checked.value : email), address };
    const retryAfterMs = await runMutation(ctx, internal.auth.admitLogin, attempt);
    if (retryAfterMs !== null) throw rateLimited(retryAfterMs);
    const stored = checked.ok
      ? await ctx.runQuery(internal.auth.credentials, { email: checked.value })
      : null;
    const passwordHash = stored?.passwordHash ?? null;
    const correct = await ctx.runAction(internal.passwords.verify, { password, passwordHash });
    if (!correct || stored === null) throw invalidCredentials();

    const sessionToken = randomHex(SESSION_TOKEN_BYTES);
    const begun = await runMutation(ctx, internal.auth.createSession, {
      ...stored,
      tokenHash: await sha256Hex(sessionToken),
      userAgent: userAgent?.slice(0, USER_AGENT_MAX),
      attempt,
    });
    if (begun === null) throw invalidCredentials();
    if (begun.needsCode) {
      throw refusal("TWO_STEP_REQUIRED", "Enter the code that your app shows.", { challenge: sessionToken });
    }
    const { workspaceId, expiresAt } = begun;
    return { operatorId: stored.operatorId, workspaceId, expiresAt, sessionToken };
  },
});

/** The second step: a session for the challenge of a login and a code of the app, or a recovery code. */
export const completeLogin = publicAction({
  args: {
    challenge: v.string(),
    code: v.string(),
    userAgent: v.optional(v.string()),
    client: v.optional(v.string()), // as in login
  },
  returns: loginResult,
  handler: async (ctx, { challenge, code, userAgent, client }): Promise<Login> => {
    requirePasswords();
    const challengeHash = await sha256Hex(challenge);
    const address = await clientAddress(ctx, client);
    const admitted = await runMutation(ctx, internal.auth.admitCode, { challengeHash, address });
    if (admitted === null) throw challengeOver();
    if (admitted.retryAfterMs !== null) throw rateLimited(admitted.retryAfterMs);
    const proof = await proofOf(code, admitted.secondStep);
    if (proof === null) throw wrongCode();
    const sessionToken = randomHex(SESSION_TOKEN_BYTES);
    const session = await runMutation(ctx, internal.auth.finishLogin, {
      challengeHash,
      proof,
      address,
      tokenHash: await sha256Hex(sessionToken),
      userAgent: userAgent?.slice(0, USER_AGENT_MAX),
    });
    if (session === null) throw wrongCode();
    return { ...session, sessionToken };
  },
});

const challengeOver = () =>
  refusal("UNAUTHENTICATED", "This took too long, or too many codes were wrong. Sign in again.");

/** Counts a code before it is checked, and gives what it is checked against; null when the challenge is over. */
export const admitCode = internalMutation({
  args: { challengeHash: v.string(), address: v.union(v.string(), v.null()) },
  returns: v.union(v.null(), v.object({ retryAfterMs: v.union(v.number(), v.null()), secondStep })),
  handler: async (ctx, { challengeHash, address }) => {
    const found = await findChallenge(ctx.db, challengeHash, Date.now());
    const step = found === null ? null : await secondStepOf(ctx.db, found.operator._id);
    if (found === null || step === null) return null;
    const retryAfterMs = await takeCode(ctx, found.operator._id, address);
    if (retryAfterMs === null && !(await takeTry(ctx, found.challenge))) return null;
    return { retryAfterMs, secondStep: step };
  },
});

/** The session of a right code, which is used up with the challenge; null when another use was first. */
export const finishLogin = internalMutation({
  args: {
    challengeHash: v.string(),
    proof: codeProof,
    address: v.union(v.string(), v.null()),
    tokenHash: v.string(),
    userAgent: v.optional(v.string()),
  },
  returns: v.union(v.object(sessionResult), v.null()),
  handler: async (ctx, { challengeHash, proof, address, tokenHash, userAgent }): Promise<Session | null> => {
    const now = Date.now();
    const found = await findChallenge(ctx.db, challengeHash, now);
    if (found === null) return null;
    const { operator } = found;
    if (!(await spendCode(ctx, operator._id, proof))) return null;
    await ctx.db.delete("loginChallenges", found.challenge._id);
    await forgetLogins(ctx, { emailHash: await sha256Hex(operator.email), address });
    const { expiresAt } = await sessions.createSession(ctx, operator, { tokenHash, userAgent, now });
    return { operatorId: operator._id, workspaceId: operator.workspaceId, expiresAt };
  },
});

const loginAttempt = v.object({ emailHash: v.string(), address: v.union(v.string(), v.null()) });

/** Counts a try to log in, before it costs a hash; ms until the next one is allowed, or null. */
export const admitLogin = internalMutation({
  args: loginAttempt.fields,
  returns: v.union(v.number(), v.null()),
  handler: async (ctx, attempt) => await takeLogin(ctx, attempt),
});

/** What a login is checked against; null for an unknown email. */
export const credentials = internalQuery({
  args: { email: v.string() },
  returns: v.union(v.object({ operatorId: v.id("operators"), passwordHash: v.string() }), v.null()),
  handler: async (ctx, { email }) => {
    const operator = await findOperatorByEmail(ctx.db, email);
    return operator === null ? null : { operatorId: operator._id, passwordHash: operator.passwordHash };
  },
});

/** The session of a verified login, or the challenge where a code is needed too, of the same token; null when the operator or the password changed while it was verified. */
export const createSession = internalMutation({
  args: {
    operatorId: v.id("operators"),
    passwordHash: v.string(),
    tokenHash: v.string(),
    userAgent: v.optional(v.string()),
    attempt: loginAttempt,
  },
  returns: v.union(
    v.object({ needsCode: v.boolean(), workspaceId: v.id("workspaces"), expiresAt: v.number() }),
    v.null(),
  ),
  handler: async (ctx, { operatorId, passwordHash, tokenHash, userAgent, attempt }) => {
    const operator = await ctx.db.get("operators", operatorId);
    if (operator === null || operator.passwordHash !== passwordHash) return null;
    const now = Date.now();
    const { workspaceId } = operator;
    if (operator.twoStepSince !== undefined) {
      const { expiresAt } = await createChallenge(ctx, operator, { tokenHash, now });
      return { needsCode: true, workspaceId, expiresAt };
    }
    await forgetLogins(ctx, attempt);
    const { expiresAt } = await sessions.createSession(ctx, operator, { tokenHash, userAgent, now });
    return { needsCode: false, workspaceId, expiresAt };
  },
});

/** Ends the token's session and its children. An unknown token is already ended. */
export const logout = publicMutation({
  args: { sessionToken: v.string() },
  returns: v.null(),
  handler: async (ctx, { sessionToken }) => {
    await sessions.endSession(ctx, sessionToken);
    return null;
  },
});

/** Who the token stands for; null without a valid one. */
export const me = publicQuery({
  args: { sessionToken: v.optional(v.string()) },
  returns: v.union(
    v.object({
      operator: v.object({
        _id: v.id("operators"),
        email: v.string(),
        name: v.string(),
        role: operatorRole,
        brandAccess,
      }),
      workspace: v.object({ _id: v.id("workspaces"), slug: v.string(), name: v.string(), plan }),
      session: v.object({ expiresAt: v.number(), scope: sessionScope }),
    }),
    v.null(),
  ),
  handler: async (ctx, { sessionToken }) => {
    if (sessionToken === undefined) return null;
    const resolved = await sessions.resolveToken(ctx.db, sessionToken, Date.now());
    if (!resolved.ok) return null;
    const { operator, session } = resolved.identity;
    const workspace = await ctx.db.get("workspaces", operator.workspaceId);
    if (workspace === null) return null;
    return {
      operator: {
        _id: operator._id,
        email: operator.email,
        name: operator.name,
        role: operator.role,
        brandAccess: operator.brandAccess,
      },
      workspace: { _id: workspace._id, slug: workspace.slug, name: workspace.name, plan: workspace.plan },
      session: { expiresAt: session.expiresAt, scope: session.scope },
    };
  },
});

/** A token of one hour for a page's websocket, dead with its session; a child cannot make another. */
export const createChildToken = publicAction({
  args: { sessionToken: v.string() },
  returns: v.object({ sessionToken: v.string(), operatorId: v.id("operators"), expiresAt: v.number() }),
  handler: async (ctx, { sessionToken }): Promise<Child> => {
    const child = randomHex(SESSION_TOKEN_BYTES);
    const tokenHash = await sha256Hex(child);
    const made = await ctx.runMutation(internal.auth.createChild, { sessionToken, tokenHash });
    return { sessionToken: child, ...made };
  },
});

export const createChild = internalOperatorMutation({
  args: { tokenHash: v.string() },
  returns: v.object({ operatorId: v.id("operators"), expiresAt: v.number() }),
  handler: async (ctx, { tokenHash }) => {
    const { expiresAt } = await sessions.createChild(ctx, ctx.session, { tokenHash, now: Date.now() });
    return { operatorId: ctx.operator._id, expiresAt };
  },
});

/** Scheduled for the moment a session ends, so that live queries under its token run again and fail. */
export const expireSession = internalMutation({
  args: { sessionId: v.id("sessions") },
  returns: v.null(),
  handler: async (ctx, { sessionId }) => {
    await sessions.expireSession(ctx, sessionId, Date.now());
    return null;
  },
});
