/** Messages between the main thread and the workers. All structured-clonable. */
import type { FileStoreLocation } from "../storage/file-store";
import type { ReadSet, TransactionOutcome, TransactionUsage, Ts } from "../storage/types";
import type { CronRun } from "./cron-rows";
import type {
  AnalysisRequest,
  AnalysisResult,
  ClientInfo,
  CodeVersion,
  Failure,
  Identity,
  LogLine,
  ScheduledJob,
  Settled,
} from "./types";
import type { JSONValue } from "../storage/types";

export type DeploymentInfo = { name: string; cloudUrl: string; siteUrl: string };

/** `workerData` of every worker. */
export type WorkerSetup = {
  dataDir: string;
  projectDir: string;
  /** Null: the worker is only to analyse. */
  code: CodeVersion | null;
  /** All environment variables, the built-in ones included. */
  env: Record<string, string>;
  deployment: DeploymentInfo;
  files: FileStoreLocation;
  /** See run-clock.ts. */
  clock: SharedArrayBuffer;
};

/** One attempt of a query or mutation. */
export type RunMessage = {
  id: number;
  kind: "Query" | "Mutation";
  path: string;
  component: string;
  args: string;
  identity: Identity;
  allowInternal: boolean;
  requestId: string;
  client: ClientInfo | null;
  callerJob: ScheduledJob | null;
  scheduledJob: ScheduledJob | null;
  cronRun: CronRun | null;
  /** Of a module that is not deployed, whose default export is to run. */
  source: string | null;
  journal: string | null;
  session: { sessionId: string; requestId: number } | null;
  /** The snapshot must show the commits up to this one. */
  minTs: Ts;
  /** Further queries to run after this one on the same snapshot. */
  also: Omit<UnsentRun, "also">[];
};

/** What is known of a run before it is given to a pool. */
export type UnsentRun = Omit<RunMessage, "id" | "minTs">;

export type RunResult = {
  id: number;
  settled: Settled;
  logLines: LogLine[];
  snapshotTs: Ts;
  userMs: number;
  executionMs: number;
  usage: TransactionUsage | null;
  /** Queries. */
  readSet: ReadSet | null;
  journal: string | null;
  identityRead: boolean;
  timeRead: boolean;
  /** Keys of files that the attempt wrote; whether their rows stay is for the commit to say. */
  storedFiles: string[];
  /** Successful mutations: what is to be committed. */
  outcome: TransactionOutcome | null;
  /** The mutation ran before: `settled` is its recorded result and this its commit. */
  replayedTs: Ts | null;
  /** The table must be created before the mutation can run. */
  needsTable: { component: string; name: string } | null;
  /** Results of the request's `also`. */
  also: RunResult[];
};

export type ToFunctionWorker =
  | { type: "runs"; runs: RunMessage[] }
  | { type: "env"; env: Record<string, string> }
  | { type: "analyze"; request: AnalysisRequest };

export type FromFunctionWorker =
  | { type: "memory"; bytes: number }
  /** `thread`: see thread-memory.ts. */
  | { type: "ready"; thread: string | null }
  | { type: "results"; results: RunResult[] }
  | { type: "analysis"; analysis: WorkerAnalysis };

/** What one worker finds in the modules of its environment. */
export type WorkerAnalysis = AnalysisResult;

/** One action (isolate or Node) to run. */
export type ActionMessage = {
  id: number;
  path: string;
  component: string;
  args: string;
  identity: Identity;
  allowInternal: boolean;
  requestId: string;
  client: ClientInfo | null;
  callerJob: ScheduledJob | null;
  scheduledJob: ScheduledJob | null;
};

/** One HTTP request for a router. Its body is pulled chunk by chunk. */
export type HttpMessage = {
  id: number;
  method: string;
  url: string;
  /** Component whose router it is, and the path by which that one knows the route. */
  component: string;
  routePath: string;
  headers: [string, string][];
  hasBody: boolean;
  identity: Identity | { kind: "invalid"; error: string };
  requestId: string;
  client: ClientInfo | null;
};

/** A chunk of a body; null: its end. `error`: it broke off. */
export type BodyChunk = { chunk: Uint8Array | null } | { error: string };

/** Answer to an operation that the main thread does for an action. `data`: of a ConvexError. */
export type CallReply = { ok: true; value: string } | { ok: false; message: string; data?: JSONValue };

/** Operations of actions that need other functions or the database. */
export type ActionCall = { id: number; call: number; op: string; args: string };

/** `id` is always that of the action. */
export type ToActionWorker =
  | { type: "action"; action: ActionMessage }
  | { type: "http"; request: HttpMessage }
  | { type: "reply"; id: number; call: number; reply: CallReply }
  | { type: "requestChunk"; id: number; body: BodyChunk }
  | { type: "pullResponse"; id: number }
  /** The client went away: fires `request.signal`, and nobody reads the response any more. */
  | { type: "disconnect"; id: number }
  | { type: "env"; env: Record<string, string> }
  | { type: "analyze"; request: AnalysisRequest };

export type HttpHead =
  | { kind: "response"; status: number; headers: [string, string][]; hasBody: boolean }
  | { kind: "notFound"; text: string }
  | { kind: "failure"; failure: Failure };

export type FromActionWorker =
  | { type: "ready"; thread: string | null }
  /** Told every quarter of a second while an action runs and pauses: bytes of the thread's heap and array buffers. */
  | { type: "memory"; bytes: number }
  /** From here on the action may have had effects. */
  | { type: "started"; id: number }
  | { type: "log"; id: number; line: LogLine }
  | { type: "call"; call: ActionCall }
  /** `bytes`: see heap-report.ts; how much the thread keeps after the action. */
  | { type: "settled"; id: number; settled: Settled; bytes: number }
  | { type: "head"; id: number; head: HttpHead }
  | { type: "pullRequest"; id: number }
  | { type: "responseChunk"; id: number; body: BodyChunk }
  /** The HTTP action and its response body are done. */
  | { type: "finished"; id: number; bytes: number }
  | { type: "analysis"; analysis: WorkerAnalysis };
