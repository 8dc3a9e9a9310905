/** From an HTTP request on the API port to a route and back: CORS, request ids, access, errors. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { ClientInfo, Identity } from "../runtime/types";
import { randomRequestId } from "../sync/timing";
import { ApiError, type ApiRequest, type ApiResponse, type Route, type StreamedResponse } from "./api";
import type { Authentication } from "./authentication";
import { BodyBudget, type BodyShare } from "./body-budget";
import { ClientGone, discardBody, parseJson, readBody, requireJson } from "./body";
import type { TrustedProxies } from "./client-address";
import { parseClientVersion } from "./client-version";
import { LazyAbort } from "./lazy-abort";
import { corsHeaders, hasCors, isPreflight, preflightHeaders } from "./cors";

export type ApiHandlerOptions = {
  routes: Route[];
  authentication: Authentication;
  proxies: TrustedProxies;
  /** Aborted when the server stops: long polls end. */
  stopping: AbortSignal;
  /** A request failed by no fault of its sender. */
  onError: (error: unknown) => void;
  /** ms until a request is given up with a bare 408, where its route names no time of its own. */
  timeout: number;
  /** ms without progress after which an answer that its client does not read is given up. */
  sendTimeout: number;
  /** Bytes of bodies that are under way at a time. */
  maxBodies: number;
};

type FoundRoute = { route: Route; params: string[] };

/** Bytes that a route with the admin key in its body takes from whoever has shown none in a header, as the CLI does. */
const UNKNOWN_SENDER_BODY = 1024 * 1024;
const NO_PARAMETERS = new URL("http://localhost/");

export class ApiHandler {
  readonly #o: ApiHandlerOptions;
  readonly #bodies: BodyBudget;
  /** Routes with a fixed path, by path; then the others in order. */
  readonly #exact = new Map<string, Route[]>();
  readonly #patterns: { path: RegExp; route: Route }[] = [];

  constructor(options: ApiHandlerOptions) {
    this.#o = options;
    this.#bodies = new BodyBudget(options.maxBodies);
    for (const route of options.routes) {
      if (typeof route.path === "string") {
        this.#exact.set(route.path, [...(this.#exact.get(route.path) ?? []), route]);
      } else {
        this.#patterns.push({ path: route.path, route });
      }
    }
  }

  async handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const cors = hasCors(url.pathname);
    if (cors && isPreflight(request))
      return send(response, { status: 200, headers: preflightHeaders(request) });
    const gone = new LazyAbort();
    // The response of nearly every request ends before its connection does.
    response.once("close", () => {
      if (!response.writableFinished) gone.abort();
    });
    const share = this.#bodies.share();
    let answer: ApiResponse | StreamedResponse;
    try {
      const found = this.#route(request.method ?? "GET", url.pathname);
      const timeout = found.route.timeout ?? this.#o.timeout;
      answer = await orTimeout(this.#answer(found, request, url, gone, share), timeout);
    } catch (error) {
      if (error instanceof ClientGone || gone.isAborted) {
        response.destroy();
        return;
      }
      answer = errorResponse(error, this.#o.onError);
    } finally {
      // An answer may hold as much as its request did, until it is sent.
      if (response.destroyed) share.release();
      else response.once("close", () => share.release());
    }
    if (!request.complete) {
      // Keep-alive would take the rest of this body for the next request.
      response.shouldKeepAlive = false;
      await discardBody(request);
    }
    const headers = { ...answer.headers, ...(cors ? corsHeaders(request) : {}) };
    const cutOff = () => response.setTimeout(this.#o.sendTimeout, () => response.destroy());
    if ("open" in answer) {
      cutOff();
      await sendStream(response, request.method === "HEAD", { ...answer, headers });
      return;
    }
    send(response, { ...answer, headers });
    // Most answers are with the system already; a timer for each would cost more than sending it.
    if (!response.writableFinished) cutOff();
  }

  /** The route's own words for a path, however callers vary it. */
  patternOf(path: string): string {
    if (this.#exact.has(path)) return path;
    return this.#patterns.find((candidate) => candidate.path.test(path))?.path.source ?? "(none)";
  }

  async #answer(
    { route, params }: FoundRoute,
    request: IncomingMessage,
    url: URL,
    gone: LazyAbort,
    share: BodyShare,
  ): Promise<ApiResponse | StreamedResponse> {
    checkClientVersion(request);
    let bytes: Promise<Uint8Array> | undefined;
    const limit = route.admin === "body" ? await this.#pushLimit(route, request) : route.maxBody;
    const readBytes = () => (bytes ??= readBody(request, limit, route.compressed === true, share));
    const readJson = async () => {
      requireJson(request);
      return parseJson(await readBytes());
    };
    const { stopping } = this.#o;
    return route.handle({
      method: request.method ?? "GET",
      url,
      params,
      headers: request.headers,
      requestId: requestId(request),
      client: clientInfo(request, this.#o.proxies),
      identity: await this.#identity(route, request, url, readJson),
      // Made when asked for: only long polls do.
      get signal() {
        return AbortSignal.any([gone.signal, stopping]);
      },
      json: readJson,
      bytes: readBytes,
      stream: () => request,
    } satisfies ApiRequest);
  }

  /** A key inside the body is seen only when all of it has been read and unpacked: large ones show it in a header first. */
  async #pushLimit({ maxBody }: Route, request: IncomingMessage): Promise<number> {
    const sender = await this.#o.authentication.fromRequest(request.headers, NO_PARAMETERS).catch(() => null);
    return sender?.kind === "admin" ? maxBody : Math.min(maxBody, UNKNOWN_SENDER_BODY);
  }

  async #identity(
    route: Route,
    request: IncomingMessage,
    url: URL,
    readJson: () => Promise<unknown>,
  ): Promise<Identity> {
    const { authentication } = this.#o;
    if (route.admin === "body") {
      const body = await readJson();
      const key = typeof body === "object" && body !== null && "adminKey" in body ? body.adminKey : undefined;
      if (typeof key !== "string") {
        throw new ApiError(
          400,
          "BadJsonBody",
          "The request body has the wrong shape: missing field `adminKey`.",
        );
      }
      return authentication.admin(key);
    }
    if (route.admin === "none" && route.identity !== true) return { kind: "none" };
    const identity = await authentication.fromRequest(request.headers, url);
    if (route.admin === "header") authentication.requireAdmin(identity);
    return identity;
  }

  #route(method: string, path: string): FoundRoute {
    const wanted = method === "HEAD" ? "GET" : method;
    const exact = this.#exact.get(path);
    const route = exact?.find((candidate) => candidate.method === wanted);
    if (route !== undefined) return { route, params: [] };
    let known = exact !== undefined;
    for (const { path: pattern, route: candidate } of this.#patterns) {
      const match = pattern.exec(path);
      if (match === null) continue;
      known = true;
      if (candidate.method === wanted) return { route: candidate, params: match.slice(1).map(decodeSegment) };
    }
    if (known) throw new ApiError(405, "MethodNotAllowed", `${method} is not allowed on ${path}.`);
    throw new ApiError(404, "NotFound", `There is no ${path} on this deployment.`);
  }
}

/** Header that a client may name its request by, and that the answer does. */
export const REQUEST_ID = "convex-request-id";

/** The id under which a request is logged: its sender's, if it is a plain word, or a new one. */
export function requestId(request: IncomingMessage): string {
  const given = request.headers[REQUEST_ID];
  return typeof given === "string" && /^[\w-]{1,64}$/.test(given) ? given : randomRequestId();
}

export function clientInfo(request: IncomingMessage, proxies: TrustedProxies): ClientInfo {
  return { ip: proxies.clientIp(request), userAgent: request.headers["user-agent"] ?? null };
}

/** What any thrown value is answered with. Only unexpected ones are reported, and their text stays here. */
export function errorResponse(error: unknown, onError: (error: unknown) => void): ApiResponse {
  if (isRefusal(error)) {
    const { status, code, message } = error;
    if (code === "" && message === "") return { status };
    return { status, contentType: "application/json", body: JSON.stringify({ code, message }) };
  }
  onError(error);
  const message = "Your request couldn't be completed. Try again later.";
  const body = JSON.stringify({ code: "InternalServerError", message });
  return { status: 500, contentType: "application/json", body };
}

function isRefusal(error: unknown): error is Error & { status: number; code: string } {
  if (!(error instanceof Error) || !("status" in error) || !("code" in error)) return false;
  return typeof error.status === "number" && typeof error.code === "string";
}

function checkClientVersion(request: IncomingMessage): void {
  const header = request.headers["convex-client"];
  if (header === undefined || header === "unknown") return;
  if (typeof header === "string" && parseClientVersion(header) !== null) return;
  throw new ApiError(400, "InvalidClientVersion", `Invalid Convex-Client header: ${String(header)}`);
}

function orTimeout(
  work: Promise<ApiResponse | StreamedResponse>,
  ms: number,
): Promise<ApiResponse | StreamedResponse> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve({ status: 408 }), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function decodeSegment(text: string | undefined): string {
  try {
    return decodeURIComponent(text ?? "");
  } catch {
    throw new ApiError(400, "BadPathArgs", "The path is not validly percent-encoded.");
  }
}

export function send(response: ServerResponse, answer: ApiResponse): void {
  if (response.destroyed) return;
  const { body } = answer;
  response.writeHead(answer.status, {
    ...answer.headers,
    ...(answer.contentType === undefined ? {} : { "Content-Type": answer.contentType }),
    "Content-Length": typeof body === "string" ? Buffer.byteLength(body) : (body?.byteLength ?? 0),
  });
  // A string goes out in one write with the headers.
  response.end(body);
}

/** Sends no faster than the client reads. What fails on the way cuts the connection: the length was promised. */
async function sendStream(
  response: ServerResponse,
  isHead: boolean,
  { status, headers, length, open }: StreamedResponse,
): Promise<void> {
  if (response.destroyed) return;
  response.writeHead(status, { ...headers, "Content-Length": length });
  if (isHead) response.end();
  else await pipeline(open(), response).catch(() => response.destroy());
}
