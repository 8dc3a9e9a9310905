/** API keys: rows hold a hash; the key itself is shown once, by the action that made it. */
import type { ConvexError } from "convex/values";
import { API_KEYS_MAX } from "../../lib/limits";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { notFound, refusal } from "../errors";
import type { AppErrorData, ErrorCode } from "../errors";
import { canAccessBrand, canManageKeys, canWriteForBrand } from "../logic/permissions";
import type { ApiKeyRow } from "../validators";
import { recordAudit } from "./audit";
import { loadBrands } from "./brands";

/** How coarse `lastUsedAt` is: a key in use costs one write in this time, not one for each request. */
const USE_RESOLUTION = 60 * 60 * 1000;

export type NewApiKey = {
  name: string;
  prefix: string;
  keyHash: string;
  scope: Doc<"apiKeys">["scope"];
  brandId?: Id<"brands">; // absent: all brands
  expiresAt?: number;
};

/** The operator may make and revoke keys; anyone else is refused. */
export function requireKeyManager(operator: Doc<"operators">): void {
  if (!canManageKeys(operator)) {
    throw refusal("FORBIDDEN", "Only owners and admins can manage API keys. Ask one of them.");
  }
}

export async function insertApiKey(
  ctx: MutationCtx,
  operator: Doc<"operators">,
  key: NewApiKey,
  now: number,
): Promise<Id<"apiKeys">> {
  const live = await liveKeys(ctx.db, operator.workspaceId);
  if (live.length >= API_KEYS_MAX) {
    throw refusal("CONFLICT", `A workspace has at most ${API_KEYS_MAX} keys. Revoke one that is not in use.`);
  }
  const { name, scope, brandId } = key;
  await recordAudit(ctx, operator, { action: "api_key.created", target: name, details: scope, brandId }, now);
  return await ctx.db.insert("apiKeys", {
    workspaceId: operator.workspaceId,
    ...key,
    createdBy: operator._id,
    createdAt: now,
  });
}

/** Those that are not revoked, newest first; expired ones are among them until somebody revokes them. */
async function liveKeys(db: DatabaseReader, workspaceId: Id<"workspaces">): Promise<Doc<"apiKeys">[]> {
  return await db
    .query("apiKeys")
    .withIndex("by_workspace_and_revoked_at", (q) =>
      q.eq("workspaceId", workspaceId).eq("revokedAt", undefined),
    )
    .order("desc")
    .take(API_KEYS_MAX);
}

/** Whether the operator may see the key; those of all brands are everybody's. */
const isShown = (operator: Doc<"operators">, { brandId }: Doc<"apiKeys">): boolean =>
  brandId === undefined || canAccessBrand(operator, brandId);

export async function listApiKeys(db: DatabaseReader, operator: Doc<"operators">): Promise<ApiKeyRow[]> {
  const keys = (await liveKeys(db, operator.workspaceId)).filter((key) => isShown(operator, key));
  const brands = await loadBrands(
    db,
    keys.flatMap((key) => key.brandId ?? []),
  );
  return await Promise.all(
    keys.map(async (key) => {
      const [creator, use] = await Promise.all([db.get("operators", key.createdBy), findUse(db, key._id)]);
      const brand = key.brandId === undefined ? undefined : brands.get(key.brandId);
      return {
        _id: key._id,
        name: key.name,
        prefix: key.prefix,
        scope: key.scope,
        brandId: key.brandId ?? null,
        brandName: brand?.name ?? null,
        createdBy: creator === null ? null : { _id: creator._id, name: creator.name },
        createdAt: key.createdAt,
        expiresAt: key.expiresAt,
        lastUsedAt: use?.lastUsedAt,
      };
    }),
  );
}

/** Ends the key at once. One that is revoked already stays as it is. */
export async function revokeApiKey(
  ctx: MutationCtx,
  operator: Doc<"operators">,
  keyId: string,
  now: number,
): Promise<void> {
  const id = ctx.db.normalizeId("apiKeys", keyId);
  const key = id === null ? null : await ctx.db.get("apiKeys", id);
  if (key === null || key.workspaceId !== operator.workspaceId || !isShown(operator, key)) {
    throw notFound("key");
  }
  if (!canWriteForBrand(operator, key.brandId)) {
    throw refusal(
      "FORBIDDEN",
      "This key is for all brands. Ask an owner or an admin of all brands to end it.",
    );
  }
  if (key.revokedAt !== undefined) return;
  await ctx.db.patch("apiKeys", key._id, { revokedAt: now });
  const { name: target, brandId } = key;
  await recordAudit(ctx, operator, { action: "api_key.revoked", target, brandId }, now);
}

type Resolved = { ok: true; key: Doc<"apiKeys"> } | { ok: false; refusal: ConvexError<AppErrorData> };

/** The valid key with this hash, or the refusal that says what is wrong. */
export async function resolveKey(db: DatabaseReader, keyHash: string | null, now: number): Promise<Resolved> {
  const refused = (code: ErrorCode, message: string): Resolved => ({
    ok: false,
    refusal: refusal(code, message),
  });
  const key = keyHash === null ? null : await findKey(db, keyHash);
  if (key === null) {
    return refused("UNAUTHENTICATED", "Send a valid API key in the header: Authorization: Bearer ptk_live_…");
  }
  if (key.revokedAt !== undefined) {
    return refused("KEY_REVOKED", "This API key was revoked. Use another, made at /app/integrations.");
  }
  if (key.expiresAt !== undefined && key.expiresAt <= now) {
    return refused("KEY_EXPIRED", "This API key has expired. Use another, made at /app/integrations.");
  }
  return { ok: true, key };
}

/** The valid key with this hash; anything else is a refusal. */
export async function requireKey(
  db: DatabaseReader,
  keyHash: string | null,
  now: number,
): Promise<Doc<"apiKeys">> {
  const resolved = await resolveKey(db, keyHash, now);
  if (!resolved.ok) throw resolved.refusal;
  return resolved.key;
}

export const readOnly = () =>
  refusal("READ_ONLY_KEY", "This API key can only read. Use one with write scope.");

async function findKey(db: DatabaseReader, keyHash: string): Promise<Doc<"apiKeys"> | null> {
  return await db
    .query("apiKeys")
    .withIndex("by_key_hash", (q) => q.eq("keyHash", keyHash))
    .unique();
}

async function findUse(db: DatabaseReader, keyId: Id<"apiKeys">): Promise<Doc<"apiKeyUses"> | null> {
  return await db
    .query("apiKeyUses")
    .withIndex("by_key", (q) => q.eq("keyId", keyId))
    .unique();
}

/** Notes that the key is in use, at most once an hour. */
export async function recordUse(ctx: MutationCtx, key: Doc<"apiKeys">, now: number): Promise<void> {
  const lastUsedAt = now - (now % USE_RESOLUTION);
  const use = await findUse(ctx.db, key._id);
  if (use === null) await ctx.db.insert("apiKeyUses", { keyId: key._id, lastUsedAt });
  else if (use.lastUsedAt < lastUsedAt) await ctx.db.patch("apiKeyUses", use._id, { lastUsedAt });
}
