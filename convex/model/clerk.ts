/** Signing in through Clerk: whose account a verified identity is. */
import { NAME_MAX } from "../../lib/limits";
import { checkName } from "../../lib/validation";
import { env } from "../_generated/server";
import type { Doc } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { refusal, valid } from "../errors";
import { readIssuer } from "../logic/clerk";
import { NO_PASSWORD } from "../logic/passwordHash";
import type { ClerkIdentity, ClerkToken } from "../validators/clerk";
import { recordAudit } from "./audit";
import { acceptInvite, findInvite, inviteGone } from "./invites";
import { findOperatorByEmail } from "./workspaces";

const PAGE = 200;
/** A deployment whose clock is behind may still believe a token for so long. */
const CLOCK_MS = 60_000;

type Operator = Doc<"operators">;

/** Clerk's issuer; null where people sign in with email and password. */
export function clerkIssuer(): string | null {
  return readIssuer(env.CLERK_JWT_ISSUER_DOMAIN);
}

/** Refuses what belongs to passwords where Clerk decides who may sign in. */
export function requirePasswords(): void {
  if (clerkIssuer() === null) return;
  throw refusal("FORBIDDEN", "People sign in through Clerk here. Open the sign-in page.");
}

/** Uses the token up. It is good for a minute or so, but for one session only. */
export async function spendToken(ctx: MutationCtx, { hash, expiresAt }: ClerkToken): Promise<void> {
  const spent = await ctx.db
    .query("clerkTokens")
    .withIndex("by_hash", (q) => q.eq("hash", hash))
    .unique();
  if (spent !== null) throw refusal("UNAUTHENTICATED", "This sign-in was used already. Sign in again.");
  await ctx.db.insert("clerkTokens", { hash, expiresAt });
}

async function findConnected(
  db: DatabaseReader,
  { tokenIdentifier }: ClerkIdentity,
): Promise<Operator | null> {
  return await db
    .query("operators")
    .withIndex("by_token_identifier", (q) => q.eq("tokenIdentifier", tokenIdentifier))
    .unique();
}

/**
 * The operator whom the identity is connected to. The first time it is the one with its verified email, who is connected to
 * it from then on: whoever has that email at Clerk later is somebody else.
 */
export async function requireOperator(
  ctx: MutationCtx,
  identity: ClerkIdentity,
  now: number,
): Promise<Operator> {
  const connected = await findConnected(ctx.db, identity);
  if (connected !== null) return connected;
  if (identity.email === null) throw unverified();
  const operator = await findOperatorByEmail(ctx.db, identity.email);
  if (operator === null) {
    throw refusal(
      "FORBIDDEN",
      `${identity.email} is in no team here. Ask an owner or admin for an invite, or sign in with another email.`,
    );
  }
  if (operator.tokenIdentifier !== undefined) {
    throw refusal(
      "FORBIDDEN",
      `The account of ${identity.email} is another Clerk user's. Whoever runs this server can connect it to yours: docs/clerk.md says how.`,
    );
  }
  await ctx.db.patch("operators", operator._id, { tokenIdentifier: identity.tokenIdentifier });
  await recordAudit(ctx, operator, { action: "operator.clerk_connected", target: operator.email }, now);
  return operator;
}

const unverified = () =>
  refusal(
    "FORBIDDEN",
    "Clerk has not verified your email. Verify it in your Clerk account, then sign in again.",
  );

/** The new operator of the invite, which is for whoever has its email at Clerk. It is used up. */
export async function joinByInvite(
  ctx: MutationCtx,
  { identity, invite: token, now }: { identity: ClerkIdentity; invite: string; now: number },
): Promise<Operator> {
  const invite = await findInvite(ctx.db, token, now);
  if (invite === null) throw inviteGone();
  if (identity.email === null) throw unverified();
  if (identity.email !== invite.email) {
    throw refusal(
      "FORBIDDEN",
      `This invite is for ${invite.email}, and you are signed in at Clerk as ${identity.email}. Sign out there and use the other email.`,
    );
  }
  const connected = await findConnected(ctx.db, identity);
  if (connected !== null) {
    throw refusal("EMAIL_TAKEN", `You have an account here already, as ${connected.email}. Sign in with it.`);
  }
  const name = identity.name ?? invite.name ?? invite.email.slice(0, invite.email.indexOf("@"));
  const { tokenIdentifier } = identity;
  const person = { name: valid("name", checkName(name.slice(0, NAME_MAX))), passwordHash: NO_PASSWORD };
  return await acceptInvite(ctx, invite, { ...person, tokenIdentifier }, now);
}

/** Deletes a page of tokens that no longer count by themselves; true when there may be more. */
export async function purgeTokens(ctx: MutationCtx, now: number): Promise<boolean> {
  const expired = await ctx.db
    .query("clerkTokens")
    .withIndex("by_expires_at", (q) => q.lt("expiresAt", now - CLOCK_MS))
    .take(PAGE);
  for (const { _id } of expired) await ctx.db.delete("clerkTokens", _id);
  return expired.length === PAGE;
}
