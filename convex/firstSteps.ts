import { v } from "convex/values";
import { refusal } from "./errors";
import { operatorMutation, operatorQuery } from "./functions";
import { canManageBrands } from "./logic/permissions";
import { firstStepsOf, setFirstStepsDismissed } from "./model/firstSteps";
import { firstSteps } from "./validators/firstSteps";

/** What the workspace has done of its first hour; null for who could not do it, and once it was dismissed. */
export const get = operatorQuery({
  args: {},
  returns: v.union(firstSteps, v.null()),
  handler: async (ctx) =>
    canManageBrands(ctx.operator) ? await firstStepsOf(ctx.db, ctx.operator.workspaceId) : null,
});

/** Hides the list for the whole workspace, or brings it back; by an owner or admin. */
export const setDismissed = operatorMutation({
  args: { dismissed: v.boolean() },
  returns: v.null(),
  handler: async (ctx, { dismissed }) => {
    if (!canManageBrands(ctx.operator)) {
      throw refusal("FORBIDDEN", "Only owners and admins can hide the first steps. Ask one of them.");
    }
    await setFirstStepsDismissed(ctx, ctx.operator.workspaceId, dismissed);
    return null;
  },
});
