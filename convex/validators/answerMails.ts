/** Answers that go to visitors by mail. */
import { v } from "convex/values";
import type { Infer } from "convex/values";

/** That a message went to the visitor by mail, or could not: it was tried, and is tried no more by itself. */
export const mailing = v.object({
  to: v.string(),
  at: v.number(),
  state: v.union(v.literal("sent"), v.literal("failed")),
});

/** What is on its way to the mail server. */
export const answerMailClaim = v.object({
  to: v.string(),
  messageIds: v.array(v.id("messages")),
  hasEarlier: v.boolean(), // more are unread than the mail holds
});

/** Whether answers that a visitor with an address does not read go there, and if not, why. */
export const answersByMail = v.union(
  v.literal("on"),
  v.literal("no_server"),
  v.literal("brand_off"),
  v.literal("stopped"), // whoever reads that mailbox asked for no more
);
export type AnswersByMail = Infer<typeof answersByMail>;

/** What became of giving a mail to the mail server. */
export const mailOutcome = v.union(
  v.literal("sent"),
  v.literal("failed"), // the server is away, or asks to try later
  v.literal("refused"), // the server takes nothing for this address
);
export type MailOutcome = Infer<typeof mailOutcome>;

/** What a mail says. */
export const answerMailContent = v.object({
  brandId: v.id("brands"),
  brandName: v.string(),
  to: v.string(),
  emailHash: v.string(), // as the wish for no more mails names the address
  answers: v.array(v.object({ from: v.string(), body: v.string(), files: v.array(v.string()) })),
  hasEarlier: v.boolean(),
  page: v.union(v.string(), v.null()), // where the visitor was
  messageId: v.string(), // left part of the mail's own id: the same for the same answers
});
export type AnswerMailContent = Infer<typeof answerMailContent>;
