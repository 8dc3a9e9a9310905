/** What an operator chose for themselves. */
import { v } from "convex/values";
import type { Infer } from "convex/values";
import { notificationKind } from "../validators";

export const density = v.union(v.literal("comfortable"), v.literal("compact"));

/** What is announced outside the page, where the browser allows it. */
export const announce = v.object({ notifications: v.boolean(), sound: v.boolean() });

export const preferences = v.object({
  singleKeys: v.boolean(), // whether letters without a modifier do something
  keys: v.record(v.string(), v.string()), // other keys, by the usual one; as lib/keys.ts
  density,
  mutedKinds: v.array(notificationKind), // that do not reach the bell
  announce: v.optional(announce), // absent: nothing
  locale: v.optional(v.string()), // whose dates and numbers, BCP 47; absent: the browser's
  timeZone: v.optional(v.string()), // IANA name; absent: the computer's
});
export type Preferences = Infer<typeof preferences>;
