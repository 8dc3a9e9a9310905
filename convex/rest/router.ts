/** /api/v1 for programs of other systems: one handler, led by the table of operations. */
import { ConvexError } from "convex/values";
import { readError } from "../../lib/errors";
import type { AppErrorData } from "../../lib/errors";
import { VOUCHED_ADDRESS_HEADER } from "../../lib/vouched-address";
import { internal } from "../_generated/api";
import type { ActionCtx } from "../_generated/server";
import { httpAction } from "../functions";
import { isApiKey, sha256Hex } from "../logic/tokens";
import { clientAddress } from "../model/clientAddress";
import type { Caller, LimitState } from "../validators";
import { API_ERRORS, ApiRefusal, isApiErrorCode } from "./errors";
import type { Problem } from "./errors";
import { handlers } from "./handlers";
import type { Context } from "./handlers";
import type { Operation } from "./operation";
import { operations } from "./operations";
import type { OperationId } from "./operations";
import { parseRequest } from "./parse";
import type { Parsed } from "./parse";
import { CORS, PREFLIGHT, limitHeaders, secondsUntil } from "./responseHeaders";
import { json, noContent, reply } from "./responses";
import { runMutation } from "../model/retry";
import { matchRoute } from "./routes";
import type { Route } from "./routes";

type Answer = { status: number; body: unknown; limit?: LimitState; headers?: Record<string, string> };

/** Every method of every path below /api/v1 but OPTIONS. */
export const handle = httpAction(async (ctx: ActionCtx, request) => {
  const requestId = crypto.randomUUID();
  const answer = await answerTo(ctx, request, requestId);
  const limits = answer.limit === undefined ? {} : limitHeaders(answer.limit, Date.now());
  return json(answer.status, answer.body, {
    "X-Request-Id": requestId,
    ...CORS,
    ...limits,
    ...answer.headers,
  });
});

export const preflight = httpAction(reply(() => noContent(PREFLIGHT)));

async function answerTo(ctx: ActionCtx, request: Request, requestId: string): Promise<Answer> {
  try {
    return await serve(ctx, request);
  } catch (error) {
    if (error instanceof Refused) return errorAnswer(error.refusal, requestId, error.limit);
    if (error instanceof ApiRefusal) return errorAnswer(error, requestId);
    console.error(`Request ${requestId} failed.`, error);
    return errorAnswer(new ApiRefusal("INTERNAL", "Something went wrong on our side."), requestId);
  }
}

/** A refusal with what the caller has left. */
class Refused extends Error {
  constructor(
    readonly refusal: ApiRefusal,
    readonly limit: LimitState,
  ) {
    super(refusal.message);
  }
}

async function serve(ctx: ActionCtx, request: Request): Promise<Answer> {
  const { id, path, params } = await routeOf(ctx, request);
  const operation: Operation = operations[id];
  if (operation.scope === null) {
    const caller = { keyHash: null, address: null };
    const { answer } = await run(id, { ctx, caller, idempotency: null, now: Date.now() }, NO_INPUT);
    return { status: operation.status, body: answer };
  }
  const caller = await callerOf(ctx, request);
  const { scope } = operation;
  // A read is counted before it is done, and so is who has no key, before their request costs any work. A write is
  // counted by its own transaction, so that it is done and counted once.
  const counted = scope === "read" || caller.keyHash === null ? await admit(ctx, caller, scope) : null;
  try {
    const { idempotency, ...input } = await parseRequest(operation, request, path, params);
    const outcome = await run(id, { ctx, caller, idempotency, now: Date.now() }, input);
    const headers = outcome.replayed === true ? { "Idempotent-Replayed": "true" } : undefined;
    return { status: operation.status, body: outcome.answer, limit: counted ?? outcome.limit, headers };
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === null) throw error;
    // A write that was refused is counted here: nothing of it was done, its count included.
    throw new Refused(refusal, counted ?? (await admit(ctx, caller, scope)));
  }
}

/** The request's operation. What is not there is counted as a read is, and answered so to those without a key too. */
async function routeOf(ctx: ActionCtx, request: Request): Promise<Route> {
  try {
    return matchRoute(request);
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === null) throw error;
    const { limit, refused } = await countedBy(ctx, await callerOf(ctx, request), "read");
    throw new Refused(refused?.code === "RATE_LIMITED" ? refused : refusal, limit);
  }
}

type Input = Omit<Parsed, "idempotency">;
const NO_INPUT: Input = { params: null, query: null, body: null };

/** `input` was parsed by the operation's own shapes; the table of handlers says so to the compiler, one by one. */
async function run(
  id: OperationId,
  context: Context,
  input: Input,
): Promise<{ answer: unknown; limit?: LimitState; replayed?: boolean }> {
  const handler = handlers[id] as (context: Context, input: Input) => ReturnType<typeof run>;
  return await handler(context, input);
}

/** Counts the request. Who may not go on gets that refusal, whatever else was wrong. */
async function admit(ctx: ActionCtx, caller: Caller, scope: "read" | "write"): Promise<LimitState> {
  const { limit, refused } = await countedBy(ctx, caller, scope);
  if (refused !== null) throw new Refused(refused, limit);
  return limit;
}

type Counted = { limit: LimitState; refused: ApiRefusal | null };

async function countedBy(ctx: ActionCtx, caller: Caller, scope: "read" | "write"): Promise<Counted> {
  const { limit, refused } = await runMutation(ctx, internal.apiKeys.admit, { caller, scope });
  if (refused === null) return { limit, refused };
  const refusal = refusalOf(new ConvexError(refused));
  if (refusal === null) throw new Error(`admit gave an unknown code: ${refused.code}`);
  return { limit, refused: refusal };
}

/** The key's hash and the client's address. Only what can be a key is hashed and looked up. */
async function callerOf(ctx: ActionCtx, request: Request): Promise<Caller> {
  const key = /^Bearer +(\S+)$/i.exec(request.headers.get("Authorization") ?? "")?.[1] ?? "";
  const address = await clientAddress(ctx, request.headers.get(VOUCHED_ADDRESS_HEADER));
  return { keyHash: isApiKey(key) ? await sha256Hex(key) : null, address };
}

/** The API's form of a refusal; null for anything else, which is a fault. */
function refusalOf(error: unknown): ApiRefusal | null {
  if (error instanceof ApiRefusal) return error;
  const data: AppErrorData | null = error instanceof ConvexError ? readError(error) : null;
  if (data === null || !isApiErrorCode(data.code)) return null;
  const { code, message, field, retryAfterMs } = data;
  const errors: Problem[] | undefined =
    field === undefined ? undefined : [{ pointer: `#/${field}`, code: "INVALID", detail: message }];
  return new ApiRefusal(code, message, { errors, retryAfterMs });
}

function errorAnswer(refusal: ApiRefusal, requestId: string, limit?: LimitState): Answer {
  const { code, message, more } = refusal;
  const { status } = API_ERRORS[code];
  const body = {
    error: message,
    code,
    requestId,
    ...(more.errors === undefined ? {} : { errors: more.errors }),
  };
  if (status === 401)
    return { status, body, limit, headers: { "WWW-Authenticate": 'Bearer realm="PraxTalk"' } };
  if (code === "RATE_LIMITED") {
    const now = Date.now();
    const retryAfterSeconds = secondsUntil(now + (more.retryAfterMs ?? 0), now);
    const headers = { "Retry-After": String(retryAfterSeconds) };
    // Another shard than the one that refused may have been asked what is left.
    const spent = limit === undefined ? undefined : { ...limit, remaining: 0 };
    return { status, body: { ...body, retryAfterSeconds }, limit: spent, headers };
  }
  return { status, body, limit, headers: more.headers };
}
