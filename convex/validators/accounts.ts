/** Row shapes of the team and of people's own accounts. */
import { v } from "convex/values";
import type { Infer } from "convex/values";
import { brandAccess, operatorRole } from "../validators";

/** What an invite can make somebody; an owner is made of a member. */
export const invitedRole = v.union(v.literal("admin"), v.literal("agent"));
export type InvitedRole = Infer<typeof invitedRole>;

export const operatorRow = v.object({
  _id: v.id("operators"),
  email: v.string(),
  name: v.string(),
  role: operatorRole,
  brandAccess,
  hasTwoStep: v.boolean(),
  createdAt: v.number(),
});
export type OperatorRow = Infer<typeof operatorRow>;

export const inviteRow = v.object({
  _id: v.id("invites"),
  email: v.string(),
  name: v.optional(v.string()),
  role: invitedRole,
  brandAccess,
  invitedByName: v.union(v.string(), v.null()), // null: no longer here
  invitedAt: v.number(),
  expiresAt: v.number(),
});
export type InviteRow = Infer<typeof inviteRow>;

/** What an invite says to whoever has its token. */
export const inviteInfo = v.object({
  workspaceName: v.string(),
  workspaceSlug: v.string(),
  email: v.string(),
  name: v.union(v.string(), v.null()),
  role: invitedRole,
  invitedByName: v.union(v.string(), v.null()),
  expiresAt: v.number(),
});
export type InviteInfo = Infer<typeof inviteInfo>;

/** A login that is still good, as its operator sees it. */
export const sessionRow = v.object({
  _id: v.id("sessions"),
  userAgent: v.optional(v.string()),
  createdAt: v.number(),
  lastUsedAt: v.number(), // by a page, to the hour; otherwise when it began
  expiresAt: v.number(),
  isCurrent: v.boolean(), // the one that asks
});
export type SessionRow = Infer<typeof sessionRow>;

/** What a code at the login is checked against. */
export const secondStep = v.object({
  operatorId: v.id("operators"),
  sealedSecret: v.string(),
  lastStep: v.number(),
});
export type SecondStep = Infer<typeof secondStep>;

/** What a code proves, to be used up: a step of time, or a recovery code by its hash. */
export const codeProof = v.union(
  v.object({ kind: v.literal("totp"), step: v.number() }),
  v.object({ kind: v.literal("recovery"), hash: v.string() }),
);
export type CodeProof = Infer<typeof codeProof>;

/** A mail as it is given to the mail server. */
export const mailMessage = v.object({
  to: v.string(),
  subject: v.string(),
  text: v.string(),
  html: v.string(),
});
export type MailMessage = Infer<typeof mailMessage>;
