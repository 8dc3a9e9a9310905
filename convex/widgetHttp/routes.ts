/** The widget's requests that need the page's origin: its config, and the first message. */
import { FORM_OPEN_MIN_MS, WIDGET_BODY_MAX } from "../../lib/limits";
import { readBytes } from "../../lib/request-body";
import { internal } from "../_generated/api";
import { refusal } from "../errors";
import { httpAction } from "../functions";
import { originAllowed } from "../logic/origins";
import { LOGO_PATH } from "../model/logos";
import { errorResponse, json, noContent, refusalResponse, reply } from "../rest/responses";
import { ANY_ORIGIN, PREFLIGHT, corsFor, forbiddenOrigin } from "./cors";
import { looksAutomated, parseStart, startedBy } from "./parseStart";

const CACHED_BRIEFLY = { "Cache-Control": "public, max-age=60" };

/**
 * `GET /widget/config?widgetId=`: what the widget needs to draw itself; null for an unknown id, as the query gives, and
 * not 404: a browser writes an error status into the console of a page that is not ours. A request that no page made is
 * answered.
 */
export const config = httpAction(async (ctx, request) => {
  const widgetId = new URL(request.url).searchParams.get("widgetId") ?? "";
  const origin = request.headers.get("Origin");
  const page = pageOrigin(request);
  const found = await ctx.runQuery(internal.widgets.getForRoute, { widgetId, origin: page });
  if (found === null) return json(200, null, { ...ANY_ORIGIN, ...CACHED_BRIEFLY });
  if (page !== null && Date.now() >= found.sightingDueAt) {
    // A page is not refused its widget because it could not be noted.
    await ctx.runMutation(internal.widgets.recordSighting, { widgetId, origin: page }).catch(() => null);
  }
  if (origin !== null && !originAllowed(found.allowedOrigins, origin)) return forbiddenOrigin();
  return json(200, found.config, { ...corsFor(found.allowedOrigins, origin), ...CACHED_BRIEFLY });
});

const ORIGIN_MAX = 300;

/** Where the page is that asks: browsers leave the origin out of requests to a page's own. Null: no page, or no telling. */
function pageOrigin({ headers }: Request): string | null {
  const given = headers.get("Origin") ?? headers.get("Referer");
  if (given === "null") return given;
  if (given === null || !URL.canParse(given)) return null;
  const { origin, protocol } = new URL(given);
  return /^https?:$/.test(protocol) && origin.length <= ORIGIN_MAX ? origin : null;
}

/** `GET /widget/logo/<file>`: a brand's picture. It never changes: another one has another address. */
export const logo = httpAction(async (ctx, request) => {
  const fileId = new URL(request.url).pathname.slice(LOGO_PATH.length);
  const stored = await ctx.runQuery(internal.widgets.findLogo, { fileId });
  const file = stored === null ? null : await ctx.storage.get(stored);
  if (file === null) {
    return errorResponse(
      { status: 404, code: "NOT_FOUND", message: "This logo does not exist." },
      ANY_ORIGIN,
    );
  }
  return new Response(file, {
    headers: {
      ...ANY_ORIGIN,
      "Content-Type": file.type,
      "Cache-Control": "public, max-age=31536000, immutable",
      "Content-Security-Policy": "default-src 'none'; sandbox",
      "Cross-Origin-Resource-Policy": "cross-origin",
      "X-Content-Type-Options": "nosniff",
    },
  });
});

/** `POST /widget/start`: the pre-chat form with the first message. Repeating it gives the same answer. */
export const start = httpAction(async (ctx, request) => {
  const body = await readBody(request);
  if (body instanceof Response) return body;
  try {
    const { form, isStranger } = await ctx.runQuery(internal.visitors.formForStart, startedBy(body.json));
    const parsed = parseStart(body.json, form);
    if (!parsed.ok) {
      const message = "Some fields need another look.";
      return errorResponse({ status: 422, code: "VALIDATION", message, errors: parsed.errors }, ANY_ORIGIN);
    }
    if (isStranger && looksAutomated(body.json)) {
      const message = "This looks as if a script had filled the form. Wait a second and send it again.";
      throw refusal("AUTOMATION_SUSPECTED", message, { retryAfterMs: FORM_OPEN_MIN_MS });
    }
    const origin = request.headers.get("Origin");
    const started = await ctx.runMutation(internal.visitors.start, { ...parsed.value, origin });
    return json(200, started, ANY_ORIGIN);
  } catch (error) {
    return refusalResponse(error, ANY_ORIGIN);
  }
});

/** The JSON value of the body, whatever content type it claims, or the answer to a body that is none. */
async function readBody(request: Request): Promise<{ json: unknown } | Response> {
  const bytes = await readBytes(request, WIDGET_BODY_MAX);
  if (bytes === null) {
    const message = `The request is larger than ${WIDGET_BODY_MAX} bytes.`;
    return errorResponse({ status: 413, code: "PAYLOAD_TOO_LARGE", message }, ANY_ORIGIN);
  }
  try {
    return { json: JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) };
  } catch {
    const message = "The request body is not JSON in UTF-8.";
    return errorResponse({ status: 400, code: "BAD_REQUEST", message }, ANY_ORIGIN);
  }
}

export const preflight = httpAction(reply(() => noContent(PREFLIGHT)));
