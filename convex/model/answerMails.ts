/**
 * Answers that visitors do not read, by mail to the address that they left. One row and one job for each conversation: the
 * job looks whether there is still something unread. What is on its way to the mail server is claimed in the row before,
 * so that of two jobs one sends it; see docs/decisions/0025.
 */
import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { originAllowed } from "../logic/origins";
import { sha256Hex } from "../logic/tokens";
import type { AnswerMailContent, AnswersByMail, MailOutcome } from "../validators/answerMails";
import { whereMerged } from "./conversationRows";
import { isMailConfigured } from "./mailSettings";
import { isStopped, stopHash } from "./mailStops";
import { readByVisitor } from "./readMarks";
import { secretKeys } from "./secretKeys";
import { takeAnswerMail } from "./throttles";
import { widgetSettingsOf } from "./widgets";

const MINUTE = 60_000;
/** A mail waits until no answer has come for so long, but no longer than the second after the first of them. */
export const QUIET_MS = 5 * MINUTE;
export const LATEST_MS = 15 * MINUTE;
/** Delays before the second and later tries. */
export const RETRY_MS = [MINUTE, 5 * MINUTE, 30 * MINUTE, 120 * MINUTE] as const;
/** Far more than the mail server's timeouts: who has not told the outcome by then is dead. */
const CLAIM_MS = 5 * MINUTE;
/** How long a job may be late before the sweep does what it should have done. */
const LATE_MS = MINUTE;
/** Messages, newest first, whose answers a mail may hold; each may have 10,000 characters. Earlier ones are in the chat alone. */
const ANSWERS_MAX = 30;
/** Mails that one run of the sweep takes up: each reads its answers. */
const SWEEP_PAGE = 10;

type Conversation = Doc<"conversations">;
type AnswerMail = Doc<"answerMails">;

/** Whether this deployment can mail answers at all: the link that ends them is sealed. */
const canMail = (): boolean => isMailConfigured() && secretKeys() !== null;

const findMail = (db: DatabaseReader, conversationId: Id<"conversations">) =>
  db
    .query("answerMails")
    .withIndex("by_conversation", (q) => q.eq("conversationId", conversationId))
    .unique();

/** A new answer is to be mailed unless the visitor reads it soon. What is told as if it were long ago is no news. */
export async function awaitReading(
  ctx: MutationCtx,
  { _id: conversationId, workspaceId, channel, visitor }: Conversation,
  answeredAt: number,
): Promise<void> {
  if (channel !== "web_chat" || visitor.email === undefined || !canMail()) return;
  if (answeredAt < Date.now() - QUIET_MS) return;
  if ((await findMail(ctx.db, conversationId)) !== null) return;
  const runAt = answeredAt + QUIET_MS;
  const row = { workspaceId, conversationId, since: answeredAt, attempt: 0, runAt };
  await schedule(ctx, await ctx.db.insert("answerMails", row), runAt);
}

/** A job knows its row's time: a row that has another one since then has another job. */
async function schedule(ctx: MutationCtx, mailId: Id<"answerMails">, runAt: number): Promise<void> {
  await ctx.scheduler.runAt(runAt, internal.answerMails.run, { mailId, runAt });
}

async function postpone(
  ctx: MutationCtx,
  mail: AnswerMail,
  fields: { runAt: number } & Partial<Pick<AnswerMail, "since" | "attempt">>,
): Promise<void> {
  await ctx.db.patch("answerMails", mail._id, { ...fields, claim: undefined });
  await schedule(ctx, mail._id, fields.runAt);
}

/** What is due at `runAt`: claims the unread answers and has them sent, waits on, or ends it because there are none. */
export async function runMail(
  ctx: MutationCtx,
  mailId: Id<"answerMails">,
  { runAt, now }: { runAt: number; now: number },
): Promise<void> {
  const mail = await ctx.db.get("answerMails", mailId);
  if (mail?.runAt !== runAt) return;
  if (mail.claim !== undefined) {
    return await settleMail(ctx, mailId, { attempt: mail.attempt, outcome: "failed", now });
  }
  const found = await ctx.db.get("conversations", mail.conversationId);
  const conversation = found === null ? null : await whereMerged(ctx.db, found);
  const visitor = conversation === null ? null : await ctx.db.get("visitors", conversation.visitorId);
  const to = visitor?.email;
  if (conversation === null || to === undefined || (await answersByMail(ctx.db, conversation, to)) !== "on") {
    return await ctx.db.delete("answerMails", mailId);
  }
  if (conversation._id !== mail.conversationId && !(await follow(ctx, mail, conversation))) return;
  // While messages move into it, its newest sequences are not yet known.
  if (await isMerging(ctx.db, conversation)) return await postpone(ctx, mail, { runAt: now + MINUTE });
  const { answers, hasEarlier } = await unreadAnswers(ctx.db, conversation, mail.since);
  const newest = answers.at(-1);
  if (newest === undefined) return await ctx.db.delete("answerMails", mailId);
  if (mail.attempt === 0) {
    const dueAt = Math.min(newest.createdAt + QUIET_MS, mail.since + LATEST_MS);
    if (dueAt > now) return await postpone(ctx, mail, { runAt: dueAt });
    const { workspaceId } = mail;
    const retryAfterMs = await takeAnswerMail(ctx, { workspaceId, emailHash: await sha256Hex(to) });
    if (retryAfterMs !== null) return await postpone(ctx, mail, { runAt: now + Math.ceil(retryAfterMs) });
  }
  const attempt = mail.attempt + 1;
  const claim = { to, messageIds: answers.map(({ _id }) => _id), hasEarlier };
  await ctx.db.patch("answerMails", mailId, { attempt, claim, runAt: now + CLAIM_MS });
  await ctx.scheduler.runAfter(0, internal.mail.sendAnswers, { mailId, attempt });
}

/** The mail of a merged conversation becomes that of its target; false when that has one of its own, which takes it along. */
async function follow(ctx: MutationCtx, mail: AnswerMail, target: Conversation): Promise<boolean> {
  const own = await findMail(ctx.db, target._id);
  if (own === null) {
    await ctx.db.patch("answerMails", mail._id, { conversationId: target._id });
    return true;
  }
  await ctx.db.patch("answerMails", own._id, { since: Math.min(own.since, mail.since) });
  await ctx.db.delete("answerMails", mail._id);
  return false;
}

async function isMerging(db: DatabaseReader, { _id }: Conversation): Promise<boolean> {
  const merge = await db
    .query("conversationMerges")
    .withIndex("by_target", (q) => q.eq("targetId", _id))
    .first();
  return merge !== null;
}

/**
 * The newest answers from `since` on that the visitor has not read and that were not mailed, in their order; what could not
 * be mailed before is tried again. Whoever has written since an answer, or asked for a person, has seen it.
 */
async function unreadAnswers(
  db: DatabaseReader,
  { _id, visitorSequence }: Conversation,
  since: number,
): Promise<{ answers: Doc<"messages">[]; hasEarlier: boolean }> {
  const seen = Math.max(await readByVisitor(db, _id), visitorSequence);
  const unseen = await db
    .query("messages")
    .withIndex("by_conversation_and_internal_and_sequence", (q) =>
      q.eq("conversationId", _id).eq("internal", false).gt("sequence", seen),
    )
    .order("desc")
    .take(ANSWERS_MAX + 1);
  const isLeft = ({ role, mailing, createdAt }: Doc<"messages">) =>
    (role === "operator" || role === "atlas") &&
    (mailing === undefined ? createdAt >= since : mailing.state === "failed");
  return {
    answers: unseen.slice(0, ANSWERS_MAX).filter(isLeft).reverse(),
    hasEarlier: unseen.slice(ANSWERS_MAX).some(isLeft),
  };
}

/** What a claimed mail says; null when the claim is over, or the person gone. */
export async function contentOf(
  db: DatabaseReader,
  mailId: Id<"answerMails">,
  { attempt, now }: { attempt: number; now: number },
): Promise<AnswerMailContent | null> {
  const mail = await db.get("answerMails", mailId);
  if (mail?.claim === undefined || mail.attempt !== attempt || mail.runAt <= now) return null;
  const { to, messageIds, hasEarlier } = mail.claim;
  const conversation = await db.get("conversations", mail.conversationId);
  if (conversation === null) return null;
  const brand = await db.get("brands", conversation.brandId);
  const visitor = await db.get("visitors", conversation.visitorId);
  const messages = await Promise.all(messageIds.map((id) => db.get("messages", id)));
  const answers = messages.filter((message) => message !== null);
  if (brand === null || visitor === null || answers.length === 0) return null;
  return {
    brandId: brand._id,
    brandName: brand.name,
    to,
    emailHash: await stopHash(brand.workspaceId, to),
    answers: answers.map(({ role, senderName, body, attachments = [] }) => ({
      from: role === "operator" && senderName !== undefined ? senderName : brand.name,
      body,
      files: attachments.map(({ name }) => name),
    })),
    hasEarlier,
    page: pageToShow(visitor.page, brand),
    messageId: `answers.${messageIds[0]}.${messageIds.at(-1)}`,
  };
}

/**
 * The page without what stands behind its path, which may be the visitor's alone. Anybody can claim to write from any
 * page: where a brand says which ones are its own, no other is shown.
 */
function pageToShow(page: string | undefined, { allowedOrigins }: Doc<"brands">): string | null {
  if (page === undefined || !URL.canParse(page)) return null;
  const { protocol, origin, pathname } = new URL(page);
  return /^https?:$/.test(protocol) && originAllowed(allowedOrigins, origin) ? origin + pathname : null;
}

/** Writes down what became of an attempt, once: marks the answers, tries again later, and goes on with newer answers. */
export async function settleMail(
  ctx: MutationCtx,
  mailId: Id<"answerMails">,
  { attempt, outcome, now }: { attempt: number; outcome: MailOutcome; now: number },
): Promise<void> {
  const mail = await ctx.db.get("answerMails", mailId);
  if (mail?.claim === undefined || mail.attempt !== attempt) return;
  const delay = outcome === "failed" ? RETRY_MS[attempt - 1] : undefined;
  if (delay !== undefined) return await postpone(ctx, mail, { runAt: now + delay });
  const { to, messageIds } = mail.claim;
  const mailing = { to, at: now, state: outcome === "sent" ? ("sent" as const) : ("failed" as const) };
  for (const id of messageIds) {
    if ((await ctx.db.get("messages", id)) !== null) await ctx.db.patch("messages", id, { mailing });
  }
  const conversation = await ctx.db.get("conversations", mail.conversationId);
  const left = conversation === null ? [] : (await unreadAnswers(ctx.db, conversation, mail.since)).answers;
  const next = left.find((answer) => answer.mailing === undefined);
  if (next === undefined) await ctx.db.delete("answerMails", mailId);
  else await postpone(ctx, mail, { since: next.createdAt, attempt: 0, runAt: now + QUIET_MS });
}

/** Takes up a page of what has lost its job: after a crash, or an import, which brings tables alone. True when there may be more. */
export async function sweepMails(ctx: MutationCtx, now: number): Promise<boolean> {
  const late = await ctx.db
    .query("answerMails")
    .withIndex("by_run_at", (q) => q.lt("runAt", now - LATE_MS))
    .take(SWEEP_PAGE);
  for (const { _id, runAt } of late) await runMail(ctx, _id, { runAt, now });
  return late.length === SWEEP_PAGE;
}

/** Whether unread answers of the conversation are mailed to this address. */
export async function answersByMail(
  db: DatabaseReader,
  { workspaceId, brandId }: Conversation,
  email: string,
): Promise<AnswersByMail> {
  if (!canMail()) return "no_server";
  const { mailAnswers = true } = await widgetSettingsOf(db, brandId);
  if (!mailAnswers) return "brand_off";
  return (await isStopped(db, workspaceId, await stopHash(workspaceId, email))) ? "stopped" : "on";
}
