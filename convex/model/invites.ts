/** Invites: how people join a workspace. Rows hold a hash; the token is in the link, shown once to who invites. */
import { INVITE_DAYS, OPERATORS_MAX } from "../../lib/limits";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { notFound, refusal } from "../errors";
import { isWithin } from "../logic/permissions";
import { sha256Hex } from "../logic/tokens";
import type { InviteInfo, InviteRow, InvitedRole } from "../validators/accounts";
import { recordAudit } from "./audit";
import { requireBrands } from "./brands";
import { requireGrant, requireTeamManager, takeOperators } from "./team";
import { throttleInvite } from "./throttles";
import { findOperatorByEmail } from "./workspaces";

const DAY = 24 * 60 * 60 * 1000;
const LIFETIME = INVITE_DAYS * DAY;
/** How long an expired one is still listed, so that it can be sent again. */
const KEPT = 30 * DAY;
const PAGE = 200;

type Operator = Doc<"operators">;
type Invite = Doc<"invites">;

export type NewInvite = {
  email: string;
  name?: string;
  role: InvitedRole;
  brandAccess: "all" | string[];
  tokenHash: string;
};

/** A new invite; one that the email has already in this workspace ends, so that one link alone is good. */
export async function insertInvite(
  ctx: MutationCtx,
  operator: Operator,
  { brandAccess: asked, ...invite }: NewInvite,
  now: number,
): Promise<Invite> {
  requireTeamManager(operator);
  const brandAccess = await requireBrands(ctx.db, operator, asked, "brandAccess");
  requireGrant(operator, { role: invite.role, brandAccess });
  const { workspaceId } = operator;
  // Of another workspace's people nothing is said here: whoever accepts learns that they have an account.
  if ((await findOperatorByEmail(ctx.db, invite.email))?.workspaceId === workspaceId) {
    throw refusal("EMAIL_TAKEN", "This person is in the team already.", { field: "email" });
  }
  const former = await findByEmail(ctx.db, workspaceId, invite.email);
  if (former === null) await requireRoom(ctx.db, workspaceId);
  else requireReach(operator, former);
  await throttleInvite(ctx, workspaceId);
  if (former !== null) await ctx.db.delete("invites", former._id);
  const inviteId = await ctx.db.insert("invites", {
    workspaceId,
    ...invite,
    brandAccess,
    invitedBy: operator._id,
    createdAt: now,
    expiresAt: now + LIFETIME,
  });
  const entry = { action: "invite.sent" as const, target: invite.email, details: invite.role };
  await recordAudit(ctx, operator, entry, now);
  const inserted = await ctx.db.get("invites", inviteId);
  if (inserted === null) throw new Error("An invite is gone right after it was inserted.");
  return inserted;
}

async function findByEmail(
  db: DatabaseReader,
  workspaceId: Id<"workspaces">,
  email: string,
): Promise<Invite | null> {
  return await db
    .query("invites")
    .withIndex("by_workspace_and_email", (q) => q.eq("workspaceId", workspaceId).eq("email", email))
    .unique();
}

/** Refuses one more person than a workspace may have, invites among them. */
async function requireRoom(db: DatabaseReader, workspaceId: Id<"workspaces">): Promise<void> {
  const people = await takeOperators(db, workspaceId);
  const invited = await takeInvites(db, workspaceId);
  if (people.length + invited.length < OPERATORS_MAX) return;
  throw refusal(
    "CONFLICT",
    `A workspace has at most ${OPERATORS_MAX} people, pending invites among them. Revoke one first.`,
  );
}

async function takeInvites(db: DatabaseReader, workspaceId: Id<"workspaces">): Promise<Invite[]> {
  return await db
    .query("invites")
    .withIndex("by_workspace_and_email", (q) => q.eq("workspaceId", workspaceId))
    .take(OPERATORS_MAX);
}

/** Someone limited to some brands cannot end or replace an invite that reaches further. */
function requireReach(operator: Operator, { brandAccess, role }: Invite): void {
  if (!isWithin(brandAccess, operator.brandAccess)) {
    throw refusal("FORBIDDEN", `This ${role} was invited to brands that are not yours. Ask an owner.`);
  }
}

/** Those not accepted yet, newest first; expired ones among them. */
export async function listInvites(db: DatabaseReader, operator: Operator): Promise<InviteRow[]> {
  const invites = await takeInvites(db, operator.workspaceId);
  return await Promise.all(
    invites
      .sort((a, b) => b.createdAt - a.createdAt)
      .map(async ({ _id, email, name, role, brandAccess, invitedBy, createdAt: invitedAt, expiresAt }) => {
        const inviter = await db.get("operators", invitedBy);
        const invitedByName = inviter?.name ?? null;
        return { _id, email, name, role, brandAccess, invitedByName, invitedAt, expiresAt };
      }),
  );
}

/** Ends the invite: its link leads nowhere from now on. */
export async function revokeInvite(
  ctx: MutationCtx,
  operator: Operator,
  inviteId: string,
  now: number,
): Promise<void> {
  requireTeamManager(operator);
  const id = ctx.db.normalizeId("invites", inviteId);
  const invite = id === null ? null : await ctx.db.get("invites", id);
  if (invite === null || invite.workspaceId !== operator.workspaceId) throw notFound("invite");
  requireReach(operator, invite);
  await ctx.db.delete("invites", invite._id);
  await recordAudit(ctx, operator, { action: "invite.revoked", target: invite.email }, now);
}

/** The live invite of the token; null for any other text. */
export async function findInvite(db: DatabaseReader, token: string, now: number): Promise<Invite | null> {
  if (!/^inv_[0-9a-f]{48}$/.test(token)) return null;
  const tokenHash = await sha256Hex(token);
  const invite = await db
    .query("invites")
    .withIndex("by_token_hash", (q) => q.eq("tokenHash", tokenHash))
    .unique();
  return invite !== null && invite.expiresAt > now ? invite : null;
}

export const inviteGone = () => refusal("NOT_FOUND", "This invite is no longer good. Ask for a new one.");

/** What the invite says to whoever holds its link. */
export async function toInviteInfo(db: DatabaseReader, invite: Invite): Promise<InviteInfo | null> {
  const [workspace, inviter] = await Promise.all([
    db.get("workspaces", invite.workspaceId),
    db.get("operators", invite.invitedBy),
  ]);
  if (workspace === null) return null;
  return {
    workspaceName: workspace.name,
    workspaceSlug: workspace.slug,
    email: invite.email,
    name: invite.name ?? null,
    role: invite.role,
    invitedByName: inviter?.name ?? null,
    expiresAt: invite.expiresAt,
  };
}

/** The new operator; the invite is used up. */
export async function acceptInvite(
  ctx: MutationCtx,
  invite: Invite,
  account: { name: string; passwordHash: string; tokenIdentifier?: string },
  now: number,
): Promise<Operator> {
  const { workspaceId, email, role, brandAccess } = invite;
  if ((await findOperatorByEmail(ctx.db, email)) !== null) {
    throw refusal("EMAIL_TAKEN", "This email has an account already. Ask for an invite to another email.");
  }
  if ((await takeOperators(ctx.db, workspaceId)).length >= OPERATORS_MAX) {
    throw refusal("CONFLICT", `This workspace has ${OPERATORS_MAX} people already, the most it can have.`);
  }
  await ctx.db.delete("invites", invite._id);
  const person = { workspaceId, email, role, brandAccess, ...account, createdAt: now };
  const operator = await ctx.db.get("operators", await ctx.db.insert("operators", person));
  if (operator === null) throw new Error("An operator is gone right after it was inserted.");
  const details = account.tokenIdentifier === undefined ? role : `${role}, through Clerk`;
  await recordAudit(ctx, operator, { action: "invite.accepted", target: email, details }, now);
  return operator;
}

/** Deletes those that expired long ago; true when there may be more. */
export async function purgeInvites(ctx: MutationCtx, now: number): Promise<boolean> {
  const expired = await ctx.db
    .query("invites")
    .withIndex("by_expires_at", (q) => q.lt("expiresAt", now - KEPT))
    .take(PAGE);
  for (const { _id } of expired) await ctx.db.delete("invites", _id);
  return expired.length === PAGE;
}
