/** HTTP actions: a request goes to the app's own router, its answer comes back as it is produced. */
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { TokenRefused } from "../auth/token-verifier";
import type { Functions } from "../runtime/functions";
import type { Failure, HttpActionRequest } from "../runtime/types";
import { ApiError, text, type ApiResponse } from "./api";
import { clientInfo, errorResponse, REQUEST_ID, requestId, send } from "./api-handler";
import type { Authentication } from "./authentication";
import { PROXY_SECRET_HEADER, type TrustedProxies } from "./client-address";
import { httpActionFailure } from "./redaction";
import { bodyBegun } from "./request-start";

export type HttpActionsOptions = {
  functions: Pick<Functions, "httpAction">;
  authentication: Authentication;
  proxies: TrustedProxies;
  redact: boolean;
  onError: (error: unknown) => void;
};

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
const WITHOUT_BODY = new Set(["GET", "HEAD", "OPTIONS"]);

/** Headers about this one connection: the server sets them, and a wrong length would cut or mix up answers. */
const FRAMING = new Set(["connection", "keep-alive", "transfer-encoding", "content-length", "upgrade"]);

export class HttpActions {
  readonly #o: HttpActionsOptions;

  constructor(options: HttpActionsOptions) {
    this.#o = options;
  }

  /** `target` is path and query as the action shall see them. */
  async handle(request: IncomingMessage, response: ServerResponse, target: string): Promise<void> {
    const gone = new AbortController();
    response.once("close", () => {
      if (!response.writableFinished) gone.abort();
    });
    response.once("finish", () => dropRest(request));
    try {
      if (hasBody(request)) await bodyBegun(request);
      const action = await this.#request(request, target, gone.signal);
      const outcome = await this.#o.functions.httpAction(action);
      switch (outcome.kind) {
        case "notFound":
          return send(response, text(outcome.text, 404));
        case "failure":
          return send(response, this.#failure(outcome.failure, action.requestId));
        case "response":
          return await stream(response, outcome, gone.signal);
        default:
          outcome satisfies never;
      }
    } catch (error) {
      if (response.headersSent) response.destroy();
      else send(response, errorResponse(error, this.#o.onError));
    }
  }

  async #request(request: IncomingMessage, target: string, signal: AbortSignal): Promise<HttpActionRequest> {
    const method = request.method ?? "GET";
    if (!METHODS.has(method)) throw new ApiError(405, "", "");
    const id = requestId(request);
    const headers = headerPairs(request).filter(([name]) => name.toLowerCase() !== REQUEST_ID);
    headers.push([REQUEST_ID, id]);
    return {
      method,
      url: this.#url(request, target),
      headers,
      body: hasBody(request) ? (Readable.toWeb(request) as ReadableStream<Uint8Array>) : null,
      identity: await this.#identity(request),
      requestId: id,
      client: clientInfo(request, this.#o.proxies),
      signal,
    };
  }

  #url(request: IncomingMessage, target: string): string {
    const url = `${this.#o.proxies.scheme(request)}://${request.headers.host ?? "localhost"}${target}`;
    if (!URL.canParse(url)) throw new ApiError(400, "BadRequest", "The request has no valid URL.");
    return new URL(url).href;
  }

  /** A header that is no identity fails nothing by itself: many apps bring keys of their own in it. */
  async #identity(request: IncomingMessage): Promise<HttpActionRequest["identity"]> {
    try {
      return await this.#o.authentication.fromRequest(request.headers, NO_PARAMETERS);
    } catch (error) {
      if (error instanceof ApiError || error instanceof TokenRefused) {
        return { kind: "invalid", error: error.message };
      }
      throw error;
    }
  }

  #failure(failure: Failure, id: string): ApiResponse {
    if (failure.kind === "system") throw new ApiError(failure.status, failure.code, failure.message);
    const body = JSON.stringify(httpActionFailure(failure, id, this.#o.redact));
    return { status: 500, contentType: "application/json", body };
  }
}

/** `?adminKey=` is for API routes; an action's parameters are its own. */
const NO_PARAMETERS = new URL("http://localhost/");

function headerPairs(request: IncomingMessage): [string, string][] {
  const pairs: [string, string][] = [];
  const { rawHeaders } = request;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const [name = "", value = ""] = [rawHeaders[i], rawHeaders[i + 1]];
    if (name.toLowerCase() !== PROXY_SECRET_HEADER) pairs.push([name, value]);
  }
  return pairs;
}

function hasBody(request: IncomingMessage): boolean {
  if (WITHOUT_BODY.has(request.method ?? "GET")) return false;
  const { headers } = request;
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

/** What an action left unread of the body: it stands before the connection's next request. */
function dropRest(request: IncomingMessage): void {
  if (request.complete) return;
  request.removeAllListeners("data");
  request.resume();
}

/** Sends the head at once and each chunk as it comes, no faster than the client reads. */
async function stream(
  response: ServerResponse,
  answer: { status: number; headers: [string, string][]; body: ReadableStream<Uint8Array> | null },
  gone: AbortSignal,
): Promise<void> {
  for (const [name, value] of answer.headers) {
    if (!FRAMING.has(name.toLowerCase())) response.appendHeader(name, value);
  }
  response.writeHead(answer.status);
  if (answer.body === null) {
    response.end();
    return;
  }
  response.flushHeaders();
  const reader = answer.body.getReader();
  const cancel = () => void reader.cancel().catch(() => undefined);
  gone.addEventListener("abort", cancel, { once: true });
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      if (gone.aborted) return;
      if (!response.write(read.value)) await once(response, "drain", { signal: gone });
    }
  } catch {
    // The handler failed, or the client went away, after the head was sent: the runtime has logged the former.
  } finally {
    gone.removeEventListener("abort", cancel);
    if (gone.aborted) cancel();
    response.end();
  }
}
