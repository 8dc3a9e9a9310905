import { NextResponse, type NextRequest } from "next/server";
import { readError, type ErrorCode } from "@/lib/errors";
import { readBytes } from "@/lib/request-body";
import { readAddresses, requestHost } from "./config";

/** The most that a form of ours sends, in bytes. */
const BODY_MAX = 16_384;

/** What our forms get when something is refused. */
export type RefusalBody = {
  code: ErrorCode | "BAD_REQUEST" | "UNAVAILABLE";
  message: string;
  field?: string;
  challenge?: string;
};

const HTTP_STATUS: Partial<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  SESSION_EXPIRED: 401,
  INVALID_CREDENTIALS: 401,
  TWO_STEP_REQUIRED: 401,
  FORBIDDEN: 403,
  SETUP_TOKEN_REQUIRED: 403,
  NOT_FOUND: 404,
  SETUP_DONE: 409,
  EMAIL_TAKEN: 409,
  CONFLICT: 409,
  RATE_LIMITED: 429,
};

export function refuse(status: number, body: RefusalBody): NextResponse {
  return NextResponse.json(body, { status, headers: { "Cache-Control": "no-store" } });
}

export function answer(body: object): NextResponse {
  return NextResponse.json(body, { headers: { "Cache-Control": "no-store" } });
}

/**
 * Whether a page of ours sent this. Browsers name the origin with every POST and DELETE; one that is neither our public
 * address nor the host that was asked is another site using the visitor's cookie. The host that was asked counts only as a
 * bare address or localhost: any other name may be a stranger's that was made to point here.
 */
export function isOwnOrigin(request: NextRequest): boolean {
  const origin = request.headers.get("origin");
  if (origin === null || !URL.canParse(origin)) return false;
  if (origin === readAddresses().webUrl) return true;
  const { host, hostname } = new URL(origin);
  return host === requestHost(request.headers) && isAddressOrLocalhost(hostname);
}

/** `hostname` as URL gives it: IPv4 in dotted decimals, IPv6 in brackets. */
function isAddressOrLocalhost(hostname: string): boolean {
  return hostname === "localhost" || hostname.startsWith("[") || /^\d+(\.\d+){3}$/.test(hostname);
}

/**
 * Runs a route: foreign origins are refused, refusals of the backend become their HTTP status, and a backend that does not
 * answer becomes 503. Anything else is a fault of ours and goes on to Next.
 */
export async function ownRoute(
  request: NextRequest,
  run: () => Promise<NextResponse>,
): Promise<NextResponse> {
  if (!isOwnOrigin(request)) {
    return refuse(403, {
      code: "ORIGIN_NOT_ALLOWED",
      message: "Open PraxTalk at its own address and try again.",
    });
  }
  try {
    return await run();
  } catch (error) {
    const refusal = readError(error);
    if (refusal) {
      const { code, message, field, challenge } = refusal;
      return refuse(HTTP_STATUS[code] ?? 422, { code, message, field, challenge });
    }
    if (error instanceof TypeError && error.message === "fetch failed") {
      return refuse(503, {
        code: "UNAVAILABLE",
        message: "The server does not answer. Try again in a moment.",
      });
    }
    throw error;
  }
}

/** The named text fields of a JSON body, or null when it is anything else. `optional` ones that are absent are empty. */
export async function readTexts<Name extends string>(
  request: NextRequest,
  names: readonly Name[],
  optional: readonly NoInfer<Name>[] = [],
): Promise<Record<Name, string> | null> {
  const bytes = await readBytes(request, BODY_MAX);
  if (bytes === null) return null;
  let body: unknown;
  try {
    body = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
  if (typeof body !== "object" || body === null) return null;
  const given = body as Record<string, unknown>;
  const fields = names.map((name) => [name, given[name] ?? (optional.includes(name) ? "" : null)] as const);
  if (!fields.every(([, value]) => typeof value === "string")) return null;
  return Object.fromEntries(fields) as Record<Name, string>;
}

export function badBody(names: readonly string[]): NextResponse {
  return refuse(400, { code: "BAD_REQUEST", message: `Send JSON with the texts ${names.join(", ")}.` });
}
