/** The team: who they are, what they may do, and how they leave. How people join is in invites.ts. */
import { v } from "convex/values";
import { internal } from "./_generated/api";
import { internalMutation, internalOperatorMutation, operatorMutation, operatorQuery } from "./functions";
import { publicAction } from "./functions";
import { LINK_TOKEN_BYTES, formatResetToken, sha256Hex } from "./logic/tokens";
import { recordAudit } from "./model/audit";
import { requirePasswords } from "./model/clerk";
import { forgetPage, handOverPage, releaseLostBrands } from "./model/handover";
import { webLink } from "./model/mailSettings";
import { storeNewReset } from "./model/passwordResets";
import { removeOperator } from "./model/removal";
import * as team from "./model/team";
import { turnOff } from "./model/twoStep";
import { operatorRole } from "./validators";
import { operatorRow } from "./validators/accounts";

/** Everybody of the workspace: owners, admins, agents; the oldest first among each. */
export const list = operatorQuery({
  args: {},
  returns: v.array(operatorRow),
  handler: async (ctx) => await team.listOperators(ctx.db, ctx.operator),
});

/** By an owner or admin, for another: never above one's own role. Only owners make and change owners and admins. */
export const setRole = operatorMutation({
  args: { operatorId: v.string(), role: operatorRole },
  returns: v.null(),
  handler: async (ctx, change) => {
    await team.setRole(ctx, ctx.operator, change, Date.now());
    return null;
  },
});

/** By an owner or admin, for another, within one's own brands. Conversations of lost brands become nobody's. */
export const setBrandAccess = operatorMutation({
  args: { operatorId: v.string(), brandAccess: v.union(v.literal("all"), v.array(v.string())) },
  returns: v.null(),
  handler: async (ctx, change) => {
    const changed = await team.setBrandAccess(ctx, ctx.operator, change, Date.now());
    if (changed !== null) await releaseLostBrands(ctx, changed);
    return null;
  },
});

/** Removes a colleague: their sessions, tokens and API keys end at once, their conversations are handed over. */
export const remove = operatorMutation({
  args: {
    operatorId: v.string(),
    reassignTo: v.optional(v.union(v.string(), v.null())), // nobody
    keepApiKeys: v.optional(v.boolean()), // those that they made; false
  },
  returns: v.null(),
  handler: async (ctx, { operatorId, reassignTo = null, keepApiKeys = false }) => {
    await removeOperator(ctx, ctx.operator, { operatorId, reassignTo, keepApiKeys }, Date.now());
    return null;
  },
});

/**
 * A link by which a colleague sets a new password, for whom the operator may act on: shown this once, and good for an hour.
 * It is null where the deployment does not know its web address, and is then `/reset-password/<token>` there.
 */
export const makeResetLink = publicAction({
  args: { sessionToken: v.string(), operatorId: v.string() },
  returns: v.object({ resetToken: v.string(), resetLink: v.union(v.string(), v.null()) }),
  handler: async (ctx, args) => {
    requirePasswords();
    const resetToken = formatResetToken(crypto.getRandomValues(new Uint8Array(LINK_TOKEN_BYTES)));
    await ctx.runMutation(internal.operators.storeReset, { ...args, tokenHash: await sha256Hex(resetToken) });
    return { resetToken, resetLink: webLink(`/reset-password/${resetToken}`) };
  },
});

/** The transaction behind a colleague's link, whose token it gets as a hash. */
export const storeReset = internalOperatorMutation({
  args: { operatorId: v.string(), tokenHash: v.string() },
  returns: v.null(),
  handler: async (ctx, { operatorId, tokenHash }) => {
    const colleague = await team.requireSubordinate(ctx.db, ctx.operator, operatorId);
    const now = Date.now();
    await storeNewReset(ctx, colleague._id, tokenHash, now);
    const entry = { action: "operator.reset_link_made" as const, target: colleague.email };
    await recordAudit(ctx, ctx.operator, entry, now);
    return null;
  },
});

/** Turns off a colleague's second step, by whom may act on them: their phone is lost, and their recovery codes too. */
export const resetTwoStep = operatorMutation({
  args: { operatorId: v.string() },
  returns: v.null(),
  handler: async (ctx, { operatorId }) => {
    const colleague = await team.requireSubordinate(ctx.db, ctx.operator, operatorId);
    await turnOff(ctx, colleague._id);
    const entry = { action: "operator.two_step_off" as const, target: colleague.email };
    await recordAudit(ctx, ctx.operator, entry, Date.now());
    return null;
  },
});

/** Hands conversations over, a page in each run. */
export const handOver = internalMutation({
  args: {
    workspaceId: v.id("workspaces"),
    from: v.id("operators"),
    to: v.union(v.id("operators"), v.null()),
    brandIds: v.union(v.array(v.id("brands")), v.null()),
  },
  returns: v.null(),
  handler: async (ctx, handover) => {
    const more = await handOverPage(ctx, handover, Date.now());
    if (more) await ctx.scheduler.runAfter(0, internal.operators.handOver, handover);
    return null;
  },
});

/** Deletes what only the operator who left had use for, a page in each run. */
export const forget = internalMutation({
  args: { operatorId: v.id("operators") },
  returns: v.null(),
  handler: async (ctx, { operatorId }) => {
    const more = await forgetPage(ctx, operatorId);
    if (more) await ctx.scheduler.runAfter(0, internal.operators.forget, { operatorId });
    return null;
  },
});
