/** Every refusal of the REST API: one table of codes, with status and meaning. */
import type { ErrorCode } from "../errors";
import { HTTP_STATUS } from "../errors";

/** Refusals of functions that the API passes on. */
const OF_FUNCTIONS = {
  INVALID_CURSOR:
    "The cursor is not one that this list gave, or the filters changed. Start again without it.",
  UNAUTHENTICATED: "There is no API key in the Authorization header, or it is none of this deployment.",
  KEY_REVOKED: "The key was revoked.",
  KEY_EXPIRED: "The key has expired.",
  READ_ONLY_KEY: "The key can only read.",
  OTHER_BRAND: "The key is for another brand of the workspace.",
  NOT_FOUND: "There is nothing at this path, or what an id names does not exist in the key's workspace.",
  CURSOR_EXPIRED: "The cursor is older than the feed: events that followed it are gone.",
  VALIDATION: "Some of the input is not as documented; `errors` says what.",
  IDEMPOTENCY_KEY_REUSED: "The Idempotency-Key came with another body before.",
  RATE_LIMITED: "Too many requests in this minute. `Retry-After` says when to go on.",
} as const satisfies Partial<Record<ErrorCode, string>>;

/** Refusals that only HTTP knows. */
const OF_HTTP = {
  BAD_REQUEST: { status: 400, meaning: "The body is not JSON in UTF-8." },
  METHOD_NOT_ALLOWED: {
    status: 405,
    meaning: "The path does not have this method. `Allow` names those it has.",
  },
  PAYLOAD_TOO_LARGE: { status: 413, meaning: "The body is larger than 256 KiB." },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, meaning: "The body must be sent as application/json." },
  INTERNAL: { status: 500, meaning: "A fault of ours. Say the requestId when you report it." },
  // Given by the web server in front, which also serves this API: see server/api-proxy.ts.
  UNAVAILABLE: {
    status: 502,
    meaning: "The API does not answer the web server in front of it. `Retry-After` says when to try again.",
  },
} as const;

export type ApiErrorCode = keyof typeof OF_FUNCTIONS | keyof typeof OF_HTTP;
export type ApiErrorEntry = { status: number; meaning: string };

const ofFunctions = Object.entries(OF_FUNCTIONS).map(([code, meaning]) => [
  code,
  { status: HTTP_STATUS[code as keyof typeof OF_FUNCTIONS], meaning },
]);

/** By code, in the order of their statuses. */
export const API_ERRORS = Object.fromEntries(
  [...ofFunctions, ...Object.entries(OF_HTTP)].sort(
    ([, a], [, b]) => (a as ApiErrorEntry).status - (b as ApiErrorEntry).status,
  ),
) as Record<ApiErrorCode, ApiErrorEntry>;

export const isApiErrorCode = (code: string): code is ApiErrorCode => code in API_ERRORS;

/** What is wrong with one field, parameter or header. */
export const PROBLEM_CODES = ["REQUIRED", "UNKNOWN", "TYPE", "INVALID", "LENGTH", "RANGE"] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

/** `pointer`: `#/name` for a field of the body, `?name` for a query parameter, else the name of a header. */
export type Problem = { pointer: string; code: ProblemCode; detail: string };

/** An answer that is not a success, on its way to the client. */
export class ApiRefusal extends Error {
  constructor(
    readonly code: ApiErrorCode,
    message: string,
    readonly more: { errors?: Problem[]; retryAfterMs?: number; headers?: Record<string, string> } = {},
  ) {
    super(message);
  }
}
