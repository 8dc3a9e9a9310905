/** From a request to what an operation gets: its parameters, its query and its body, each checked once. */
import type { z } from "zod";
import { API_BODY_MAX, IDEMPOTENCY_KEY_MAX } from "../../lib/limits";
import { readBytes } from "../../lib/request-body";
import { toHex } from "../logic/tokens";
import type { Idempotency } from "../validators";
import { ApiRefusal } from "./errors";
import type { Problem } from "./errors";
import type { Operation } from "./operation";
import { takesIdempotencyKey } from "./operation";
import { problemsOf } from "./problems";
import { NUMERIC_PARAMETERS } from "./shapes/fields";

export type Parsed = {
  params: Record<string, unknown> | null;
  query: Record<string, unknown> | null;
  body: Record<string, unknown> | null;
  idempotency: Idempotency | null;
};

/** Refuses with everything that is wrong at once, once the body can be read at all. */
export async function parseRequest(
  operation: Operation,
  request: Request,
  path: string,
  params: Record<string, string>,
): Promise<Parsed> {
  const bytes = operation.body === null ? null : await readBody(request);
  const problems: Problem[] = [];
  const query = parseQuery(operation.query, new URL(request.url).searchParams, problems);
  const body = bytes === null ? null : parseBody(operation.body, bytes, problems);
  const idempotencyKey = takesIdempotencyKey(operation) ? idempotencyKeyOf(request, problems) : null;
  const checkedParams = parseParams(operation.params, params);
  if (problems.length > 0) {
    throw new ApiRefusal("VALIDATION", problems[0]?.detail ?? "", { errors: problems });
  }
  const idempotency =
    idempotencyKey === null || bytes === null
      ? null
      : { request: `${operation.method} ${path}`, idempotencyKey, fingerprint: await hexOf(bytes) };
  return { params: checkedParams, query, body, idempotency };
}

async function readBody(request: Request): Promise<Uint8Array<ArrayBuffer>> {
  requireJson(request.headers.get("Content-Type"));
  const bytes = await readBytes(request, API_BODY_MAX);
  if (bytes === null) {
    throw new ApiRefusal("PAYLOAD_TOO_LARGE", `The body is larger than ${API_BODY_MAX} bytes.`);
  }
  return bytes;
}

function requireJson(contentType: string | null): void {
  const [type = "", ...parameters] = (contentType ?? "").toLowerCase().split(";");
  const charset = parameters.map((text) => text.trim()).find((text) => text.startsWith("charset="));
  const isUtf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset);
  if (type.trim() === "application/json" && isUtf8) return;
  throw new ApiRefusal("UNSUPPORTED_MEDIA_TYPE", "Send the body as Content-Type: application/json.");
}

/** A path's id that cannot be one names nothing: it is as unknown as any other. */
function parseParams(
  schema: z.ZodObject | null,
  params: Record<string, string>,
): Record<string, unknown> | null {
  if (schema === null) return null;
  const parsed = schema.safeParse(params);
  if (!parsed.success) throw new ApiRefusal("NOT_FOUND", "What this path names does not exist.");
  return parsed.data;
}

function parseQuery(
  schema: z.ZodObject | null,
  search: URLSearchParams,
  problems: Problem[],
): Record<string, unknown> | null {
  if (schema === null) return null;
  const values: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [name, text] of search) {
    if (name in values) {
      problems.push({ pointer: `?${name}`, code: "INVALID", detail: `Send ${name} once.` });
    }
    values[name] = NUMERIC_PARAMETERS.has(name) && /^[0-9]{1,16}$/.test(text) ? Number(text) : text;
  }
  const parsed = schema.safeParse({ ...values });
  if (parsed.success) return parsed.data;
  problems.push(...problemsOf(parsed.error, values, Object.keys(schema.shape), (name) => `?${name}`));
  return null;
}

function parseBody(
  schema: z.ZodObject | null,
  bytes: Uint8Array<ArrayBuffer>,
  problems: Problem[],
): Record<string, unknown> | null {
  if (schema === null) return null;
  const value = parseJson(bytes);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const pointer = (name: string) => (name === "" ? "#" : `#/${escapePointer(name)}`);
  problems.push(...problemsOf(parsed.error, value, Object.keys(schema.shape), pointer));
  return null;
}

function parseJson(bytes: Uint8Array<ArrayBuffer>): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new ApiRefusal("BAD_REQUEST", "The body is not JSON in UTF-8.");
  }
}

/** RFC 6901. */
const escapePointer = (name: string) => name.replaceAll("~", "~0").replaceAll("/", "~1");

const IDEMPOTENCY_KEY = "Idempotency-Key";

/** With or without quotes, as clients differ. */
function idempotencyKeyOf(request: Request, problems: Problem[]): string | null {
  const header = request.headers.get(IDEMPOTENCY_KEY);
  if (header === null) return null;
  const text = /^"(.+)"$/.exec(header)?.[1] ?? header;
  if (/^[\x21-\x7e]{1,255}$/.test(text)) return text;
  const detail = `${IDEMPOTENCY_KEY} must be 1 to ${IDEMPOTENCY_KEY_MAX} visible ASCII characters.`;
  problems.push({ pointer: IDEMPOTENCY_KEY, code: "INVALID", detail });
  return null;
}

async function hexOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}
