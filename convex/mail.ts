"use node";

/** Mail through the SMTP server of the deployment's environment. In Node because that is a TCP connection. */
import { createTransport } from "nodemailer";
import type { SendMailOptions } from "nodemailer";
import { v } from "convex/values";
import { internal } from "./_generated/api";
import { env } from "./_generated/server";
import { internalAction } from "./functions";
import { answersMail, resetMail } from "./logic/mailText";
import { open } from "./logic/sealing";
import { webLink } from "./model/mailSettings";
import { makeStopLink } from "./model/mailStops";
import { secretKeys } from "./model/secretKeys";
import { mailMessage } from "./validators/accounts";
import type { MailMessage } from "./validators/accounts";
import type { MailOutcome } from "./validators/answerMails";

/** A server that does not answer holds up whoever waits for the outcome no longer than this. */
const TIMEOUT_MS = 10_000;

type Extra = Pick<SendMailOptions, "replyTo" | "messageId" | "headers">;

/** What the server says is not passed on: it may name the server's settings. */
async function deliver(message: MailMessage, extra: Extra = {}): Promise<MailOutcome> {
  const { PRAXTALK_SMTP_URL: url, PRAXTALK_MAIL_FROM: from } = env;
  if (!url || !from) return "failed";
  const transport = createTransport({
    url,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    await transport.sendMail({ ...message, from, ...extra });
    return "sent";
  } catch (error) {
    return isRefusal(error) ? "refused" : "failed";
  } finally {
    transport.close();
  }
}

/** Whether it is about the address: whatever else is wrong, the settings too, may be right later. RFC 5321: 5yz is for good. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error) || !("command" in error) || !("responseCode" in error)) return false;
  return error.command === "RCPT TO" && Number(error.responseCode) >= 500;
}

/** Whether the mail server took the message; if not, the link in it is still there to be passed on by hand. */
export const send = internalAction({
  args: mailMessage.fields,
  returns: v.boolean(),
  handler: async (_ctx, message) => (await deliver(message)) === "sent",
});

/** Sends the link for a new password. The token comes sealed: what is scheduled is kept as it is for a while. */
export const sendReset = internalAction({
  args: { email: v.string(), sealedToken: v.string() },
  returns: v.null(),
  handler: async (_ctx, { email, sealedToken }) => {
    const token = await open(sealedToken, secretKeys() ?? [], email);
    const link = token === null ? null : webLink(`/reset-password/${token}`);
    if (link !== null) await deliver(resetMail({ email, link }));
    return null;
  },
});

/** Sends the answers that are claimed, and says what became of it. Dead in between, it leaves the claim, which ends by itself. */
export const sendAnswers = internalAction({
  args: { mailId: v.id("answerMails"), attempt: v.number() },
  returns: v.null(),
  handler: async (ctx, claimed): Promise<null> => {
    const content = await ctx.runQuery(internal.answerMails.getContent, claimed);
    if (content === null) return null;
    const stopLink = await makeStopLink(content);
    const outcome = await deliver(answersMail({ ...content, stopLink }), {
      replyTo: env.PRAXTALK_MAIL_FROM,
      messageId: `<${content.messageId}@${domainOf(env.PRAXTALK_MAIL_FROM ?? "")}>`,
      headers: {
        "Auto-Submitted": "auto-generated",
        "List-Unsubscribe": `<${stopLink}>`,
        // RFC 8058 allows it for https alone.
        ...(stopLink.startsWith("https:") && { "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" }),
      },
    });
    await ctx.runMutation(internal.answerMails.settle, { ...claimed, outcome });
    return null;
  },
});

/** Of an address that may have a name before it. */
const domainOf = (from: string): string => /@([^@>\s]+)>?\s*$/.exec(from)?.[1] ?? "localhost";
