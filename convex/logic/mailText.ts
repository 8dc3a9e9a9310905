/** The mails that PraxTalk writes: plain text, and the same as simple HTML. Pure. */
import { INVITE_DAYS, RESET_MINUTES } from "../../lib/limits";
import type { InviteInfo, MailMessage } from "../validators/accounts";

const escapes: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => escapes[character] ?? "");

/** Paragraphs, a link among them with its own words. In the text the link is on a line of its own. */
type Body = { before: string; link: { url: string; words: string }; after: string };

function compose(to: string, subject: string, { before, link, after }: Body): MailMessage {
  const paragraph = (html: string) => `<p style="margin:0 0 16px">${html}</p>`;
  const html = [
    paragraph(escapeHtml(before)),
    paragraph(`<a href="${escapeHtml(link.url)}">${escapeHtml(link.words)}</a>`),
    paragraph(escapeHtml(after)),
  ].join("");
  return {
    to,
    subject,
    text: `${before}\n\n${link.url}\n\n${after}\n`,
    html: `<div style="font:15px/1.5 sans-serif;max-width:560px">${html}</div>`,
  };
}

type Invite = Pick<InviteInfo, "workspaceName" | "email" | "invitedByName"> & { link: string };

export function inviteMail({ workspaceName, email, invitedByName, link }: Invite): MailMessage {
  const inviter = invitedByName ?? "The team";
  return compose(email, `Join ${workspaceName} on PraxTalk`, {
    before: `${inviter} invites you to answer the conversations of ${workspaceName}.`,
    link: { url: link, words: `Join ${workspaceName}` },
    after: `The link is good for ${INVITE_DAYS} days, and once. If you do not expect it, leave it unused.`,
  });
}

export function resetMail({ email, link }: { email: string; link: string }): MailMessage {
  return compose(email, "Set a new password for PraxTalk", {
    before: "Somebody, most likely you, asked for a new password.",
    link: { url: link, words: "Set a new password" },
    after: `The link is good for ${RESET_MINUTES} minutes, and once. If it was not you, leave it unused: your password stays as it is.`,
  });
}
