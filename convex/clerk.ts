/** What signing in and out through Clerk changes. The route that checks Clerk's token is clerkHttp/session.ts. */
import { v } from "convex/values";
import { checkEmail } from "../lib/validation";
import { env } from "./_generated/server";
import { notFound, valid } from "./errors";
import { internalAction, internalMutation } from "./functions";
import { recordAudit } from "./model/audit";
import { joinByInvite, requireOperator, spendToken } from "./model/clerk";
import * as sessions from "./model/sessions";
import { findOperatorByEmail } from "./model/workspaces";
import { clerkIdentity, clerkToken } from "./validators/clerk";

const CLERK_API_URL = "https://api.clerk.com";

/**
 * The session of who Clerk says somebody is, who joins by the invite if there is one. A refusal changes nothing: the token stays
 * good for another try.
 */
export const createSession = internalMutation({
  args: {
    identity: clerkIdentity,
    token: clerkToken,
    invite: v.union(v.string(), v.null()),
    tokenHash: v.string(),
    userAgent: v.optional(v.string()),
  },
  returns: v.object({
    operatorId: v.id("operators"),
    workspaceId: v.id("workspaces"),
    expiresAt: v.number(),
  }),
  handler: async (ctx, { identity, token, invite, tokenHash, userAgent }) => {
    const now = Date.now();
    await spendToken(ctx, token);
    const operator =
      invite === null
        ? await requireOperator(ctx, identity, now)
        : await joinByInvite(ctx, { identity, invite, now });
    const clerkSessionId = token.sessionId ?? undefined;
    const session = { tokenHash, userAgent, clerkSessionId, now };
    const { expiresAt } = await sessions.createSession(ctx, operator, session);
    return { operatorId: operator._id, workspaceId: operator.workspaceId, expiresAt };
  },
});

/**
 * For whoever runs the deployment, when somebody's Clerk user is lost: takes it from the operator, whose sessions end. The Clerk
 * user who next signs in with the operator's verified email is connected.
 */
export const disconnect = internalMutation({
  args: { email: v.string() },
  returns: v.null(),
  handler: async (ctx, { email }) => {
    const operator = await findOperatorByEmail(ctx.db, valid("email", checkEmail(email)));
    if (operator?.tokenIdentifier === undefined) throw notFound("connection to Clerk");
    await ctx.db.patch("operators", operator._id, { tokenIdentifier: undefined });
    await sessions.endLogins(ctx, operator._id, null);
    const details = "on the server";
    const entry = { action: "operator.clerk_disconnected" as const, target: operator.email, details };
    await recordAudit(ctx, operator, entry, Date.now());
    return null;
  },
});

/** Ends the session at Clerk that ours came from, or whoever signed out here would be signed in again by the next click. */
export const endSession = internalAction({
  args: { clerkSessionId: v.string() },
  returns: v.null(),
  handler: async (_ctx, { clerkSessionId }) => {
    const secretKey = env.CLERK_SECRET_KEY;
    if (!secretKey) return null;
    const url = `${env.CLERK_API_URL || CLERK_API_URL}/v1/sessions/${encodeURIComponent(clerkSessionId)}/revoke`;
    const response = await fetch(url, { method: "POST", headers: { Authorization: `Bearer ${secretKey}` } });
    // Not found: it is over already.
    if (response.ok || response.status === 404) return null;
    throw new Error(`Clerk answered ${response.status} when a session was to end there.`);
  },
});
