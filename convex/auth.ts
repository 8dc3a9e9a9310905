import { v } from "convex/values";
import { EMAIL_MAX, PASSWORD_MAX, USER_AGENT_MAX } from "../lib/limits";
import { checkEmail } from "../lib/validation";
import { internal } from "./_generated/api";
import type { Id } from "./_generated/dataModel";
import { rateLimited, refusal } from "./errors";
import { internalMutation, internalOperatorMutation, internalQuery } from "./functions";
import { publicAction, publicMutation, publicQuery } from "./functions";
import { SESSION_TOKEN_BYTES, sha256Hex } from "./logic/tokens";
import { clientAddress } from "./model/clientAddress";
import { randomHex } from "./model/provisioning";
import { runMutation } from "./model/retry";
import * as sessions from "./model/sessions";
import { forgetLogins, takeLogin } from "./model/throttles";
import { findOperatorByEmail } from "./model/workspaces";
import { brandAccess, operatorRole, plan, sessionScope } from "./validators";

type Login = {
  operatorId: Id<"operators">;
  workspaceId: Id<"workspaces">;
  sessionToken: string;
  expiresAt: number;
};
type Child = { sessionToken: string; expiresAt: number };

const invalidCredentials = () =>
  refusal("INVALID_CREDENTIALS", "Email or password is wrong. Check both and try again.");

/** A session for email and password. A wrong password and an unknown email give the same answer after the same work. */
export const login = publicAction({
  args: {
    email: v.string(),
    password: v.string(),
    userAgent: v.optional(v.string()),
    client: v.optional(v.string()), // the client's address as the web server vouches for it
  },
  returns: v.object({
    operatorId: v.id("operators"),
    workspaceId: v.id("workspaces"),
    sessionToken: v.string(),
    expiresAt: v.number(),
  }),
  handler: async (ctx, { email, password, userAgent, client }): Promise<Login> => {
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
    const session = await runMutation(ctx, internal.auth.createSession, {
      ...stored,
      tokenHash: await sha256Hex(sessionToken),
      userAgent: userAgent?.slice(0, USER_AGENT_MAX),
      attempt,
    });
    if (session === null) throw invalidCredentials();
    return { ...session, operatorId: stored.operatorId, sessionToken };
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

/** The session of a verified login; null when the operator or the password changed while it was verified. */
export const createSession = internalMutation({
  args: {
    operatorId: v.id("operators"),
    passwordHash: v.string(),
    tokenHash: v.string(),
    userAgent: v.optional(v.string()),
    attempt: loginAttempt,
  },
  returns: v.union(v.object({ workspaceId: v.id("workspaces"), expiresAt: v.number() }), v.null()),
  handler: async (ctx, { operatorId, passwordHash, tokenHash, userAgent, attempt }) => {
    const operator = await ctx.db.get("operators", operatorId);
    if (operator === null || operator.passwordHash !== passwordHash) return null;
    await forgetLogins(ctx, attempt);
    const { expiresAt } = await sessions.createSession(ctx, operator, {
      tokenHash,
      userAgent,
      now: Date.now(),
    });
    return { workspaceId: operator.workspaceId, expiresAt };
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
  returns: v.object({ sessionToken: v.string(), expiresAt: v.number() }),
  handler: async (ctx, { sessionToken }): Promise<Child> => {
    const child = randomHex(SESSION_TOKEN_BYTES);
    const tokenHash = await sha256Hex(child);
    const { expiresAt } = await ctx.runMutation(internal.auth.createChild, { sessionToken, tokenHash });
    return { sessionToken: child, expiresAt };
  },
});

export const createChild = internalOperatorMutation({
  args: { tokenHash: v.string() },
  returns: v.object({ expiresAt: v.number() }),
  handler: async (ctx, { tokenHash }) =>
    await sessions.createChild(ctx, ctx.session, { tokenHash, now: Date.now() }),
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
