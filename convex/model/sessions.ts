/** Sessions: which operator a token stands for, and the life of its row. */
import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { refusal } from "../errors";
import type { ErrorCode } from "../errors";
import { commonBrands } from "../logic/permissions";
import { isAgentToken, sha256Hex } from "../logic/tokens";
import type { AgentAccess } from "../validators/agentTokens";

export const SESSION_LIFETIME = 30 * 24 * 60 * 60 * 1000;
export const CHILD_LIFETIME = 60 * 60 * 1000;

export type Identity = { session: Doc<"sessions">; operator: Doc<"operators"> };
type Resolved = { ok: true; identity: Identity } | { ok: false; code: keyof typeof ENDED };

const ENDED = {
  UNAUTHENTICATED: "Log in to continue.",
  SESSION_EXPIRED: "Your session has expired. Log in again.",
} satisfies Partial<Record<ErrorCode, string>>;
const AGENT_ENDED = "This agent token is not valid, or no longer. Mint another at /app/integrations.";

/** The operator behind a token, or the code of the refusal. */
export async function resolveToken(db: DatabaseReader, token: string, now: number): Promise<Resolved> {
  const unauthenticated: Resolved = { ok: false, code: "UNAUTHENTICATED" };
  const tokenHash = await sha256Hex(token);
  const session = await db
    .query("sessions")
    .withIndex("by_token_hash", (q) => q.eq("tokenHash", tokenHash))
    .unique();
  if (session === null) return unauthenticated;
  if (session.expiresAt <= now) return { ok: false, code: "SESSION_EXPIRED" };
  // Ending a session ends its children at once, however many there are: their rows go at their own expiry.
  if (session.scope === "child" && (await db.get("sessions", session.parentId)) === null)
    return unauthenticated;
  const operator = await db.get("operators", session.operatorId);
  return operator === null ? unauthenticated : { ok: true, identity: { session, operator } };
}

/**
 * The operator behind a token; anything else is a refusal. An agent token is refused where `agents` does not let it in,
 * and gives the operator with the token's brands.
 */
export async function requireToken(
  db: DatabaseReader,
  token: string,
  { agents, now }: { agents?: AgentAccess; now: number },
): Promise<Identity> {
  const resolved = await resolveToken(db, token, now);
  if (resolved.ok) return admitted(resolved.identity, agents);
  throw refusal(resolved.code, isAgentToken(token) ? AGENT_ENDED : ENDED[resolved.code]);
}

function admitted(identity: Identity, agents: AgentAccess | undefined): Identity {
  const { session, operator } = identity;
  if (session.scope !== "agent") return identity;
  if (agents === undefined) {
    throw refusal("FORBIDDEN", "Agent tokens cannot do this. Use the dashboard.");
  }
  if (agents === "reply" && session.access === "read") {
    throw refusal("FORBIDDEN", "This agent token can only read. Use one that may reply.");
  }
  return {
    session,
    operator: { ...operator, brandAccess: commonBrands(operator.brandAccess, session.brands) },
  };
}

export async function scheduleExpiry(
  ctx: MutationCtx,
  sessionId: Id<"sessions">,
  expiresAt: number,
): Promise<void> {
  await ctx.scheduler.runAt(expiresAt, internal.auth.expireSession, { sessionId });
}

/** A login's session. `tokenHash` is of a token that an action made. */
export async function createSession(
  ctx: MutationCtx,
  operator: Doc<"operators">,
  { tokenHash, userAgent, now }: { tokenHash: string; userAgent?: string; now: number },
): Promise<{ expiresAt: number }> {
  const expiresAt = now + SESSION_LIFETIME;
  const sessionId = await ctx.db.insert("sessions", {
    scope: "session",
    operatorId: operator._id,
    workspaceId: operator.workspaceId,
    tokenHash,
    userAgent,
    expiresAt,
    createdAt: now,
  });
  await scheduleExpiry(ctx, sessionId, expiresAt);
  return { expiresAt };
}

/** A short token for one page, at most as long-lived as its session. */
export async function createChild(
  ctx: MutationCtx,
  parent: Doc<"sessions">,
  { tokenHash, now }: { tokenHash: string; now: number },
): Promise<{ expiresAt: number }> {
  if (parent.scope !== "session") {
    throw refusal("FORBIDDEN", "A page's token cannot make another. Ask with the session's own token.");
  }
  const expiresAt = Math.min(now + CHILD_LIFETIME, parent.expiresAt);
  const sessionId = await ctx.db.insert("sessions", {
    scope: "child",
    parentId: parent._id,
    operatorId: parent.operatorId,
    workspaceId: parent.workspaceId,
    tokenHash,
    expiresAt,
    createdAt: now,
  });
  await scheduleExpiry(ctx, sessionId, expiresAt);
  return { expiresAt };
}

/** Deletes the session if its time has come; one that ran too early comes back. */
export async function expireSession(ctx: MutationCtx, sessionId: Id<"sessions">, now: number): Promise<void> {
  const session = await ctx.db.get("sessions", sessionId);
  if (session === null) return;
  if (session.expiresAt <= now) await ctx.db.delete("sessions", sessionId);
  else await scheduleExpiry(ctx, sessionId, session.expiresAt);
}

/** Ends the session of the token, and with it its children. An unknown token is already ended. */
export async function endSession(ctx: MutationCtx, token: string): Promise<void> {
  const tokenHash = await sha256Hex(token);
  const session = await ctx.db
    .query("sessions")
    .withIndex("by_token_hash", (q) => q.eq("tokenHash", tokenHash))
    .unique();
  if (session !== null) await ctx.db.delete("sessions", session._id);
}
