/** Sessions: which operator a token stands for, and the life of its row. */
import { SESSIONS_MAX, SESSION_IDLE_DAYS } from "../../lib/limits";
import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { refusal } from "../errors";
import type { ErrorCode } from "../errors";
import { commonBrands } from "../logic/permissions";
import { isAgentToken, sha256Hex } from "../logic/tokens";
import type { SessionRow } from "../validators/accounts";
import type { AgentAccess } from "../validators/agentTokens";

export const SESSION_LIFETIME = 30 * 24 * 60 * 60 * 1000;
export const CHILD_LIFETIME = 60 * 60 * 1000;
/** A session that pages use ends when none has for so long. One that only programs use lasts its whole lifetime. */
const IDLE = SESSION_IDLE_DAYS * 24 * 60 * 60 * 1000;
/** How coarse `lastUsedAt` is: a page asks for a new token about once an hour. */
const USE_RESOLUTION = 30 * 60 * 1000;
/** Rows that one run deletes. */
const PAGE = 200;

type Login = Extract<Doc<"sessions">, { scope: "session" }>;
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
  { now, ...login }: { tokenHash: string; userAgent?: string; clerkSessionId?: string; now: number },
): Promise<{ expiresAt: number }> {
  await makeRoom(ctx, operator._id);
  const expiresAt = now + SESSION_LIFETIME;
  const sessionId = await ctx.db.insert("sessions", {
    scope: "session",
    operatorId: operator._id,
    workspaceId: operator.workspaceId,
    ...login,
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
  await recordUse(ctx, parent._id, now);
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
  if (session !== null) await end(ctx, session);
}

/** Ends a session at once, and the one at Clerk that it came from. */
export async function end(ctx: MutationCtx, session: Doc<"sessions">): Promise<void> {
  await ctx.db.delete("sessions", session._id);
  if (session.scope !== "session" || session.clerkSessionId === undefined) return;
  const { clerkSessionId } = session;
  await ctx.scheduler.runAfter(0, internal.clerk.endSession, { clerkSessionId });
}

export async function takeLogins(db: DatabaseReader, operatorId: Id<"operators">): Promise<Login[]> {
  const sessions = await db
    .query("sessions")
    .withIndex("by_operator_and_scope", (q) => q.eq("operatorId", operatorId).eq("scope", "session"))
    .order("desc")
    .take(SESSIONS_MAX);
  return sessions.flatMap((session) => (session.scope === "session" ? [session] : []));
}

/** One more session ends the oldest of so many, so that lists of them are read whole. */
async function makeRoom(ctx: MutationCtx, operatorId: Id<"operators">): Promise<void> {
  const logins = await takeLogins(ctx.db, operatorId);
  const oldest = logins.at(-1);
  if (logins.length === SESSIONS_MAX && oldest !== undefined) await end(ctx, oldest);
}

/** Ends every login of the operator but one; with each, its pages. */
export async function endLogins(
  ctx: MutationCtx,
  operatorId: Id<"operators">,
  except: Id<"sessions"> | null,
): Promise<void> {
  for (const login of await takeLogins(ctx.db, operatorId)) {
    if (login._id !== except) await end(ctx, login);
  }
}

/** The login that a token belongs to: a page's token is its parent's. Null for an agent's. */
export function loginOf(session: Doc<"sessions">): Id<"sessions"> | null {
  if (session.scope === "agent") return null;
  return session.scope === "child" ? session.parentId : session._id;
}

/** The operator's logins that are still good, newest first. */
export async function listLogins(
  db: DatabaseReader,
  { operator, session }: Identity,
  now: number,
): Promise<SessionRow[]> {
  const current = loginOf(session);
  const logins = (await takeLogins(db, operator._id)).filter(({ expiresAt }) => expiresAt > now);
  return await Promise.all(
    logins.map(async ({ _id, userAgent, createdAt, expiresAt }) => {
      const lastUsedAt = (await findUse(db, _id))?.lastUsedAt ?? createdAt;
      return { _id, userAgent, createdAt, lastUsedAt, expiresAt, isCurrent: _id === current };
    }),
  );
}

async function findUse(db: DatabaseReader, sessionId: Id<"sessions">): Promise<Doc<"sessionUses"> | null> {
  return await db
    .query("sessionUses")
    .withIndex("by_session", (q) => q.eq("sessionId", sessionId))
    .unique();
}

/** Notes that a page uses the session, at most once an hour. */
async function recordUse(ctx: MutationCtx, sessionId: Id<"sessions">, now: number): Promise<void> {
  const use = await findUse(ctx.db, sessionId);
  if (use === null) await ctx.db.insert("sessionUses", { sessionId, lastUsedAt: now });
  else if (use.lastUsedAt <= now - USE_RESOLUTION) {
    await ctx.db.patch("sessionUses", use._id, { lastUsedAt: now });
  }
}

/**
 * Ends a page of sessions that no page has used for long, and of those past their time whose own job is lost, as in an
 * imported database; true when there may be more.
 */
export async function purgeLogins(ctx: MutationCtx, now: number): Promise<boolean> {
  const idle = await ctx.db
    .query("sessionUses")
    .withIndex("by_last_used_at", (q) => q.lt("lastUsedAt", now - IDLE))
    .take(PAGE);
  for (const { _id, sessionId } of idle) {
    if ((await ctx.db.get("sessions", sessionId)) !== null) await ctx.db.delete("sessions", sessionId);
    await ctx.db.delete("sessionUses", _id);
  }
  const expired = await ctx.db
    .query("sessions")
    .withIndex("by_expires_at", (q) => q.lt("expiresAt", now))
    .take(PAGE);
  for (const { _id } of expired) await ctx.db.delete("sessions", _id);
  return idle.length === PAGE || expired.length === PAGE;
}
