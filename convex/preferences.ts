import { v } from "convex/values";
import { checkOwnKeys } from "../lib/keys";
import { valid } from "./errors";
import { operatorMutation, operatorQuery } from "./functions";
import { changePreferences, preferencesOf } from "./model/preferences";
import { notificationKind } from "./validators";
import { density, preferences } from "./validators/preferences";

/** What this operator chose for themselves, the rest as PraxTalk comes. */
export const get = operatorQuery({
  args: {},
  returns: preferences,
  handler: async (ctx) => await preferencesOf(ctx.db, ctx.operator._id),
});

/** Sets what is given; `keys` and `mutedKinds` take the place of those before. */
export const update = operatorMutation({
  args: {
    singleKeys: v.optional(v.boolean()),
    keys: v.optional(v.record(v.string(), v.string())),
    density: v.optional(density),
    mutedKinds: v.optional(v.array(notificationKind)),
  },
  returns: v.null(),
  handler: async (ctx, { keys, mutedKinds, ...change }) => {
    await changePreferences(ctx, ctx.operator, {
      ...change,
      ...(keys === undefined ? {} : { keys: valid("keys", checkOwnKeys(keys)) }),
      ...(mutedKinds === undefined ? {} : { mutedKinds: [...new Set(mutedKinds)] }),
    });
    return null;
  },
});
