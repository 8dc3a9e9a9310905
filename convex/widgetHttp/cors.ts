/** Cross-origin answers for the widget, which runs on other people's pages. */
import { errorResponse } from "../rest/responses";

/** The refusal of a page is readable by that page, so that the widget can say what is wrong. */
export const ANY_ORIGIN = { "Access-Control-Allow-Origin": "*" };

/** For a page that may use the widget: itself alone when the brand has a list, else any. No page needs no header. */
export function corsFor(allowedOrigins: readonly string[], origin: string | null): Record<string, string> {
  if (allowedOrigins.length === 0) return ANY_ORIGIN;
  return { ...(origin === null ? {} : { "Access-Control-Allow-Origin": origin }), Vary: "Origin" };
}

export const forbiddenOrigin = () =>
  errorResponse(
    { status: 403, code: "ORIGIN_NOT_ALLOWED", message: "This page may not use the widget." },
    ANY_ORIGIN,
  );

export const PREFLIGHT = {
  ...ANY_ORIGIN,
  "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
  "Access-Control-Allow-Headers": "Content-Type",
  "Access-Control-Max-Age": "86400",
};
