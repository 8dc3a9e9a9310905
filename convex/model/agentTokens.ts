/** Tokens of agent software: it acts as the operator who minted the token, within what the token allows. */
import { AGENT_TOKENS_MAX, AGENT_TOKEN_DAYS_MAX } from "../../lib/limits";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { notFound, refusal } from "../errors";
import { canAccessBrand, canManageKeys, commonBrands, isWithin } from "../logic/permissions";
import type { AgentAccess, AgentTokenRow } from "../validators/agentTokens";
import { recordAudit } from "./audit";
import { requireBrands } from "./brands";
import { scheduleExpiry } from "./sessions";

const HOUR = 60 * 60 * 1000;
const LIFETIME_MAX = AGENT_TOKEN_DAYS_MAX * 24 * HOUR;

type Session = Doc<"sessions">;
type AgentToken = Extract<Session, { scope: "agent" }>;

export type NewAgentToken = {
  name: string;
  access: AgentAccess;
  brands: "all" | string[];
  expiresAt: number;
  prefix: string;
  tokenHash: string;
};

async function takeTokens(db: DatabaseReader, workspaceId: Id<"workspaces">): Promise<AgentToken[]> {
  const sessions = await db
    .query("sessions")
    .withIndex("by_workspace_and_scope", (q) => q.eq("workspaceId", workspaceId).eq("scope", "agent"))
    .order("desc")
    .take(AGENT_TOKENS_MAX);
  return sessions.flatMap((session) => (session.scope === "agent" ? [session] : []));
}

/** A token for the operator's software; it ends by itself at `expiresAt`. */
export async function insertAgentToken(
  ctx: MutationCtx,
  operator: Doc<"operators">,
  { brands, expiresAt, ...token }: NewAgentToken,
  now: number,
): Promise<Id<"sessions">> {
  if (!(expiresAt > now && expiresAt <= now + LIFETIME_MAX)) {
    throw refusal("VALIDATION", `Choose a time within the next ${AGENT_TOKEN_DAYS_MAX} days.`, {
      field: "expiresAt",
    });
  }
  if ((await takeTokens(ctx.db, operator.workspaceId)).length >= AGENT_TOKENS_MAX) {
    throw refusal(
      "CONFLICT",
      `A workspace has at most ${AGENT_TOKENS_MAX} agent tokens. Revoke one that is not in use.`,
    );
  }
  const tokenId = await ctx.db.insert("sessions", {
    scope: "agent",
    operatorId: operator._id,
    workspaceId: operator.workspaceId,
    ...token,
    brands: await requireBrands(ctx.db, operator, brands, "brands"),
    expiresAt,
    createdAt: now,
  });
  await scheduleExpiry(ctx, tokenId, expiresAt);
  const entry = { action: "agent_token.created" as const, target: token.name, details: token.access };
  await recordAudit(ctx, operator, entry, now);
  return tokenId;
}

/** The operator's own tokens, newest first; for owners and admins all that reach a brand of theirs. */
export async function listAgentTokens(
  db: DatabaseReader,
  operator: Doc<"operators">,
): Promise<AgentTokenRow[]> {
  const tokens = await takeTokens(db, operator.workspaceId);
  const rows = await Promise.all(
    tokens.map(async (token) => {
      const [holder, use] = await Promise.all([
        db.get("operators", token.operatorId),
        findUse(db, token._id),
      ]);
      const may = rightsOver(token, holder, operator);
      if (may === "nothing") return null;
      const { _id, name, prefix, access, brands, createdAt, expiresAt } = token;
      return {
        _id,
        name,
        prefix,
        access,
        brands,
        operator: holder === null ? null : { _id: holder._id, name: holder.name },
        mayRevoke: may === "revoke",
        createdAt,
        expiresAt,
        lastUsedAt: use?.lastUsedAt,
      };
    }),
  );
  return rows.flatMap((row) => row ?? []);
}

/**
 * What an operator may do with a token: their own is theirs; those of others are for owners and admins, who see what
 * reaches a brand of theirs and end what reaches no other.
 */
function rightsOver(
  token: AgentToken,
  holder: Doc<"operators"> | null,
  operator: Doc<"operators">,
): "nothing" | "see" | "revoke" {
  if (token.operatorId === operator._id) return "revoke";
  if (!canManageKeys(operator)) return "nothing";
  if (operator.brandAccess === "all") return "revoke";
  const reach = commonBrands(token.brands, holder?.brandAccess ?? "all");
  if (reach === "all") return "see";
  if (!reach.some((brandId) => canAccessBrand(operator, brandId))) return "nothing";
  return isWithin(reach, operator.brandAccess) ? "revoke" : "see";
}

/** Ends the token and every subscription under it. */
export async function revokeAgentToken(
  ctx: MutationCtx,
  operator: Doc<"operators">,
  tokenId: string,
  now: number,
): Promise<void> {
  const id = ctx.db.normalizeId("sessions", tokenId);
  const token = id === null ? null : await ctx.db.get("sessions", id);
  if (token?.scope !== "agent" || token.workspaceId !== operator.workspaceId) throw notFound("token");
  const may = rightsOver(token, await ctx.db.get("operators", token.operatorId), operator);
  if (may === "nothing") throw notFound("token");
  if (may === "see") {
    throw refusal(
      "FORBIDDEN",
      "This token reaches brands that are not yours. Ask an owner or an admin of all brands to end it.",
    );
  }
  await ctx.db.delete("sessions", token._id);
  const use = await findUse(ctx.db, token._id);
  if (use !== null) await ctx.db.delete("agentTokenUses", use._id);
  await recordAudit(ctx, operator, { action: "agent_token.revoked", target: token.name }, now);
}

async function findUse(db: DatabaseReader, tokenId: Id<"sessions">): Promise<Doc<"agentTokenUses"> | null> {
  return await db
    .query("agentTokenUses")
    .withIndex("by_token", (q) => q.eq("tokenId", tokenId))
    .unique();
}

/** Notes that an agent's token is in use, at most once an hour; other sessions are nothing to it. */
export async function recordAgentUse(ctx: MutationCtx, session: Session, now: number): Promise<void> {
  if (session.scope !== "agent") return;
  const lastUsedAt = now - (now % HOUR);
  const use = await findUse(ctx.db, session._id);
  if (use === null) await ctx.db.insert("agentTokenUses", { tokenId: session._id, lastUsedAt });
  else if (use.lastUsedAt < lastUsedAt) await ctx.db.patch("agentTokenUses", use._id, { lastUsedAt });
}
