/** The widget's requests that need the page's origin: its config, and the first message. */
import { WIDGET_BODY_MAX } from "../../lib/limits";
import { readBytes } from "../../lib/request-body";
import { internal } from "../_generated/api";
import { httpAction } from "../functions";
import { originAllowed } from "../logic/origins";
import { errorResponse, json, noContent, refusalResponse, reply } from "../rest/responses";
import { ANY_ORIGIN, PREFLIGHT, corsFor } from "./cors";
import { parseStart, startedBy } from "./parseStart";

const CACHED_BRIEFLY = { "Cache-Control": "public, max-age=60" };

const forbiddenOrigin = () =>
  errorResponse(
    { status: 403, code: "ORIGIN_NOT_ALLOWED", message: "This page may not use the widget." },
    ANY_ORIGIN,
  );

/**
 * `GET /widget/config?widgetId=`: what the widget needs to draw itself; null for an unknown id, as the query gives, and
 * not 404: a browser writes an error status into the console of a page that is not ours. A request that no page made is
 * answered.
 */
export const config = httpAction(async (ctx, request) => {
  const widgetId = new URL(request.url).searchParams.get("widgetId") ?? "";
  const found = await ctx.runQuery(internal.widgets.getForRoute, { widgetId });
  if (found === null) return json(200, null, { ...ANY_ORIGIN, ...CACHED_BRIEFLY });
  const origin = request.headers.get("Origin");
  if (origin !== null && !originAllowed(found.allowedOrigins, origin)) return forbiddenOrigin();
  return json(200, found.config, { ...corsFor(found.allowedOrigins, origin), ...CACHED_BRIEFLY });
});

/** `POST /widget/start`: the pre-chat form with the first message. Repeating it gives the same answer. */
export const start = httpAction(async (ctx, request) => {
  const body = await readBody(request);
  if (body instanceof Response) return body;
  const form = await ctx.runQuery(internal.visitors.formForStart, startedBy(body.json));
  const parsed = parseStart(body.json, form);
  if (!parsed.ok) {
    const message = "Some fields need another look.";
    return errorResponse({ status: 422, code: "VALIDATION", message, errors: parsed.errors }, ANY_ORIGIN);
  }
  const origin = request.headers.get("Origin");
  try {
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
