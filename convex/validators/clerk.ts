import { v } from "convex/values";
import type { Infer } from "convex/values";

/** Who Clerk says somebody is, once the deployment has verified its token. */
export const clerkIdentity = v.object({
  tokenIdentifier: v.string(), // <issuer>|<subject>
  email: v.union(v.string(), v.null()), // in normal form; null: none that Clerk has verified
  name: v.union(v.string(), v.null()),
});
export type ClerkIdentity = Infer<typeof clerkIdentity>;

/** The token that said so, as far as it is kept. */
export const clerkToken = v.object({
  hash: v.string(), // SHA-256 of its signed part, hex
  expiresAt: v.number(),
  sessionId: v.union(v.string(), v.null()), // Clerk's own session; null where the token does not name it
});
export type ClerkToken = Infer<typeof clerkToken>;
