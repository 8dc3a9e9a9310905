import { v } from "convex/values";
import { checkFormatLocale, checkTimeZone } from "../lib/formats";
import { checkOwnKeys } from "../lib/keys";
import type { Checked } from "../lib/validation";
import { valid } from "./errors";
import { operatorMutation, operatorQuery } from "./functions";
import { changePreferences, preferencesOf } from "./model/preferences";
import { notificationKind } from "./validators";
import { announce, density, preferences } from "./validators/preferences";

/** What this operator chose for themselves, the rest as PraxTalk comes. */
export const get = operatorQuery({
  args: {},
  returns: preferences,
  handler: async (ctx) => await preferencesOf(ctx.db, ctx.operator._id),
});

/** Null stands for the browser's own. */
function orAbsent(field: string, value: string | null, check: (text: string) => Checked<string>) {
  return value === null ? undefined : valid(field, check(value));
}

/** Sets what is given; `keys` and `mutedKinds` take the place of those before. */
export const update = operatorMutation({
  args: {
    singleKeys: v.optional(v.boolean()),
    keys: v.optional(v.record(v.string(), v.string())),
    density: v.optional(density),
    mutedKinds: v.optional(v.array(notificationKind)),
    announce: v.optional(announce),
    locale: v.optional(v.union(v.string(), v.null())),
    timeZone: v.optional(v.union(v.string(), v.null())),
  },
  returns: v.null(),
  handler: async (ctx, { keys, mutedKinds, locale, timeZone, ...change }) => {
    await changePreferences(ctx, ctx.operator, {
      ...change,
      ...(keys === undefined ? {} : { keys: valid("keys", checkOwnKeys(keys)) }),
      ...(mutedKinds === undefined ? {} : { mutedKinds: [...new Set(mutedKinds)] }),
      ...(locale === undefined ? {} : { locale: orAbsent("locale", locale, checkFormatLocale) }),
      ...(timeZone === undefined ? {} : { timeZone: orAbsent("timeZone", timeZone, checkTimeZone) }),
    });
    return null;
  },
});
