/** Shapes that cross the boundary between the function runtime and the layers above it. */
import type { JSONValue, ReadSet, Ts } from "../storage/types";
import type { CronRun } from "./cron-rows";

/** Canonical path of a function: `module.js:export`, e.g. `conversations.js:list`. */
export type FunctionPath = string;

export type UdfType = "Query" | "Mutation" | "Action";

/**
 * Who asks. `actingAs` is the identity an admin borrows; `claims` are as `getUserIdentity()` gives them, `token` is what
 * they were read from; `expiresAt` is in Unix ms.
 */
export type Identity =
  | { kind: "none" }
  | { kind: "user"; claims: Record<string, JSONValue>; expiresAt: number | null; token: string }
  | { kind: "admin"; actingAs?: Record<string, JSONValue> };

export type Caller = "SyncWorker" | "HttpApi" | "HttpEndpoint" | "Scheduler" | "Cron" | "Action" | "Tester";

export type ClientInfo = { ip: string | null; userAgent: string | null };

export type RunRequest = {
  path: FunctionPath;
  component: string;
  /** JSON text of the array of positional arguments, in Convex encoded JSON. */
  args: string;
  identity: Identity;
  caller: Caller;
  requestId: string;
  /** Internal functions may run too (other functions, the scheduler, an admin). */
  allowInternal: boolean;
  client?: ClientInfo;
  /** The scheduled function whose action called this one, however many calls lie in between. */
  callerJob?: ScheduledJob;
  parentExecutionId?: string;
  scheduledJob?: ScheduledJob;
  /** Of a cron job's mutation: its commit passes the tick. */
  cronRun?: CronRun;
};

/** Row id of a scheduled function, and the component that scheduled it: the row is among that one's. */
export type ScheduledJob = { id: string; component: string };

export type LogLevel = "DEBUG" | "INFO" | "LOG" | "WARN" | "ERROR";

/** One console call. `timestamp` is in Unix ms. `udfPath` and `component` are set for lines of a nested function. */
export type LogLine = {
  level: LogLevel;
  messages: string[];
  timestamp: number;
  isTruncated: boolean;
  udfPath?: string;
  component?: string;
};

/**
 * Why a run gave no value. `function`: the developer's code or its use was wrong; `message` is the full, unredacted
 * text with its source-mapped stack. `system`: the deployment could not run it now; `status` is the HTTP class;
 * `detail` is for the operator only.
 */
export type Failure =
  | { kind: "function"; message: string; data?: JSONValue }
  | { kind: "system"; code: string; status: number; message: string; detail?: string };

export type Settled = { ok: true; value: string } | { ok: false; failure: Failure };

export type QueryOutcome = {
  /** Timestamp of the snapshot that the query ran on. */
  ts: Ts;
  readSet: ReadSet;
  journal: string | null;
  logLines: LogLine[];
  identityRead: boolean;
  timeRead: boolean;
  /** The run ended with its thread, at a limit: what it read is lost, so nothing tells when its outcome changes. */
  readsUnknown?: boolean;
} & Settled;

export type MutationOutcome = { logLines: LogLine[] } & (
  { ok: true; value: string; ts: Ts } | { ok: false; failure: Failure }
);

export type ActionOutcome = { logLines: LogLine[] } & Settled;

/** `source`: of a module that is not deployed; its default export is run. */
export type QueryRequest = RunRequest & { journal?: string | null; minTs?: Ts; source?: string };

/** `session` makes the mutation idempotent: a second run with the same pair answers from the first one's record. */
export type MutationRequest = RunRequest & { session?: { sessionId: string; requestId: number } };

export type HttpActionRequest = {
  method: string;
  /** Absolute URL as the handler shall see it. */
  url: string;
  headers: [string, string][];
  body: ReadableStream<Uint8Array> | null;
  /** `error`: the Authorization header could not be verified; thrown only when the handler asks for the identity. */
  identity: Identity | { kind: "invalid"; error: string };
  requestId: string;
  client: ClientInfo;
  /** Aborted when the client went away. */
  signal?: AbortSignal;
};

/**
 * `response`: the handler answered (`body` streams on). `notFound`: no route, with the text to send under 404.
 * `failure`: the handler threw before it answered.
 */
export type HttpActionOutcome =
  | {
      kind: "response";
      status: number;
      headers: [string, string][];
      body: ReadableStream<Uint8Array> | null;
    }
  | { kind: "notFound"; text: string }
  | { kind: "failure"; failure: Failure };

export type FunctionAnalysis = {
  name: string;
  udfType: UdfType;
  visibility: "public" | "internal";
  /** Validator JSON; an `any` validator when the function declares none. */
  args: JSONValue;
  /** Validator JSON, or null when the function declares none. */
  returns: JSONValue | null;
};

export type ModuleEnvironment = "isolate" | "node";

export type ModuleInfo = { environment: ModuleEnvironment; functions: FunctionAnalysis[] };

/** All that is deployed. */
export type CodeVersion = {
  hash: string;
  /** Mounted components by path; the app is "". */
  components: Record<string, ComponentCode>;
  /** Folder of the built system functions; holds `_system/…` modules. */
  systemDir: string;
};

/** A mounted component. `modules` is keyed by path below `dir`, e.g. `conversations.js`; maps lie next to them as `.js.map`. */
export type ComponentCode = {
  dir: string;
  modules: Record<string, ModuleInfo>;
  /** Routes of its http.js; null when it has none. */
  httpRoutes: HttpRoute[] | null;
  /** Prefix of the paths that reach its http.js, ending in "/"; null: "/". Of the app only, a component has a mount. */
  httpPrefix: string | null;
  /** Path prefixes, ending in "/", of the child components that serve HTTP, with the path of the component. */
  httpMounts: Record<string, string>;
  /** Environment variables that it sees, where they come from. Null: all of the deployment's, as the app does. */
  env: Record<string, EnvBinding> | null;
};

/** Value of a component's environment variable: fixed, or that of a variable of its parent. */
export type EnvBinding = { type: "value"; value: string } | { type: "envVar"; name: string };

/** Pushed code to be evaluated; paths are relative to `dir`. */
export type CodeBundle = {
  dir: string;
  /** Every pushed module, `_deps` chunks included (those are not evaluated on their own). */
  modules: Record<string, ModuleEnvironment>;
  definition?: string | null;
  schema?: string | null;
};

/** What shall be evaluated for a push: the app, and the components by the path of their definition, each after those it uses. */
export type AnalysisRequest = CodeBundle & { components?: Record<string, CodeBundle> };

export type HttpRoute = { path: string; method: string };

export type AnalyzedModule = {
  environment: ModuleEnvironment;
  functions: FunctionAnalysis[];
  /** Set for `http.js` only. */
  httpRoutes: HttpRoute[] | null;
  /** Set for `crons.js` only: the crons' names and specs as the module exports them. */
  cronSpecs: Record<string, JSONValue> | null;
};

/** `definition` and `schema` are the parsed results of their `export()`; `authProviders` is as written in auth.config. */
export type AnalysisResult =
  | (AnalyzedBundle & { ok: true; authProviders: JSONValue[]; components: Record<string, AnalyzedBundle> })
  | { ok: false; code: string; message: string };

export type AnalyzedBundle = {
  modules: Record<string, AnalyzedModule>;
  definition: JSONValue | null;
  schema: JSONValue | null;
};

/** One finished run (or one attempt of a mutation that is run again), for the log stream. Times in Unix ms. */
export type ExecutionRecord = {
  kind: "Completion" | "Progress";
  udfType: UdfType | "HttpAction";
  /** `module:fn`, or `GET /path` for an HTTP action. */
  identifier: string;
  component: string;
  logLines: LogLine[];
  timestamp: number;
  cachedResult: boolean;
  caller: Caller;
  parentExecutionId: string | null;
  requestId: string;
  executionId: string;
  executionTimeMs: number;
  userExecutionTimeMs: number;
  /** Text of the failure; null when it succeeded. */
  error: string | null;
  /** HTTP status of an HTTP action's answer. */
  httpStatus: number | null;
  returnBytes: number | null;
  databaseReadBytes: number;
  databaseWriteBytes: number;
  databaseReadDocuments: number;
  databaseWriteDocuments: number;
  occ: { table: string; documentId: string | null; retryCount: number } | null;
  willRetry: boolean;
  identityType: "user" | "unknown" | "instance_admin" | "member_acting_user";
  environment: ModuleEnvironment;
};
