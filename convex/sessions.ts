/** Where an operator is signed in, and how they end it. */
import { v } from "convex/values";
import { notFound } from "./errors";
import { operatorMutation, operatorQuery } from "./functions";
import * as sessions from "./model/sessions";
import { sessionRow } from "./validators/accounts";

/** The operator's logins that are still good, newest first. */
export const list = operatorQuery({
  args: {},
  returns: v.array(sessionRow),
  handler: async (ctx) => await sessions.listLogins(ctx.db, ctx, Date.now()),
});

/** Ends one of the operator's own logins at once, with its pages. */
export const revoke = operatorMutation({
  args: { sessionId: v.string() },
  returns: v.null(),
  handler: async (ctx, { sessionId }) => {
    const id = ctx.db.normalizeId("sessions", sessionId);
    const session = id === null ? null : await ctx.db.get("sessions", id);
    if (session?.scope !== "session" || session.operatorId !== ctx.operator._id) throw notFound("session");
    await sessions.end(ctx, session);
    return null;
  },
});

/** Ends every other login of the operator. */
export const revokeOthers = operatorMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    await sessions.endLogins(ctx, ctx.operator._id, sessions.loginOf(ctx.session));
    return null;
  },
});
