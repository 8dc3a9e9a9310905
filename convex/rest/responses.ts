/** Answers of HTTP routes. Every body is JSON; errors are `{error, code, requestId}` with more where it helps. */
import { ConvexError } from "convex/values";
import { readError } from "../../lib/errors";
import type { ErrorCode } from "../../lib/errors";
import { HTTP_STATUS } from "../errors";

/** Codes that only HTTP knows, beside those of functions. */
export type HttpErrorCode = ErrorCode | "BAD_REQUEST" | "PAYLOAD_TOO_LARGE" | "INTERNAL";

export type FieldError = { field: string; message: string };

type ErrorBody = {
  status: number;
  code: HttpErrorCode;
  message: string;
  errors?: FieldError[];
  /** For RATE_LIMITED and AUTOMATION_SUSPECTED: the same as the Retry-After that goes with it. */
  retryAfterSeconds?: number;
};

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      "Content-Type": "application/json; charset=utf-8",
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      ...headers,
    },
  });
}

/** The answer to a preflight. */
export function noContent(headers: Record<string, string>): Response {
  return new Response(null, { status: 204, headers });
}

/** A handler for a route that needs nothing but the request. */
export function reply(answer: (request: Request) => Response) {
  return (_ctx: unknown, request: Request): Promise<Response> => Promise.resolve(answer(request));
}

export function errorResponse(
  { status, code, message, errors, retryAfterSeconds }: ErrorBody,
  headers: Record<string, string> = {},
): Response {
  const requestId = crypto.randomUUID();
  const body = {
    error: message,
    code,
    requestId,
    ...(errors === undefined ? {} : { errors }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
  const wait: Record<string, string> =
    retryAfterSeconds === undefined ? {} : { "Retry-After": String(retryAfterSeconds) };
  return json(status, body, { "X-Request-Id": requestId, ...wait, ...headers });
}

/** The answer to a function's refusal. Anything else is a bug: it is thrown on, to be logged and masked. */
export function refusalResponse(error: unknown, headers: Record<string, string> = {}): Response {
  const refused = error instanceof ConvexError ? readError(error) : null;
  if (refused === null) throw error;
  const { code, message, field, retryAfterMs } = refused;
  const body = {
    status: HTTP_STATUS[code],
    code,
    message,
    ...(field !== undefined && { errors: [{ field, message }] }),
    ...(retryAfterMs !== undefined && { retryAfterSeconds: Math.max(1, Math.ceil(retryAfterMs / 1000)) }),
  };
  return errorResponse(body, headers);
}
