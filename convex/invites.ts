/** How people join a workspace: an owner or admin sends a link, and who opens it makes their account. */
import { v } from "convex/values";
import { USER_AGENT_MAX } from "../lib/limits";
import { checkEmail, checkName, checkPassword } from "../lib/validation";
import { internal } from "./_generated/api";
import type { Id } from "./_generated/dataModel";
import { valid } from "./errors";
import {
  internalMutation,
  internalOperatorMutation,
  internalQuery,
  operatorMutation,
  operatorQuery,
  publicAction,
  publicQuery,
} from "./functions";
import { LINK_TOKEN_BYTES, SESSION_TOKEN_BYTES, formatInviteToken, sha256Hex } from "./logic/tokens";
import { inviteMail } from "./logic/mailText";
import { requirePasswords } from "./model/clerk";
import * as invites from "./model/invites";
import { isMailConfigured, webLink } from "./model/mailSettings";
import { randomHex } from "./model/provisioning";
import { createSession } from "./model/sessions";
import { requireTeamManager } from "./model/team";
import { inviteInfo, inviteRow, invitedRole, mailMessage } from "./validators/accounts";

/** Invites that nobody has accepted yet, newest first; expired ones among them. For owners and admins. */
export const list = operatorQuery({
  args: {},
  returns: v.array(inviteRow),
  handler: async (ctx) => {
    requireTeamManager(ctx.operator);
    return await invites.listInvites(ctx.db, ctx.operator);
  },
});

const newInvite = {
  email: v.string(),
  name: v.optional(v.string()),
  role: invitedRole,
  brandAccess: v.optional(v.union(v.literal("all"), v.array(v.string()))), // all
};

type Sent = { inviteId: Id<"invites">; inviteToken: string; inviteLink: string | null; isMailed: boolean };

/**
 * Invites somebody, by an owner or admin within what they have themselves. An earlier invite to the email ends. The link is
 * shown this once; it is null where the deployment does not know its web address, and is then `/invite/<token>` there.
 */
export const send = publicAction({
  args: { sessionToken: v.string(), ...newInvite },
  returns: v.object({
    inviteId: v.id("invites"),
    inviteToken: v.string(),
    inviteLink: v.union(v.string(), v.null()),
    isMailed: v.boolean(), // a mail server has taken the link to send it
  }),
  handler: async (ctx, args): Promise<Sent> => {
    const inviteToken = formatInviteToken(crypto.getRandomValues(new Uint8Array(LINK_TOKEN_BYTES)));
    const inviteId = await ctx.runMutation(internal.invites.insert, {
      ...args,
      tokenHash: await sha256Hex(inviteToken),
    });
    const inviteLink = webLink(`/invite/${inviteToken}`);
    const mail =
      inviteLink === null
        ? null
        : await ctx.runQuery(internal.invites.mailOf, { inviteId, link: inviteLink });
    const isMailed = mail !== null && isMailConfigured() && (await ctx.runAction(internal.mail.send, mail));
    return { inviteId, inviteToken, inviteLink, isMailed };
  },
});

/** The transaction behind a new invite, whose token it gets as a hash. */
export const insert = internalOperatorMutation({
  args: { ...newInvite, tokenHash: v.string() },
  returns: v.id("invites"),
  handler: async (ctx, { email, name, role, brandAccess = "all", tokenHash }) => {
    const invite = {
      email: valid("email", checkEmail(email)),
      name: name === undefined || name.trim() === "" ? undefined : valid("name", checkName(name)),
      role,
      brandAccess,
      tokenHash,
    };
    return (await invites.insertInvite(ctx, ctx.operator, invite, Date.now()))._id;
  },
});

/** The mail that brings an invite's link to whom it is for; null when the invite is gone meanwhile. */
export const mailOf = internalQuery({
  args: { inviteId: v.id("invites"), link: v.string() },
  returns: v.union(mailMessage, v.null()),
  handler: async (ctx, { inviteId, link }) => {
    const invite = await ctx.db.get("invites", inviteId);
    const info = invite === null ? null : await invites.toInviteInfo(ctx.db, invite);
    return info === null ? null : inviteMail({ ...info, link });
  },
});

/** Ends an invite, by an owner or admin. */
export const revoke = operatorMutation({
  args: { inviteId: v.string() },
  returns: v.null(),
  handler: async (ctx, { inviteId }) => {
    await invites.revokeInvite(ctx, ctx.operator, inviteId, Date.now());
    return null;
  },
});

/** What the link's holder is invited to; null for one that is used, revoked, expired or no token at all. */
export const lookup = publicQuery({
  args: { token: v.string() },
  returns: v.union(inviteInfo, v.null()),
  handler: async (ctx, { token }) => {
    const invite = await invites.findInvite(ctx.db, token, Date.now());
    return invite === null ? null : await invites.toInviteInfo(ctx.db, invite);
  },
});

const newSession = {
  operatorId: v.id("operators"),
  workspaceId: v.id("workspaces"),
  expiresAt: v.number(),
};
type NewSession = { operatorId: Id<"operators">; workspaceId: Id<"workspaces">; expiresAt: number };

/** Makes the account of the invite's email, logged in. The invite is used up. */
export const accept = publicAction({
  args: {
    token: v.string(),
    name: v.string(),
    password: v.string(),
    userAgent: v.optional(v.string()),
  },
  returns: v.object({ ...newSession, sessionToken: v.string() }),
  handler: async (ctx, args): Promise<NewSession & { sessionToken: string }> => {
    requirePasswords();
    const name = valid("name", checkName(args.name));
    const password = valid("password", checkPassword(args.password));
    // Asked before the password is hashed too, so that strangers cannot keep a deployment busy with it.
    if (!(await ctx.runQuery(internal.invites.isLive, { token: args.token }))) throw invites.inviteGone();
    const passwordHash = await ctx.runAction(internal.passwords.hash, { password });
    const sessionToken = randomHex(SESSION_TOKEN_BYTES);
    const session = await ctx.runMutation(internal.invites.join, {
      token: args.token,
      name,
      passwordHash,
      tokenHash: await sha256Hex(sessionToken),
      userAgent: args.userAgent?.slice(0, USER_AGENT_MAX),
    });
    return { ...session, sessionToken };
  },
});

export const isLive = internalQuery({
  args: { token: v.string() },
  returns: v.boolean(),
  handler: async (ctx, { token }) => (await invites.findInvite(ctx.db, token, Date.now())) !== null,
});

/** The transaction behind an accepted invite. Of two at once, one finds it used up. */
export const join = internalMutation({
  args: {
    token: v.string(),
    name: v.string(),
    passwordHash: v.string(),
    tokenHash: v.string(),
    userAgent: v.optional(v.string()),
  },
  returns: v.object(newSession),
  handler: async (ctx, { token, name, passwordHash, tokenHash, userAgent }) => {
    const now = Date.now();
    const invite = await invites.findInvite(ctx.db, token, now);
    if (invite === null) throw invites.inviteGone();
    const operator = await invites.acceptInvite(ctx, invite, { name, passwordHash }, now);
    const { expiresAt } = await createSession(ctx, operator, { tokenHash, userAgent, now });
    return { operatorId: operator._id, workspaceId: operator.workspaceId, expiresAt };
  },
});
