/** Refusals of functions: the code table of lib/errors with its HTTP statuses, thrown as `ConvexError`. */
import { ConvexError } from "convex/values";
import type { AppErrorData, ErrorCode } from "../lib/errors";
import type { Checked } from "../lib/validation";

export { ERROR_CODES } from "../lib/errors";
export type { AppErrorData, ErrorCode } from "../lib/errors";

/** What an HTTP route answers when a function refuses with the code. */
export const HTTP_STATUS: Record<ErrorCode, number> = {
  UNAUTHENTICATED: 401,
  SESSION_EXPIRED: 401,
  INVALID_CREDENTIALS: 401,
  TWO_STEP_REQUIRED: 401,
  FORBIDDEN: 403,
  SETUP_TOKEN_REQUIRED: 403,
  ORIGIN_NOT_ALLOWED: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  SETUP_DONE: 409,
  EMAIL_TAKEN: 409,
  VALIDATION: 422,
  RATE_LIMITED: 429,
  AUTOMATION_SUSPECTED: 429,
  KEY_EXPIRED: 401,
  KEY_REVOKED: 401,
  READ_ONLY_KEY: 403,
  OTHER_BRAND: 403,
  IDEMPOTENCY_KEY_REUSED: 422,
  INVALID_CURSOR: 400,
  CURSOR_EXPIRED: 410,
  NOT_CONFIGURED: 503,
  IDENTITY_REQUIRED: 401,
  IDENTITY_INVALID: 401,
  IDENTITY_EXPIRED: 401,
};

/** A refusal to throw; `message` says what to do. */
export function refusal(
  code: ErrorCode,
  message: string,
  extra: Pick<AppErrorData, "field" | "retryAfterMs" | "answer" | "challenge"> = {},
): ConvexError<AppErrorData> {
  return new ConvexError({ code, message, ...extra });
}

/** The value of a passed check; a failed one is a VALIDATION refusal that names the argument. */
export function valid<T>(field: string, checked: Checked<T>): T {
  if (!checked.ok) throw refusal("VALIDATION", checked.reason, { field });
  return checked.value;
}

/** The same for a foreign id and for one that never existed, so that neither can be told from the other. */
export function notFound(what: string): ConvexError<AppErrorData> {
  return refusal("NOT_FOUND", `This ${what} does not exist.`);
}

/** Too many requests; `retryAfterMs` is until the next window. */
export function rateLimited(retryAfterMs: number): ConvexError<AppErrorData> {
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
  return refusal("RATE_LIMITED", `Too many requests. Try again in ${seconds} s.`, { retryAfterMs });
}
