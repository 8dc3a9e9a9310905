/** The public function API: `/api/query`, `/api/mutation`, `/api/action` and their relatives. */
import type { Committer } from "../engine/committer";
import { argsText } from "../runtime/call-args";
import type { Functions } from "../runtime/functions";
import { parsePath, type ParsedPath } from "../runtime/path";
import type { Failure, LogLine, RunRequest, Settled, UdfType } from "../runtime/types";
import type { Ts } from "../storage/types";
import type { LiveQueries } from "../sync/live-queries";
import type { RunOrigin, WatchedQuery } from "../sync/live-query";
import { decodeTs, encodeTs, InvalidMessage } from "../sync/protocol";
import { QueryUnavailable, type QueryResult } from "../sync/query-result";
import { ApiError, json, type ApiRequest, type ApiResponse, type Route } from "./api";
import { parseClientVersion } from "./client-version";
import { clientFailure, clientLogLines } from "./redaction";
import { formatValue, parseFormat, type ValueFormat } from "./value-format";

export type FunctionRoutesOptions = {
  functions: Functions;
  liveQueries: LiveQueries;
  committer: Committer;
  redact: boolean;
};

/** 16 MiB of arguments and what surrounds them. */
export const MAX_CALL_BYTES = 16 * 1024 * 1024 + 2000;

type Call = { path: ParsedPath; component: string; args: string; format: ValueFormat };

export function functionRoutes(options: FunctionRoutesOptions): Route[] {
  const api = new FunctionApi(options);
  const route = (method: string, path: string | RegExp, handle: Route["handle"]): Route => ({
    method,
    path,
    admin: "none",
    identity: true,
    maxBody: MAX_CALL_BYTES,
    handle,
  });
  return [
    route("GET", "/api/query", (request) => api.query(request, callFromUrl(request))),
    route("POST", "/api/query", async (request) => api.query(request, await callFromBody(request))),
    route("POST", "/api/query_ts", () => api.queryTs()),
    route("POST", "/api/query_at_ts", (request) => api.queryAtTs(request)),
    route("POST", "/api/query_batch", (request) => api.queryBatch(request)),
    route("POST", "/api/mutation", async (request) => api.mutation(request, await callFromBody(request))),
    route("POST", "/api/action", async (request) => api.action(request, await callFromBody(request))),
    { ...route("POST", "/api/function", async (r) => api.any(r, await callFromBody(r))), admin: "header" },
    { ...route("POST", "/api/run_test_function", (request) => api.source(request)), admin: "body" },
    route("POST", /^\/api\/run\/(.+)$/, async (request) => api.any(request, await callFromPath(request))),
  ];
}

class FunctionApi {
  readonly #o: FunctionRoutesOptions;

  constructor(options: FunctionRoutesOptions) {
    this.#o = options;
  }

  async query(request: ApiRequest, call: Call): Promise<ApiResponse> {
    return this.#queryResponse(await this.#read(request, call), call);
  }

  queryTs(): Promise<ApiResponse> {
    return Promise.resolve(json({ ts: encodeTs(this.#o.committer.visibleTs) }));
  }

  /** Only the newest snapshot can be read: an older one is served as long as nothing that the query reads changed. */
  async queryAtTs(request: ApiRequest): Promise<ApiResponse> {
    const body = asObject(await request.json());
    const call = parseCall(request, body);
    const ts = timestamp(body.ts);
    if (ts > this.#o.committer.visibleTs) {
      throw new ApiError(400, "InvalidTimestamp", "The timestamp lies in the future.");
    }
    const result = await this.#read(request, call);
    if (!this.#o.liveQueries.holdsSince(result, ts)) {
      throw new ApiError(
        503,
        "OutOfRetention",
        "What this query reads has changed since the timestamp; ask for a new one.",
      );
    }
    return this.#queryResponse(result, call);
  }

  async queryBatch(request: ApiRequest): Promise<ApiResponse> {
    const { queries } = asObject(await request.json());
    if (!Array.isArray(queries)) throw badBody("missing field `queries`");
    const calls = queries.map((query: unknown) => parseCall(request, asObject(query)));
    const { results } = await unavailableAsApiError(
      this.#o.liveQueries.readTogether(calls.map(watched), request.identity, origin(request)),
    );
    const texts = calls.flatMap((call, i) => {
      const result = results[i];
      return result === undefined ? [] : [this.#queryText(result, call)];
    });
    return jsonText(`{"results":[${texts.join(",")}]}`);
  }

  async mutation(request: ApiRequest, call: Call): Promise<ApiResponse> {
    const outcome = await this.#o.functions.mutation(runRequest(request, call));
    return jsonText(this.#settledText(outcome, outcome.logLines, request.requestId, call.format));
  }

  async action(request: ApiRequest, call: Call): Promise<ApiResponse> {
    const outcome = await this.#o.functions.action(runRequest(request, call));
    return jsonText(this.#settledText(outcome, outcome.logLines, request.requestId, call.format));
  }

  /** A function of whichever type it has. */
  any(request: ApiRequest, call: Call): Promise<ApiResponse> {
    switch (this.#typeOf(call)) {
      case "Mutation":
        return this.mutation(request, call);
      case "Action":
        return this.action(request, call);
      case "Query":
      // Not found, or a system function, which are all queries: running it says so.
      case undefined:
        return this.query(request, call);
    }
  }

  /** A query that is not deployed: the default export of a module that comes along. */
  async source(request: ApiRequest): Promise<ApiResponse> {
    const { bundle, componentId, ...body } = asObject(await request.json());
    const { source } = asObject(bundle);
    if (typeof source !== "string") throw badBody("missing field `bundle.source`");
    const call = parseCall(request, { ...body, componentPath: componentId, path: "testQuery:default" });
    const run = { ...runRequest(request, call), caller: "Tester", source } as const;
    const outcome = await this.#o.functions.query(run);
    return jsonText(this.#settledText(outcome, outcome.logLines, request.requestId, call.format));
  }

  #typeOf({ path, component }: Call): UdfType | undefined {
    return this.#o.functions.lookup(path.canonical, component)?.udfType;
  }

  #read(request: ApiRequest, call: Call): Promise<QueryResult> {
    return unavailableAsApiError(this.#o.liveQueries.read(watched(call), request.identity, origin(request)));
  }

  #queryResponse(result: QueryResult, call: Call): ApiResponse {
    return jsonText(this.#queryText(result, call));
  }

  #queryText(result: QueryResult, call: Call): string {
    return this.#settledText(result.settled, result.logLines, result.requestId, call.format);
  }

  #settledText(
    settled: Settled | { ok: false; failure: Failure },
    logs: readonly LogLine[],
    requestId: string,
    format: ValueFormat,
  ): string {
    const logLines = clientLogLines(logs, this.#o.redact);
    const tail = logLines.length === 0 ? "" : `,"logLines":${JSON.stringify(logLines)}`;
    if (settled.ok) return `{"status":"success","value":${formatValue(settled.value, format)}${tail}}`;
    const { failure } = settled;
    if (failure.kind === "system") throw new ApiError(failure.status, failure.code, failure.message);
    const { errorMessage, errorData } = clientFailure(failure, requestId, this.#o.redact);
    const data =
      errorData === undefined ? "" : `,"errorData":${formatValue(JSON.stringify(errorData), format)}`;
    return `{"status":"error","errorMessage":${JSON.stringify(errorMessage)}${data}${tail}}`;
  }
}

function jsonText(body: string): ApiResponse {
  return { status: 200, contentType: "application/json", body };
}

function watched({ path, component, args }: Call): WatchedQuery {
  return { path: path.canonical, component, args, journal: null };
}

function origin({ client, requestId }: ApiRequest): RunOrigin {
  return { caller: "HttpApi", client, requestId };
}

function runRequest(request: ApiRequest, { path, component, args }: Call): RunRequest {
  const { identity, requestId, client } = request;
  const allowInternal = identity.kind === "admin";
  return {
    path: path.canonical,
    component,
    args,
    identity,
    caller: "HttpApi",
    requestId,
    allowInternal,
    client,
  };
}

async function unavailableAsApiError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof QueryUnavailable)) throw error;
    const { status, code, message } = error.failure;
    throw new ApiError(status, code, message);
  }
}

async function callFromBody(request: ApiRequest): Promise<Call> {
  return parseCall(request, asObject(await request.json()));
}

/** `/api/run/<module path>/<function>`: the last segment is the function. */
async function callFromPath(request: ApiRequest): Promise<Call> {
  const segments = (request.params[0] ?? "").split("/");
  const name = segments.pop() ?? "";
  if (segments.length === 0) {
    throw new ApiError(400, "MissingIdentifier", "Expected /api/run/<module>/<function>.");
  }
  const body = asObject(await request.json());
  return parseCall(request, { ...body, path: `${segments.join("/")}:${name}` });
}

function callFromUrl(request: ApiRequest): Call {
  const parameters = request.url.searchParams;
  const [path, args] = [parameters.get("path"), parameters.get("args")];
  if (path === null || args === null) {
    throw new ApiError(400, "BadQueryArgs", "The parameters `path` and `args` are needed.");
  }
  try {
    return parseCall(request, { path, args: JSON.parse(args), format: parameters.get("format") });
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ApiError(400, "BadQueryArgs", `\`args\` is not JSON: ${error.message}`);
  }
}

function parseCall(request: ApiRequest, body: Record<string, unknown>): Call {
  const { path, args, componentPath } = body;
  if (typeof path !== "string") throw badBody("missing field `path`");
  if (typeof args !== "object" || args === null) throw badBody("`args` must be an object or an array");
  if (componentPath !== undefined && componentPath !== null && typeof componentPath !== "string") {
    throw badBody("`componentPath` must be a string");
  }
  const parsed = parsePath(path);
  if ("error" in parsed) throw new ApiError(400, "BadConvexFunctionIdentifier", parsed.error);
  const text = argsText(Array.isArray(args) ? args : [args]);
  if (text === null) throw badBody("`args` are nested too deeply");
  const header = request.headers["convex-client"];
  const client = typeof header === "string" ? parseClientVersion(header) : null;
  return {
    path: parsed,
    // Only an admin may name a component; only `/api/function`, which needs one, passes it on.
    component: request.identity.kind === "admin" ? (componentPath ?? "") : "",
    args: text,
    format: parseFormat(body.format, client),
  };
}

function asObject(value: unknown): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw badBody("expected an object");
}

function badBody(why: string): ApiError {
  return new ApiError(400, "BadJsonBody", `The request body has the wrong shape: ${why}.`);
}

function timestamp(value: unknown): Ts {
  try {
    return decodeTs(value);
  } catch (error) {
    if (error instanceof InvalidMessage) throw badBody(error.message);
    throw error;
  }
}
