import { v } from "convex/values";
import * as check from "../lib/validation";
import { valid } from "./errors";
import {
  internalMutation,
  internalOperatorMutation,
  internalOperatorQuery,
  publicMutation,
} from "./functions";
import { sha256Hex } from "./logic/tokens";
import { recordAudit } from "./model/audit";
import { requireWidget } from "./model/brands";
import { newestConversation } from "./model/conversations";
import * as identities from "./model/identities";
import { throttleMessage } from "./model/throttles";
import { endSessionInTime, signIn as signInAs } from "./model/visitorSessions";
import { requireManagedBrand } from "./model/widgets";

/**
 * Signs a visitor in by the token that their site has made: until it expires, `visitorKey` opens this person's chats.
 * `visitorKey` is the browser's own for this person alone; `earlierKey`, the one that it had while nobody was signed in,
 * whose chats go over to the person.
 */
export const signIn = publicMutation({
  args: {
    widgetId: v.string(),
    visitorKey: v.string(),
    identityToken: v.string(),
    earlierKey: v.optional(v.string()),
  },
  returns: v.object({
    conversationId: v.union(v.id("conversations"), v.null()), // the newest; null: none yet
    expiresAt: v.number(),
  }),
  handler: async (ctx, { widgetId, visitorKey, identityToken, earlierKey }) => {
    const now = Date.now();
    const hashOf = async (field: string, key: string) =>
      await sha256Hex(valid(field, check.checkVisitorKey(key)));
    const keyHash = await hashOf("visitorKey", visitorKey);
    const earlierKeyHash = earlierKey === undefined ? undefined : await hashOf("earlierKey", earlierKey);
    const brand = await requireWidget(ctx.db, widgetId);
    const identity = await identities.requireIdentity(ctx.db, brand, identityToken, now);
    await throttleMessage(ctx, keyHash);
    const visitor = await signInAs(ctx, brand, { keyHash, identity, earlierKeyHash, now });
    const conversation = await newestConversation(ctx.db, visitor);
    return { conversationId: conversation?._id ?? null, expiresAt: identity.expiresAt };
  },
});

/** Ends a visitor's session when its token's time is over. */
export const endSession = internalMutation({
  args: { sessionId: v.id("visitorSessions") },
  returns: v.null(),
  handler: async (ctx, { sessionId }) => {
    await endSessionInTime(ctx, sessionId, Date.now());
    return null;
  },
});

/** The brand whose secret the operator may make. */
export const managedBrand = internalOperatorQuery({
  args: { brandId: v.string() },
  returns: v.id("brands"),
  handler: async (ctx, { brandId }) => (await requireManagedBrand(ctx.db, ctx.operator, brandId))._id,
});

/** The transaction behind a new secret, which gets it sealed. */
export const storeSecret = internalOperatorMutation({
  args: { brandId: v.string(), sealedSecret: v.string(), secretPreview: v.string() },
  returns: v.null(),
  handler: async (ctx, { brandId, ...secret }) => {
    const brand = await requireManagedBrand(ctx.db, ctx.operator, brandId);
    const now = Date.now();
    await identities.rotateIdentitySecret(ctx, brand, secret, now);
    const entry = {
      action: "brand.identity_secret_rotated",
      target: brand.name,
      brandId: brand._id,
    } as const;
    await recordAudit(ctx, ctx.operator, entry, now);
    return null;
  },
});

/** Ends the secret before when its days are over. A rotation that began since has its own end. */
export const expireSecret = internalMutation({
  args: { brandId: v.id("brands"), previousUntil: v.number() },
  returns: v.null(),
  handler: async (ctx, { brandId, previousUntil }) => {
    await identities.endIdentityRotation(ctx, brandId, previousUntil);
    return null;
  },
});
