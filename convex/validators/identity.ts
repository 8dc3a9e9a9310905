/** What a brand sets about the identities that its site signs. */
import { v } from "convex/values";
import type { Infer } from "convex/values";

/** "optional": visitors may prove who they are; "required": nobody else may write. */
export const identityMode = v.union(v.literal("off"), v.literal("optional"), v.literal("required"));
export type IdentityMode = Infer<typeof identityMode>;

/** A secret at rest, sealed, with the one before it while a rotation lasts. */
export const identitySecret = v.object({
  current: v.string(),
  previous: v.optional(v.string()),
  rotatedAt: v.optional(v.number()),
  previousUntil: v.optional(v.number()),
});
export type IdentitySecret = Infer<typeof identitySecret>;

/** A brand's setting as its owner sees it: nothing of the secret but the first characters. */
export const identitySettings = v.object({
  mode: identityMode,
  isAvailable: v.boolean(), // false: PRAXTALK_SECRET_KEY is not set, so no secret can be stored
  secret: v.union(
    v.object({
      preview: v.string(),
      previousUntil: v.union(v.number(), v.null()), // until then the secret before counts too; null: there is none
    }),
    v.null(), // nobody has made one yet
  ),
});
export type IdentitySettings = Infer<typeof identitySettings>;
