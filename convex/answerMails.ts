/** Unread answers by mail: the jobs, and the wish for no more of them. */
import { v } from "convex/values";
import { internal } from "./_generated/api";
import { internalMutation, internalQuery } from "./functions";
import * as mails from "./model/answerMails";
import * as stops from "./model/mailStops";
import { answerMailContent, mailOutcome } from "./validators/answerMails";

/** Looks after a mail whose time has come; `runAt` is that time, by which a job knows that it is still its own. */
export const run = internalMutation({
  args: { mailId: v.id("answerMails"), runAt: v.number() },
  returns: v.null(),
  handler: async (ctx, { mailId, runAt }) => {
    await mails.runMail(ctx, mailId, { runAt, now: Date.now() });
    return null;
  },
});

/** What a claimed mail says; null when it is not to go out any more. */
export const getContent = internalQuery({
  args: { mailId: v.id("answerMails"), attempt: v.number() },
  returns: v.union(answerMailContent, v.null()),
  handler: async (ctx, { mailId, attempt }) =>
    await mails.contentOf(ctx.db, mailId, { attempt, now: Date.now() }),
});

/** Writes down what the mail server said. */
export const settle = internalMutation({
  args: { mailId: v.id("answerMails"), attempt: v.number(), outcome: mailOutcome },
  returns: v.null(),
  handler: async (ctx, { mailId, ...result }) => {
    await mails.settleMail(ctx, mailId, { ...result, now: Date.now() });
    return null;
  },
});

/** Does what a lost job should have done. */
export const sweep = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    const more = await mails.sweepMails(ctx, Date.now());
    if (more) await ctx.scheduler.runAfter(0, internal.answerMails.sweep, {});
    return null;
  },
});

const stopTarget = { brandId: v.string(), emailHash: v.string() };

/** What the page behind a mail's last link says; null when the brand is gone. */
export const getStop = internalQuery({
  args: stopTarget,
  returns: v.union(v.object({ brandName: v.string(), isStopped: v.boolean() }), v.null()),
  handler: async (ctx, target) => {
    const brand = await stops.brandOfStop(ctx.db, target);
    if (brand === null) return null;
    const isStopped = await stops.isStopped(ctx.db, brand.workspaceId, target.emailHash);
    return { brandName: brand.name, isStopped };
  },
});

/** Ends mails to an address, or begins them again. */
export const setStopped = internalMutation({
  args: { ...stopTarget, isStopped: v.boolean() },
  returns: v.null(),
  handler: async (ctx, { isStopped, ...target }) => {
    const brand = await stops.brandOfStop(ctx.db, target);
    if (brand === null) return null;
    await stops.setStopped(ctx, brand, { emailHash: target.emailHash, isStopped, now: Date.now() });
    return null;
  },
});
