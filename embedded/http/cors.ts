/** CORS of the API port: any page may call it; what it may do depends on its token alone. */
import type { IncomingMessage } from "node:http";

const METHODS = "GET, POST, OPTIONS, PATCH, DELETE, PUT";
const MAX_AGE_S = 86_400;

export function hasCors(path: string): boolean {
  return path.startsWith("/api/") || path === "/" || path.startsWith("/instance_");
}

/** Headers for the answer to a request from a page of another origin; none for any other. */
export function corsHeaders(request: IncomingMessage): Record<string, string> {
  const { origin } = request.headers;
  if (origin === undefined) return {};
  return {
    "Access-Control-Allow-Origin": origin,
    "Access-Control-Allow-Credentials": "true",
    Vary: "Origin",
  };
}

export function isPreflight(request: IncomingMessage): boolean {
  return request.method === "OPTIONS" && request.headers["access-control-request-method"] !== undefined;
}

export function preflightHeaders(request: IncomingMessage): Record<string, string> {
  const asked = request.headers["access-control-request-headers"];
  return {
    ...corsHeaders(request),
    "Access-Control-Allow-Methods": METHODS,
    "Access-Control-Max-Age": String(MAX_AGE_S),
    ...(asked === undefined ? {} : { "Access-Control-Allow-Headers": asked }),
  };
}
