/** Headers of answers: what they hold, and which answers carry them. */
import type { LimitState } from "../validators";

type Header = { description: string; schema: { type: "string" | "integer" }; example: string | number };

export const HEADERS = {
  "X-Request-Id": {
    description: "Names this request; say it when you report a fault.",
    schema: { type: "string" },
    example: "7f1c2b9e-4c1d-4a57-9a59-0d3d5d3e7b11",
  },
  "X-RateLimit-Limit": {
    description: "Requests a minute for this key, or for this address without a valid one.",
    schema: { type: "integer" },
    example: 600,
  },
  "X-RateLimit-Remaining": {
    description: "About how many of them are left in this minute.",
    schema: { type: "integer" },
    example: 599,
  },
  "X-RateLimit-Reset": {
    description: "When the next minute begins, in Unix seconds.",
    schema: { type: "integer" },
    example: 1_767_200_040,
  },
  "RateLimit-Policy": {
    description: "The limit as a structured field: q requests in w seconds.",
    schema: { type: "string" },
    example: '"minute";q=600;w=60',
  },
  RateLimit: {
    description: "What is left as a structured field: r requests, all again in t seconds.",
    schema: { type: "string" },
    example: '"minute";r=599;t=40',
  },
  "Retry-After": {
    description: "Seconds until another try makes sense.",
    schema: { type: "integer" },
    example: 40,
  },
  "Idempotent-Replayed": {
    description: "true when the Idempotency-Key was known: this is the answer of the first time.",
    schema: { type: "string" },
    example: "true",
  },
  "WWW-Authenticate": {
    description: "How to authenticate.",
    schema: { type: "string" },
    example: 'Bearer realm="PraxTalk"',
  },
  Allow: {
    description: "The methods of this path.",
    schema: { type: "string" },
    example: "GET, HEAD, OPTIONS",
  },
} as const satisfies Record<string, Header>;

export type HeaderName = keyof typeof HEADERS;

export const LIMIT_HEADERS = [
  "X-RateLimit-Limit",
  "X-RateLimit-Remaining",
  "X-RateLimit-Reset",
  "RateLimit-Policy",
  "RateLimit",
] as const satisfies HeaderName[];

export function limitHeaders({ limit, remaining, resetAt }: LimitState, now: number) {
  const seconds = secondsUntil(resetAt, now);
  return {
    "X-RateLimit-Limit": String(limit),
    "X-RateLimit-Remaining": String(remaining),
    "X-RateLimit-Reset": String(Math.ceil(resetAt / 1000)),
    "RateLimit-Policy": `"minute";q=${limit};w=60`,
    RateLimit: `"minute";r=${remaining};t=${seconds}`,
  } satisfies Record<(typeof LIMIT_HEADERS)[number], string>;
}

export function secondsUntil(time: number, now: number): number {
  return Math.max(1, Math.ceil((time - now) / 1000));
}

/** Open to every page: a key, not the origin, says who asks. */
export const CORS = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Expose-Headers": Object.keys(HEADERS).join(", "),
};

export const PREFLIGHT = {
  ...CORS,
  "Access-Control-Allow-Methods": "GET, HEAD, POST, PATCH, OPTIONS",
  "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key",
  "Access-Control-Max-Age": "86400",
};
