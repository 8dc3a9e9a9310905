/**
 * How often somebody without an identity may try: to log in, to begin a chat, to send a message. A bucket fills up again by
 * itself, so nobody is locked out for good. Each belongs to one email, address or visitor: none is written by everybody.
 */
import { HOUR, MINUTE, RateLimiter } from "@convex-dev/rate-limiter";
import * as limits from "../../lib/limits";
import { components } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { rateLimited } from "../errors";
import { distinctAddress } from "../logic/addresses";

const BUCKETS = {
  loginByEmail: { kind: "token bucket", rate: limits.LOGINS_PER_EMAIL_HOUR, period: HOUR },
  loginByEmailAndAddress: {
    kind: "token bucket",
    rate: limits.LOGINS_PER_EMAIL_AND_ADDRESS,
    period: limits.LOGIN_PERIOD_MINUTES * MINUTE,
  },
  loginByAddress: {
    kind: "token bucket",
    rate: limits.LOGINS_PER_ADDRESS,
    period: limits.LOGIN_PERIOD_MINUTES * MINUTE,
  },
  passwordByOperator: {
    kind: "token bucket",
    rate: limits.PASSWORD_CHECKS,
    period: limits.LOGIN_PERIOD_MINUTES * MINUTE,
  },
  codeByOperator: { kind: "token bucket", rate: limits.CODES_PER_OPERATOR_HOUR, period: HOUR },
  codeByOperatorAndAddress: {
    kind: "token bucket",
    rate: limits.CODES_PER_OPERATOR_AND_ADDRESS,
    period: limits.LOGIN_PERIOD_MINUTES * MINUTE,
  },
  resetByEmail: { kind: "token bucket", rate: limits.RESETS_PER_EMAIL_HOUR, period: HOUR },
  resetByAddress: { kind: "token bucket", rate: limits.RESETS_PER_ADDRESS_HOUR, period: HOUR },
  inviteByWorkspace: { kind: "token bucket", rate: limits.INVITES_PER_HOUR, period: HOUR },
  startByAddress: { kind: "token bucket", rate: limits.STARTS_PER_ADDRESS, period: 10 * MINUTE },
  // Everybody on a brand's pages writes this one, so it is spread over rows.
  startByBrand: { kind: "token bucket", rate: limits.STARTS_PER_BRAND_HOUR, period: HOUR, shards: 10 },
  messageByVisitor: {
    kind: "token bucket",
    rate: limits.VISITOR_MESSAGES_PER_MINUTE,
    period: MINUTE,
    capacity: limits.VISITOR_MESSAGES_BURST,
  },
  answerMailByEmail: {
    kind: "token bucket",
    rate: limits.ANSWER_MAILS_PER_EMAIL_DAY,
    period: 24 * HOUR,
    capacity: limits.ANSWER_MAILS_BURST,
  },
  answerMailByWorkspace: {
    kind: "token bucket",
    rate: limits.ANSWER_MAILS_PER_WORKSPACE_HOUR,
    period: HOUR,
  },
  uploadByVisitor: { kind: "token bucket", rate: limits.UPLOADS_PER_VISITOR, period: 10 * MINUTE },
  uploadByOperator: { kind: "token bucket", rate: limits.UPLOADS_PER_OPERATOR, period: 10 * MINUTE },
  uploadByAddress: { kind: "token bucket", rate: limits.UPLOADS_PER_ADDRESS, period: 10 * MINUTE },
  // Everybody on a brand's pages writes this one, so it is spread over rows.
  uploadByBrand: { kind: "token bucket", rate: limits.UPLOADS_PER_BRAND_HOUR, period: HOUR, shards: 10 },
} as const;

const limiter = new RateLimiter(components.rateLimiter, BUCKETS);

type Bucket = { name: keyof typeof BUCKETS; key: string };

/** `address`: of the client; `emailHash`: of the email as it is looked up, whether or not anybody has it. */
export type LoginAttempt = { emailHash: string; address: string | null };

/** Takes a try from each bucket; ms until the next one is allowed, or null. Refused tries take nothing. */
export async function takeLogin(ctx: MutationCtx, attempt: LoginAttempt): Promise<number | null> {
  return await takeAll(ctx, loginBuckets(attempt));
}

/** After a login that was right: its tries from here are forgotten. */
export async function forgetLogins(ctx: MutationCtx, attempt: LoginAttempt): Promise<void> {
  const [mostPersonal] = loginBuckets(attempt);
  if (mostPersonal !== undefined) await limiter.reset(ctx, mostPersonal.name, { key: mostPersonal.key });
}

/** Refuses a new chat that is one too many from this address, or of all visitors of the brand. */
export async function throttleStart(ctx: MutationCtx, brandId: Id<"brands">): Promise<void> {
  const { ip } = await ctx.meta.getRequestMetadata();
  const address = distinctAddress(ip);
  const buckets: Bucket[] = [
    ...(address === null ? [] : [{ name: "startByAddress" as const, key: address }]),
    { name: "startByBrand", key: brandId },
  ];
  refuseAfter(await takeAll(ctx, buckets));
}

/** Refuses a message that is one too many from this visitor: beginning a chat counts as one. */
export async function throttleMessage(ctx: MutationCtx, key: string): Promise<void> {
  refuseAfter(await takeAll(ctx, [{ name: "messageByVisitor", key }]));
}

/** Counts a code at the login, whose password was right; ms until the next one is allowed, or null. */
export async function takeCode(
  ctx: MutationCtx,
  operatorId: Id<"operators">,
  client: string | null,
): Promise<number | null> {
  const address = distinctAddress(client);
  return await takeAll(ctx, [
    ...(address === null
      ? []
      : [{ name: "codeByOperatorAndAddress" as const, key: `${operatorId} ${address}` }]),
    { name: "codeByOperator", key: operatorId },
  ]);
}

/** Counts a request for a new password; ms until the next one is allowed, or null. The same for unknown emails. */
export async function takeReset(ctx: MutationCtx, attempt: LoginAttempt): Promise<number | null> {
  const address = distinctAddress(attempt.address);
  return await takeAll(ctx, [
    { name: "resetByEmail", key: attempt.emailHash },
    ...(address === null ? [] : [{ name: "resetByAddress" as const, key: address }]),
  ]);
}

/** Counts a try of the signed-in operator's own password; ms until the next one is allowed, or null. */
export async function takePasswordCheck(
  ctx: MutationCtx,
  operatorId: Id<"operators">,
): Promise<number | null> {
  return await takeAll(ctx, [{ name: "passwordByOperator", key: operatorId }]);
}

/** Refuses an invite that is one too many of this workspace: each may be a mail to a stranger. */
export async function throttleInvite(ctx: MutationCtx, workspaceId: Id<"workspaces">): Promise<void> {
  refuseAfter(await takeAll(ctx, [{ name: "inviteByWorkspace", key: workspaceId }]));
}

/** Counts a mail with answers to an address that nobody has proven; ms until the next one is allowed, or null. */
export async function takeAnswerMail(
  ctx: MutationCtx,
  { workspaceId, emailHash }: { workspaceId: Id<"workspaces">; emailHash: string },
): Promise<number | null> {
  return await takeAll(ctx, [
    { name: "answerMailByEmail", key: emailHash },
    { name: "answerMailByWorkspace", key: workspaceId },
  ]);
}

/** Refuses an upload that is one too many from this visitor, from where they are, or of all visitors of the brand. */
export async function throttleVisitorUpload(ctx: MutationCtx, visitor: Doc<"visitors">): Promise<void> {
  const { ip } = await ctx.meta.getRequestMetadata();
  const address = distinctAddress(ip);
  const buckets: Bucket[] = [
    { name: "uploadByVisitor", key: visitor._id },
    ...(address === null ? [] : [{ name: "uploadByAddress" as const, key: address }]),
    { name: "uploadByBrand", key: visitor.brandId },
  ];
  refuseAfter(await takeAll(ctx, buckets));
}

/** Refuses an upload that is one too many from this operator. */
export async function throttleOperatorUpload(ctx: MutationCtx, operator: Doc<"operators">): Promise<void> {
  refuseAfter(await takeAll(ctx, [{ name: "uploadByOperator", key: operator._id }]));
}

/** What a visitor's messages are counted by: the hash of the browser's key, or the person where that is known. */
export const countedBy = ({ keyHash, _id }: Doc<"visitors">): string => keyHash ?? _id;

function refuseAfter(retryAfterMs: number | null): void {
  if (retryAfterMs !== null) throw rateLimited(retryAfterMs);
}

/**
 * The narrowest first. An email's own bucket is shared by all addresses: whoever keeps it empty keeps its owner
 * waiting too.
 */
function loginBuckets({ emailHash, address: client }: LoginAttempt): Bucket[] {
  const byEmail: Bucket = { name: "loginByEmail", key: emailHash };
  const address = distinctAddress(client);
  if (address === null) return [byEmail];
  const byBoth: Bucket = { name: "loginByEmailAndAddress", key: `${emailHash} ${address}` };
  return [byBoth, { name: "loginByAddress", key: address }, byEmail];
}

async function takeAll(ctx: MutationCtx, buckets: Bucket[]): Promise<number | null> {
  const checks = await Promise.all(buckets.map(({ name, key }) => limiter.check(ctx, name, { key })));
  const waits = checks.flatMap(({ ok, retryAfter }) => (ok ? [] : [retryAfter ?? MINUTE]));
  if (waits.length > 0) return Math.max(...waits);
  for (const { name, key } of buckets) await limiter.limit(ctx, name, { key });
  return null;
}
