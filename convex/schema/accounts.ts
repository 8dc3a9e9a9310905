/** The tables of people's accounts beside `operators` and `sessions`, as in schema.ts. */
import { defineTable } from "convex/server";
import { v } from "convex/values";
import { brandAccess } from "../validators";
import { invitedRole } from "../validators/accounts";

export const accountTables = {
  /** Who may join a workspace. A row goes when it is accepted or revoked; an expired one stays a while to be sent again. */
  invites: defineTable({
    workspaceId: v.id("workspaces"),
    email: v.string(), // lower case; one invite in the workspace
    name: v.optional(v.string()),
    role: invitedRole,
    brandAccess,
    tokenHash: v.string(), // SHA-256, hex
    invitedBy: v.id("operators"),
    createdAt: v.number(),
    expiresAt: v.number(),
  })
    .index("by_token_hash", ["tokenHash"])
    .index("by_workspace_and_email", ["workspaceId", "email"])
    .index("by_expires_at", ["expiresAt"]),

  /** Who may set a new password without the old one: the newest row of an operator, once. */
  passwordResets: defineTable({
    operatorId: v.id("operators"),
    tokenHash: v.string(), // SHA-256, hex
    expiresAt: v.number(),
  })
    .index("by_token_hash", ["tokenHash"])
    .index("by_operator", ["operatorId"])
    .index("by_expires_at", ["expiresAt"]),

  /** An operator's second step at the login. On while `operators.twoStepSince` is set. */
  twoSteps: defineTable({
    operatorId: v.id("operators"),
    secret: v.optional(v.string()), // sealed for the operator; absent until the first one is confirmed
    pendingSecret: v.optional(v.string()), // sealed too; takes the other's place once a code of it was typed
    lastStep: v.number(), // of the newest code that was used: it and all before are used up
    recoveryHashes: v.array(v.string()), // SHA-256, hex; one goes with each use
  }).index("by_operator", ["operatorId"]),

  /** Logins whose password was right and whose code is still to come. */
  loginChallenges: defineTable({
    operatorId: v.id("operators"),
    tokenHash: v.string(), // SHA-256, hex
    passwordMark: v.string(), // SHA-256 of the password's hash: a new password ends the challenge
    tries: v.number(),
    expiresAt: v.number(),
  })
    .index("by_token_hash", ["tokenHash"])
    .index("by_expires_at", ["expiresAt"]),

  /** Tokens of Clerk's that were exchanged for a session, each once. */
  clerkTokens: defineTable({
    hash: v.string(), // SHA-256 of the signed part, hex
    expiresAt: v.number(),
  })
    .index("by_hash", ["hash"])
    .index("by_expires_at", ["expiresAt"]),

  /** When a login's session was last used, by its pages. Apart from the session, which every query under it reads. */
  sessionUses: defineTable({ sessionId: v.id("sessions"), lastUsedAt: v.number() })
    .index("by_session", ["sessionId"])
    .index("by_last_used_at", ["lastUsedAt"]),
};
