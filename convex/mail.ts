"use node";

/** Mail through the SMTP server of the deployment's environment. In Node because that is a TCP connection. */
import { createTransport } from "nodemailer";
import { v } from "convex/values";
import { env } from "./_generated/server";
import { internalAction } from "./functions";
import { resetMail } from "./logic/mailText";
import { open } from "./logic/sealing";
import { webLink } from "./model/mailSettings";
import { secretKeys } from "./model/secretKeys";
import { mailMessage } from "./validators/accounts";
import type { MailMessage } from "./validators/accounts";

/** A server that does not answer holds up whoever waits for the outcome no longer than this. */
const TIMEOUT_MS = 10_000;

async function deliver(message: MailMessage): Promise<boolean> {
  const { PRAXTALK_SMTP_URL: url, PRAXTALK_MAIL_FROM: from } = env;
  if (!url || !from) return false;
  const transport = createTransport({
    url,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    await transport.sendMail({ ...message, from });
    return true;
  } catch {
    // What the server said may name its settings; the link is still there to be passed on by hand.
    return false;
  } finally {
    transport.close();
  }
}

/** Whether the mail server took the message. */
export const send = internalAction({
  args: mailMessage.fields,
  returns: v.boolean(),
  handler: async (_ctx, message) => await deliver(message),
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
