/** The mails that PraxTalk writes: plain text, and the same as simple HTML. Pure. */
import { INVITE_DAYS, RESET_MINUTES } from "../../lib/limits";
import { oneLine } from "../../lib/text";
import type { InviteInfo, MailMessage } from "../validators/accounts";
import type { AnswerMailContent } from "../validators/answerMails";
import { escapeHtml } from "./html";

/** A paragraph, or a link with its own words. In the text a link is on a line of its own. */
type Part = string | { url: string; words: string };

const textOf = (part: Part): string => (typeof part === "string" ? part : part.url);

/** Line breaks stay as they were written. */
const htmlOf = (part: Part): string =>
  typeof part === "string"
    ? escapeHtml(part)
    : `<a href="${escapeHtml(part.url)}">${escapeHtml(part.words)}</a>`;

function compose(to: string, subject: string, parts: readonly Part[]): MailMessage {
  const html = parts
    .map((part) => `<p dir="auto" style="margin:0 0 16px;white-space:pre-line">${htmlOf(part)}</p>`)
    .join("");
  return {
    to,
    subject,
    text: `${parts.map(textOf).join("\n\n")}\n`,
    html: `<div style="font:15px/1.5 sans-serif;max-width:560px">${html}</div>`,
  };
}

type Invite = Pick<InviteInfo, "workspaceName" | "email" | "invitedByName"> & { link: string };

export function inviteMail({ workspaceName, email, invitedByName, link }: Invite): MailMessage {
  const inviter = invitedByName ?? "The team";
  return compose(email, `Join ${workspaceName} on PraxTalk`, [
    `${inviter} invites you to answer the conversations of ${workspaceName}.`,
    { url: link, words: `Join ${workspaceName}` },
    `The link is good for ${INVITE_DAYS} days, and once. If you do not expect it, leave it unused.`,
  ]);
}

export function resetMail({ email, link }: { email: string; link: string }): MailMessage {
  return compose(email, "Set a new password for PraxTalk", [
    "Somebody, most likely you, asked for a new password.",
    { url: link, words: "Set a new password" },
    `The link is good for ${RESET_MINUTES} minutes, and once. If it was not you, leave it unused: your password stays as it is.`,
  ]);
}

type AnswerMail = Pick<AnswerMailContent, "brandName" | "to" | "answers" | "hasEarlier" | "page"> & {
  stopLink: string;
};

/** Answers that a visitor has not read. Nobody has proven that the address is theirs, so the mail says nothing else of them. */
export function answersMail({ brandName, to, answers, hasEarlier, page, stopLink }: AnswerMail): MailMessage {
  const brand = oneLine(brandName, brandName.length);
  const site = page === null ? brand : `${brand}, ${new URL(page).host}`;
  const isOne = answers.length === 1;
  return compose(to, isOne ? `${brand} has answered you` : `${answers.length} answers from ${brand}`, [
    `${brand} has answered in your chat.`,
    ...answers.map(({ from, body, files }) =>
      [
        `${from}:`,
        ...(body === "" ? [] : [body]),
        ...files.map((name) => `[File in the chat: ${name}]`),
      ].join("\n"),
    ),
    ...(hasEarlier ? ["Earlier answers are in the chat."] : []),
    ...(page === null
      ? ["To go on, open the chat where you wrote: a reply to this mail does not get there."]
      : [
          "To go on, answer in the chat: a reply to this mail does not get there.",
          { url: page, words: "Back to the page with the chat" },
        ]),
    `You get this mail because you, or somebody else, gave this address in the chat of ${site}. If you want no more of them:`,
    { url: stopLink, words: "No more mails" },
  ]);
}
