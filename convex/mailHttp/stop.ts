/** The page behind the last link of a mail with answers: no more of them. Looking at it changes nothing: programs follow links. */
import { readBytes } from "../../lib/request-body";
import { internal } from "../_generated/api";
import type { ActionCtx } from "../_generated/server";
import { httpAction } from "../functions";
import { escapeHtml } from "../logic/html";
import { openStopToken } from "../model/mailStops";

/** Mail programs send `List-Unsubscribe=One-Click`, in a multipart body perhaps. */
const BODY_MAX = 4_096;
/** What the button that takes it back sends. */
const RESUME = "resume=yes";

const targetOf = async (request: Request) =>
  await openStopToken(new URL(request.url).searchParams.get("token") ?? "");

/** `GET /mail/stop?token=`: asks. */
export const show = httpAction(async (ctx: ActionCtx, request) => {
  const target = await targetOf(request);
  return target === null ? unknownLink() : await answer(ctx, target);
});

/** `POST /mail/stop?token=`: the one click of RFC 8058, and the buttons of the page. Repeating it changes nothing. */
export const change = httpAction(async (ctx: ActionCtx, request) => {
  const target = await targetOf(request);
  if (target === null) return unknownLink();
  const body = await readBytes(request, BODY_MAX);
  const isStopped = body === null || new TextDecoder().decode(body) !== RESUME;
  await ctx.runMutation(internal.answerMails.setStopped, { ...target, isStopped });
  return await answer(ctx, target);
});

async function answer(ctx: ActionCtx, target: { brandId: string; emailHash: string }): Promise<Response> {
  const stop = await ctx.runQuery(internal.answerMails.getStop, target);
  if (stop === null) return unknownLink();
  const { brandName, isStopped } = stop;
  return isStopped
    ? page(200, {
        title: "No more mails",
        text: `Answers of ${brandName} are not mailed to your address any more. They are still in the chat.`,
        button: { words: "Mail them again", name: "resume", value: "yes" },
      })
    : page(200, {
        title: "Stop these mails?",
        text: `Answers of ${brandName} that you do not read in the chat are mailed to your address, which was given there.`,
        button: { words: "No more mails", name: "stop", value: "yes" },
      });
}

const unknownLink = () =>
  page(404, {
    title: "This link is no longer good",
    text: "Use the last link of the newest mail, in full.",
  });

type Page = { title: string; text: string; button?: { words: string; name: string; value: string } };

/** A page of its own that needs no script. The address holds the token: it goes nowhere from here. */
function page(status: number, { title, text, button }: Page): Response {
  const nonce = crypto.randomUUID();
  const form =
    button === undefined
      ? ""
      : `<form method="post"><button name="${button.name}" value="${button.value}">${button.words}</button></form>`;
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style nonce="${nonce}">
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 36rem; margin: 4rem auto; padding: 0 1rem; overflow-wrap: anywhere }
button { font: inherit; padding: 0.5rem 1rem }
</style>
</head>
<body>
<main><h1>${title}</h1><p>${escapeHtml(text)}</p>${form}</main>
</body>
</html>
`;
  return new Response(html, {
    status,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": `default-src 'none'; style-src 'nonce-${nonce}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
      "Referrer-Policy": "no-referrer",
      "X-Robots-Tag": "noindex",
      "X-Content-Type-Options": "nosniff",
      "Cache-Control": "no-store",
    },
  });
}
