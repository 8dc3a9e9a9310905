/** What an operator chose for themselves. */
import { v } from "convex/values";
import type { Infer } from "convex/values";
import { notificationKind } from "../validators";

export const density = v.union(v.literal("comfortable"), v.literal("compact"));

export const preferences = v.object({
  singleKeys: v.boolean(), // whether letters without a modifier do something
  keys: v.record(v.string(), v.string()), // other keys, by the usual one; as lib/keys.ts
  density,
  mutedKinds: v.array(notificationKind), // that do not reach the bell
});
export type Preferences = Infer<typeof preferences>;
