/** What operators change about themselves. */
import { v } from "convex/values";
import { checkName, checkPassword } from "../lib/validation";
import { internal } from "./_generated/api";
import { refusal, valid } from "./errors";
import { internalOperatorMutation, operatorMutation, publicAction } from "./functions";
import { recordAudit } from "./model/audit";
import { requireOwnPassword } from "./model/ownPassword";
import { endLogins, loginOf } from "./model/sessions";
import { takePasswordCheck } from "./model/throttles";

/** The name that colleagues and visitors see from now on. What was written before keeps its own. */
export const updateName = operatorMutation({
  args: { name: v.string() },
  returns: v.null(),
  handler: async (ctx, { name }) => {
    await ctx.db.patch("operators", ctx.operator._id, { name: valid("name", checkName(name)) });
    return null;
  },
});

/** Sets a new password, by the current one. Every other login of the operator ends. */
export const updatePassword = publicAction({
  args: { sessionToken: v.string(), currentPassword: v.string(), newPassword: v.string() },
  returns: v.null(),
  handler: async (ctx, { sessionToken, currentPassword, newPassword }) => {
    const password = valid("newPassword", checkPassword(newPassword));
    const current = { sessionToken, password: currentPassword, field: "currentPassword" };
    const { passwordHash: formerHash } = await requireOwnPassword(ctx, current);
    const passwordHash = await ctx.runAction(internal.passwords.hash, { password });
    await ctx.runMutation(internal.account.storePassword, { sessionToken, passwordHash, formerHash });
    return null;
  },
});

/** Counts a try of one's own password before it costs a hash, and gives what it is checked against. */
export const admitPassword = internalOperatorMutation({
  args: {},
  returns: v.object({
    retryAfterMs: v.union(v.number(), v.null()),
    operatorId: v.id("operators"),
    passwordHash: v.string(),
    email: v.string(),
  }),
  handler: async (ctx) => {
    const { _id, passwordHash, email } = ctx.operator;
    const retryAfterMs = await takePasswordCheck(ctx, _id);
    return { retryAfterMs, operatorId: _id, passwordHash, email };
  },
});

export const storePassword = internalOperatorMutation({
  args: { passwordHash: v.string(), formerHash: v.string() },
  returns: v.null(),
  handler: async (ctx, { passwordHash, formerHash }) => {
    const { operator, session } = ctx;
    if (operator.passwordHash !== formerHash) {
      throw refusal("CONFLICT", "Your password was changed meanwhile. Use the new one.");
    }
    await ctx.db.patch("operators", operator._id, { passwordHash });
    await endLogins(ctx, operator._id, loginOf(session));
    const entry = { action: "operator.password_changed" as const, target: operator.email };
    await recordAudit(ctx, operator, entry, Date.now());
    return null;
  },
});
