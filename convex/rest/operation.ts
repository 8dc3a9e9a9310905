/** What one operation of the API is. Parsing, routing, the OpenAPI document and the reference all read these. */
import type { z } from "zod";
import type { ApiErrorCode } from "./errors";

export type Operation = {
  method: "GET" | "POST" | "PATCH";
  path: string; // below /api/v1; {name} is a parameter
  tag: "Conversations" | "Messages" | "Leads" | "Brands" | "Events" | "Service";
  summary: string;
  description: string;
  scope: "read" | "write" | null; // of the key; null: needs none
  params: z.ZodObject | null;
  query: z.ZodObject | null; // null: whatever is there is ignored
  body: z.ZodObject | null;
  status: 200 | 201;
  answer: z.ZodType;
  notFound: boolean; // whether an id in the request may name nothing, or something of another brand
  example: {
    params?: Record<string, string>;
    query?: Record<string, string | number>;
    body?: Record<string, unknown>;
    answer: Record<string, unknown>;
  };
};

/** A POST is done once for each Idempotency-Key. */
export const takesIdempotencyKey = ({ method }: Operation): boolean => method === "POST";

/** The refusals that the operation can give. */
export function errorsOf(operation: Operation): ApiErrorCode[] {
  const { scope, query, body, notFound } = operation;
  if (scope === null) return ["INTERNAL", "UNAVAILABLE"];
  const codes: ApiErrorCode[] = [
    "UNAUTHENTICATED",
    "KEY_REVOKED",
    "KEY_EXPIRED",
    "RATE_LIMITED",
    "VALIDATION",
  ];
  if (scope === "write") codes.push("READ_ONLY_KEY");
  if (notFound) codes.push("NOT_FOUND", "OTHER_BRAND");
  if (query !== null && ("cursor" in query.shape || "after" in query.shape)) codes.push("INVALID_CURSOR");
  if (query !== null && "after" in query.shape) codes.push("CURSOR_EXPIRED");
  if (body !== null) codes.push("BAD_REQUEST", "PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE");
  if (takesIdempotencyKey(operation)) codes.push("IDEMPOTENCY_KEY_REUSED");
  return [...codes, "INTERNAL", "UNAVAILABLE"];
}
