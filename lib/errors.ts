/**
 * The closed set of refusals that functions and HTTP routes give. A refusal carries a code for programs
 * and a message that tells a person what to do.
 */
export const ERROR_CODES = [
  "UNAUTHENTICATED",
  "SESSION_EXPIRED",
  "FORBIDDEN",
  "NOT_FOUND",
  "INVALID_CREDENTIALS",
  "TWO_STEP_REQUIRED",
  "VALIDATION",
  "SETUP_DONE",
  "SETUP_TOKEN_REQUIRED",
  "EMAIL_TAKEN",
  "ORIGIN_NOT_ALLOWED",
  "RATE_LIMITED",
  "AUTOMATION_SUSPECTED",
  "CONFLICT",
  "KEY_EXPIRED",
  "KEY_REVOKED",
  "READ_ONLY_KEY",
  "OTHER_BRAND",
  "IDEMPOTENCY_KEY_REUSED",
  "INVALID_CURSOR",
  "CURSOR_EXPIRED",
  "NOT_CONFIGURED",
  "IDENTITY_REQUIRED",
  "IDENTITY_INVALID",
  "IDENTITY_EXPIRED",
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** What a refusal carries in `ConvexError.data`. */
export type AppErrorData = {
  code: ErrorCode;
  message: string;
  /** The argument that was refused, for VALIDATION. */
  field?: string;
  /** Milliseconds until another try makes sense, for RATE_LIMITED and AUTOMATION_SUSPECTED. */
  retryAfterMs?: number;
  /** The answer of somebody else that came first, for CONFLICT of `messages:send`. */
  answer?: FirstAnswer;
  /** What the code at the login goes with, for TWO_STEP_REQUIRED. */
  challenge?: string;
};

export type FirstAnswer = { name: string; sequence: number; at: number };

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

const isFirstAnswer = (value: unknown): value is FirstAnswer =>
  isRecord(value) &&
  typeof value.name === "string" &&
  typeof value.sequence === "number" &&
  typeof value.at === "number";

const isErrorCode = (value: unknown): value is ErrorCode => ERROR_CODES.some((code) => code === value);

const dataOf = (error: unknown): Record<string, unknown> =>
  isRecord(error) && isRecord(error.data) ? error.data : {};

/** What a refusal says, by whichever code: the server may be newer than the page that reads it. */
export type Refusal = Pick<AppErrorData, "message" | "field" | "retryAfterMs"> & { code: string };

/** The refusal inside a caught error, or null when the error is something else (a bug, the network). */
export function readRefusal(error: unknown): Refusal | null {
  const { code, message, field, retryAfterMs } = dataOf(error);
  if (typeof code !== "string" || typeof message !== "string") return null;
  return {
    code,
    message,
    ...(typeof field === "string" ? { field } : {}),
    ...(typeof retryAfterMs === "number" ? { retryAfterMs } : {}),
  };
}

/** The same where its code is one of `ERROR_CODES`; null for any other. */
export function readError(error: unknown): AppErrorData | null {
  const refusal = readRefusal(error);
  if (refusal === null || !isErrorCode(refusal.code)) return null;
  const { answer, challenge } = dataOf(error);
  return {
    ...refusal,
    code: refusal.code,
    ...(isFirstAnswer(answer) ? { answer } : {}),
    ...(typeof challenge === "string" ? { challenge } : {}),
  };
}

/** The code inside a caught error, or null when the error is not a refusal. */
export function readErrorCode(error: unknown): ErrorCode | null {
  return readError(error)?.code ?? null;
}
