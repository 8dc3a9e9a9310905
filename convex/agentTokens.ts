/** Tokens for software that subscribes as an operator does. Any operator mints some for themselves. */
import { v } from "convex/values";
import { checkName } from "../lib/validation";
import { internal } from "./_generated/api";
import type { Id } from "./_generated/dataModel";
import { valid } from "./errors";
import { internalOperatorMutation, operatorMutation, operatorQuery, publicAction } from "./functions";
import { SESSION_TOKEN_BYTES, agentTokenPrefix, formatAgentToken, sha256Hex } from "./logic/tokens";
import * as agentTokens from "./model/agentTokens";
import { agentAccess, agentTokenRow } from "./validators/agentTokens";

/** The operator's own tokens, newest first; for owners and admins all that reach a brand of theirs. */
export const list = operatorQuery({
  args: {},
  returns: v.array(agentTokenRow),
  handler: async (ctx) => await agentTokens.listAgentTokens(ctx.db, ctx.operator),
});

const newToken = {
  name: v.string(),
  access: agentAccess,
  brands: v.union(v.literal("all"), v.array(v.string())), // "all": whatever the operator may see at the time
  expiresAt: v.number(), // at most AGENT_TOKEN_DAYS_MAX days from now
};

type Made = { tokenId: Id<"sessions">; token: string };

/** A new token, which acts as its operator. `token` is shown once; pass it as `sessionToken`. */
export const create = publicAction({
  args: { sessionToken: v.string(), ...newToken },
  returns: v.object({ tokenId: v.id("sessions"), token: v.string() }),
  handler: async (ctx, args): Promise<Made> => {
    const token = formatAgentToken(crypto.getRandomValues(new Uint8Array(SESSION_TOKEN_BYTES)));
    const tokenId = await ctx.runMutation(internal.agentTokens.insert, {
      ...args,
      prefix: agentTokenPrefix(token),
      tokenHash: await sha256Hex(token),
    });
    return { tokenId, token };
  },
});

/** The transaction behind a new token, which it gets as a hash. */
export const insert = internalOperatorMutation({
  args: { ...newToken, prefix: v.string(), tokenHash: v.string() },
  returns: v.id("sessions"),
  handler: async (ctx, { name, ...token }) => {
    const checked = { ...token, name: valid("name", checkName(name)) };
    return await agentTokens.insertAgentToken(ctx, ctx.operator, checked, Date.now());
  },
});

/** Ends a token at once, with every subscription under it: one's own, or as owner or admin one that reaches no brands but theirs. */
export const revoke = operatorMutation({
  args: { tokenId: v.string() },
  returns: v.null(),
  handler: async (ctx, { tokenId }) => {
    await agentTokens.revokeAgentToken(ctx, ctx.operator, tokenId, Date.now());
    return null;
  },
});

/** Tells that the token is in use, for software that only subscribes: a subscription alone leaves no trace. */
export const recordUse = operatorMutation({
  agents: "read",
  args: {},
  returns: v.null(),
  handler: () => null,
});
