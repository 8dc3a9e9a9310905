/** /api/v1 for programs of other systems. */
import { httpAction } from "../functions";
import { errorResponse, json, noContent, reply } from "./responses";

/** Open to every page: a key, not the origin, says who asks. */
const CORS = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Expose-Headers": "X-Request-Id, Retry-After",
};

const PREFLIGHT = {
  ...CORS,
  "Access-Control-Allow-Methods": "GET, POST, PATCH, DELETE, OPTIONS",
  "Access-Control-Allow-Headers": "Authorization, Content-Type",
  "Access-Control-Max-Age": "86400",
};

/** Whether the deployment answers; needs no key. */
export const ping = httpAction(reply(() => json(200, { ok: true, time: Date.now() }, CORS)));

export const unknownRoute = httpAction(
  reply((request) => {
    const message = `There is no ${request.method} ${new URL(request.url).pathname}.`;
    return errorResponse({ status: 404, code: "NOT_FOUND", message }, CORS);
  }),
);

export const preflight = httpAction(reply(() => noContent(PREFLIGHT)));
