import { v } from "convex/values";
import { checkName } from "../lib/validation";
import { internal } from "./_generated/api";
import type { Id } from "./_generated/dataModel";
import { notFound, rateLimited, refusal, valid } from "./errors";
import { internalMutation, internalOperatorMutation, operatorMutation, operatorQuery } from "./functions";
import { publicAction } from "./functions";
import { API_KEY_BYTES, apiKeyPrefix, formatApiKey, sha256Hex } from "./logic/tokens";
import * as apiKeys from "./model/apiKeys";
import { findBrand } from "./model/brands";
import { countForAddress, countForKey } from "./model/rateLimits";
import { apiKeyRow, apiKeyScope, caller, limitState } from "./validators";

/** The workspace's keys that are not revoked, newest first: those of the operator's brands, and those of all brands. */
export const list = operatorQuery({
  args: {},
  returns: v.array(apiKeyRow),
  handler: async (ctx) => await apiKeys.listApiKeys(ctx.db, ctx.operator),
});

const newKey = {
  name: v.string(),
  scope: apiKeyScope,
  brandId: v.optional(v.string()), // absent: all brands
  expiresAt: v.optional(v.number()), // absent: never
};

type Made = { keyId: Id<"apiKeys">; secret: string };

/** A new key for a program, by an owner or admin. `secret` is the key itself: nothing shows it again. */
export const create = publicAction({
  args: { sessionToken: v.string(), ...newKey },
  returns: v.object({ keyId: v.id("apiKeys"), secret: v.string() }),
  handler: async (ctx, args): Promise<Made> => {
    const secret = formatApiKey(crypto.getRandomValues(new Uint8Array(API_KEY_BYTES)));
    const keyId = await ctx.runMutation(internal.apiKeys.insert, {
      ...args,
      prefix: apiKeyPrefix(secret),
      keyHash: await sha256Hex(secret),
    });
    return { keyId, secret };
  },
});

/** The transaction behind a new key, which it gets as a hash. */
export const insert = internalOperatorMutation({
  args: { ...newKey, prefix: v.string(), keyHash: v.string() },
  returns: v.id("apiKeys"),
  handler: async (ctx, { name, brandId, expiresAt, ...key }) => {
    apiKeys.requireKeyManager(ctx.operator);
    const now = Date.now();
    if (expiresAt !== undefined && !(expiresAt > now)) {
      throw refusal("VALIDATION", "Choose a time in the future.", { field: "expiresAt" });
    }
    if (brandId === undefined && ctx.operator.brandAccess !== "all") {
      throw refusal("FORBIDDEN", "Choose one of your brands for this key.", { field: "brandId" });
    }
    const brand = brandId === undefined ? null : await findBrand(ctx.db, ctx.operator, brandId);
    if (brandId !== undefined && brand === null) throw notFound("brand");
    const checked = { name: valid("name", checkName(name)), brandId: brand?._id, expiresAt, ...key };
    return await apiKeys.insertApiKey(ctx, ctx.operator, checked, now);
  },
});

/** Ends a key at once, by an owner or admin; one of all brands, by who works for all of them. */
export const revoke = operatorMutation({
  args: { keyId: v.string() },
  returns: v.null(),
  handler: async (ctx, { keyId }) => {
    apiKeys.requireKeyManager(ctx.operator);
    await apiKeys.revokeApiKey(ctx, ctx.operator, keyId, Date.now());
    return null;
  },
});

/** What `ConvexError.data` of a refusal of these is. */
const refusedFields = v.object({
  code: v.string(),
  message: v.string(),
  field: v.optional(v.string()),
  retryAfterMs: v.optional(v.number()),
});

/**
 * Whether a request may go on, counted. Each request that no keyMutation counts comes by here: every read, since a query
 * cannot count, and one that was refused, since its own count went back with it. What a caller without a valid key has
 * left goes by its address. A refusal is a value here: thrown, it would undo the count.
 */
export const admit = internalMutation({
  args: { caller, scope: apiKeyScope },
  returns: v.object({
    limit: limitState,
    refused: v.union(refusedFields, v.null()),
  }),
  handler: async (ctx, { caller, scope }) => {
    const now = Date.now();
    const resolved = await apiKeys.resolveKey(ctx.db, caller.keyHash, now);
    if (!resolved.ok) {
      const { ok, state: limit } = await countForAddress(ctx, caller.address, now);
      return { limit, refused: (ok ? resolved.refusal : rateLimited(limit.resetAt - now)).data };
    }
    const { key } = resolved;
    const { ok, state: limit } = await countForKey(ctx, key, now);
    if (!ok) return { limit, refused: rateLimited(limit.resetAt - now).data };
    await apiKeys.recordUse(ctx, key, now);
    const mayNot = scope === "write" && key.scope === "read";
    return { limit, refused: mayNot ? apiKeys.readOnly().data : null };
  },
});
