/** The main thread's face of the function runtime. Everything above runs functions through this class only. */
import { randomUUID } from "node:crypto";
import path from "node:path";
import type { Committer } from "../engine/committer";
import type { FileStore } from "../storage/file-store";
import type { Store } from "../storage/store";
import type { Ts } from "../storage/types";
import { performActionCall } from "./action-calls";
import type { ActionHooks } from "./action-entry";
import { ActionHost } from "./action-host";
import { analyzeBundle } from "./analysis";
import { monotonic } from "./clock";
import { APP } from "./component-path";
import { emptyRecord } from "./execution-record";
import { functionFailure } from "./failure";
import { existingHandle, functionAddress, type FunctionAddress } from "./function-address";
import { FunctionHandles } from "./function-handles";
import { FunctionPool } from "./function-pool";
import { FunctionRunner } from "./function-runner";
import { ACTION_TIME_MS, MAX_NODE_ARGS_BYTES, NODE_ACTION_TIME_MS } from "./limits";
import { routeHttp, servesHttp } from "./http-routing";
import { parsePath } from "./path";
import { Pause, PAUSED } from "./pause";
import type { SyscallArgs } from "./syscall-args";
import type { ThreadLoad } from "./thread-memory";
import type {
  ActionOutcome,
  AnalysisRequest,
  AnalysisResult,
  CodeVersion,
  ExecutionRecord,
  FunctionAnalysis,
  HttpActionOutcome,
  HttpActionRequest,
  LogLine,
  ModuleEnvironment,
  MutationOutcome,
  MutationRequest,
  QueryOutcome,
  QueryRequest,
  RunRequest,
  UdfType,
} from "./types";
import type { ActionMessage, DeploymentInfo, WorkerSetup } from "./worker-messages";

export type FunctionsOptions = {
  store: Store;
  committer: Committer;
  /** Data folder; workers open the database in its `db` folder read-only. */
  dataDir: string;
  /** Folder of the built worker entry files. */
  workerDir: string;
  /** Folder from which "use node" modules resolve external packages. */
  projectDir: string;
  deployment: DeploymentInfo;
  files: FileStore;
  /** Told of files that a mutation has stored, once its commit has been decided on: they may have no owner. */
  onFilesStored: (keys: readonly string[]) => void;
  /** Threads for queries and mutations; default max(2, cores). */
  poolSize?: number;
  /** Told of failures that are no function's fault; callers get a bland text. */
  onError: (error: unknown) => void;
  /** Times in ms; `max…`: how many may run at once. Defaults are production's. */
  limits?: {
    userMs?: number;
    actionMs?: number;
    nodeActionMs?: number;
    /** How long an action may wait for its turn. */
    actionWaitMs?: number;
    maxActions?: number | undefined;
    maxNodeActions?: number | undefined;
  };
};

/** Time that the old code's runs get to finish after a push, ms. */
const RETIRE_GRACE_MS = ACTION_TIME_MS;

/** All threads of one code version. */
type Generation = {
  code: CodeVersion;
  handles: FunctionHandles;
  pool: FunctionPool;
  actions: Record<ModuleEnvironment, ActionHost>;
};

/** Workers that are ready to serve a version of the code. One of the two is called, once. */
export type PreparedCode = { use(): void; discard(): void };

export class Functions {
  readonly #options: FunctionsOptions;
  readonly #runner: FunctionRunner;
  readonly #listeners = new Set<(record: ExecutionRecord) => void>();
  /** Ends the threads of an old version at once. */
  readonly #retiring = new Set<() => void>();
  #retired: Promise<void> = Promise.resolve();
  #current: Generation | null = null;
  readonly #pause = new Pause();
  #urls: Pick<DeploymentInfo, "cloudUrl" | "siteUrl">;

  private constructor(options: FunctionsOptions) {
    this.#options = options;
    this.#urls = options.deployment;
    this.#runner = new FunctionRunner(
      options.committer,
      (record) => this.#report(record),
      (error) => options.onError(error),
      (keys) => options.onFilesStored(keys),
    );
  }

  /** Runs nothing before `setCode`; threads start then. */
  static start(options: FunctionsOptions): Promise<Functions> {
    return Promise.resolve(new Functions(options));
  }

  get code(): CodeVersion | null {
    return this.#current?.code ?? null;
  }

  /** The function that an operation names which a function of `component` makes; throws a SyscallError. */
  addressOf(args: SyscallArgs, component: string): FunctionAddress {
    const { code, handles } = this.#generation();
    return functionAddress(args, component, code, handles);
  }

  /** Handle of a function; throws a SyscallError if it is not deployed. */
  handleOf(address: FunctionAddress): string {
    const { code, handles } = this.#generation();
    return existingHandle(code, handles, address);
  }

  /** The threads of the code that serves now, by kind. */
  get load(): Record<"function" | ModuleEnvironment, ThreadLoad> | null {
    if (this.#current === null) return null;
    const { pool, actions } = this.#current;
    return { function: pool.load, isolate: actions.isolate.load, node: actions.node.load };
  }

  /** What the deployed code says of a function; null when there is none of that path. System functions are not listed. */
  lookup(
    functionPath: string,
    component = APP,
  ): (FunctionAnalysis & { environment: ModuleEnvironment }) | null {
    const parsed = parsePath(functionPath);
    if ("error" in parsed) return null;
    const module = this.code?.components[component]?.modules[parsed.module];
    const found = module?.functions.find(({ name }) => name === parsed.name);
    return module === undefined || found === undefined ? null : { ...found, environment: module.environment };
  }

  /** Runs on the newest snapshot, at `minTs` or later. */
  async query(request: QueryRequest): Promise<QueryOutcome> {
    const refusal = this.#pause.queryRefusal(request, this.#options.committer.visibleTs);
    return refusal ?? this.#runner.query(this.#generation().pool, request);
  }

  /** Runs all on one snapshot, at `minTs` or later, one after the other. If one of them ends its thread, they run apart. */
  async queryBatch(requests: QueryRequest[], { minTs }: { minTs?: Ts }): Promise<QueryOutcome[]> {
    if (this.#pause.isOn) return Promise.all(requests.map((request) => this.query(request)));
    return this.#runner.queryBatch(this.#generation().pool, requests, minTs);
  }

  /** Runs and commits; runs again on a conflict (4 times). Resolves once the commit is on disk and visible. */
  async mutation(request: MutationRequest): Promise<MutationOutcome> {
    return this.#pause.refusal(request) ?? this.#runner.mutation(() => this.#generation().pool, request);
  }

  async action(request: RunRequest): Promise<ActionOutcome> {
    const refusal = this.#pause.refusal(request);
    if (refusal !== null) return refusal;
    const environment = this.lookup(request.path, request.component)?.environment ?? "isolate";
    const tooLarge = environment === "node" && request.args.length > MAX_NODE_ARGS_BYTES;
    const started = monotonic();
    const record = emptyRecord(request, "Action", randomUUID(), environment);
    const logLines: LogLine[] = [];
    const hooks = this.#hooks(request, record, logLines);
    const settled = tooLarge
      ? { ok: false as const, failure: nodeArgsTooLarge(request.args.length) }
      : await this.#generation().actions[environment].run(actionMessage(request), hooks);
    this.#report(() => ({
      ...record,
      executionTimeMs: monotonic() - started,
      userExecutionTimeMs: monotonic() - started,
      error: settled.ok ? null : settled.failure.message.trimEnd(),
      returnBytes: settled.ok ? settled.value.length : null,
    }));
    return { ...settled, logLines };
  }

  async httpAction(request: HttpActionRequest): Promise<HttpActionOutcome> {
    const { code } = this;
    if (code === null || !servesHttp(code)) {
      return { kind: "notFound", text: "This Convex deployment does not have HTTP actions enabled." };
    }
    const { pathname } = new URL(request.url);
    const target = routeHttp(code, request.method, pathname);
    if (target === null) return { kind: "notFound", text: "No matching routes found" };
    if (this.#pause.isOn) return { kind: "failure", failure: PAUSED };
    const started = monotonic();
    const { component } = target;
    const known = request.identity.kind === "invalid" ? ({ kind: "none" } as const) : request.identity;
    // A component is not told who the app's user is.
    const identity = component === APP || known.kind === "admin" ? known : ({ kind: "none" } as const);
    const scope = { ...request, identity, component, caller: "HttpEndpoint" as const };
    const path = `${request.method} ${pathname}`;
    const record = emptyRecord({ ...scope, path }, "HttpAction", randomUUID(), "isolate");
    const routed = { ...request, identity: component === APP ? request.identity : identity, target };
    const exchange = this.#generation().actions.isolate.http(
      routed,
      this.#hooks({ ...scope, path }, record, []),
    );
    const outcome = await exchange.head;
    void exchange.finished.then(() =>
      this.#report(() => ({
        ...record,
        executionTimeMs: monotonic() - started,
        userExecutionTimeMs: monotonic() - started,
        httpStatus: outcome.kind === "response" ? outcome.status : outcome.kind === "notFound" ? 404 : 500,
        error: outcome.kind === "failure" ? outcome.failure.message.trimEnd() : null,
      })),
    );
    return outcome;
  }

  /** Serves the new code from now on; runs under way finish on the old one. Resolves when fresh workers are ready. */
  async setCode(code: CodeVersion, env: Record<string, string>): Promise<void> {
    (await this.prepareCode(code, env)).use();
  }

  /** Starts workers on the code, which serve nothing before `use`. Rejects, leaving nothing behind, when they cannot start. */
  async prepareCode(code: CodeVersion, env: Record<string, string>): Promise<PreparedCode> {
    const { workerDir, poolSize, limits } = this.#options;
    const setup = { ...this.#setup(env), code };
    const pool = new FunctionPool({
      workerFile: path.join(workerDir, "function-worker.js"),
      setup,
      size: poolSize,
      userMs: limits?.userMs,
    });
    await pool.start();
    const host = (environment: ModuleEnvironment, file: string, limitMs: number, maxConcurrent?: number) =>
      new ActionHost({
        environment,
        workerFile: path.join(workerDir, file),
        setup,
        limitMs,
        maxConcurrent,
        waitMs: limits?.actionWaitMs,
      });
    const { actionMs = ACTION_TIME_MS, nodeActionMs = NODE_ACTION_TIME_MS } = limits ?? {};
    const actions = {
      isolate: host("isolate", "action-worker.js", actionMs, limits?.maxActions),
      node: host("node", "node-worker.js", nodeActionMs, limits?.maxNodeActions),
    };
    const handles = new FunctionHandles(code, this.#options.committer.catalog.functionHandleKey);
    const generation: Generation = { code, handles, pool, actions };
    return {
      use: () => {
        const old = this.#current;
        this.#current = generation;
        if (old !== null) this.#retire(old);
      },
      discard: () => this.#retire(generation),
    };
  }

  setEnv(env: Record<string, string>): void {
    const full = this.#setup(env).env;
    this.#current?.pool.setEnv(full);
    this.#current?.actions.isolate.setEnv(full);
    this.#current?.actions.node.setEnv(full);
  }

  /** Evaluates a bundle in threads of its own; tells what is in it, or why it cannot be deployed. */
  analyze(request: AnalysisRequest, env: Record<string, string>): Promise<AnalysisResult> {
    return analyzeBundle(request, this.#options.workerDir, this.#setup(env));
  }

  /** While paused, functions are refused, but for the deployment's own; what runs goes on. */
  setPaused(isPaused: boolean): void {
    this.#pause.isOn = isPaused;
  }

  /** Where clients reach this deployment from now on; functions under way still name the old addresses. */
  async setUrls(urls: { cloudUrl: string; siteUrl: string }, env: Record<string, string>): Promise<void> {
    this.#urls = urls;
    await this.setCode(this.#generation().code, env);
  }

  /** Puts a run that did not take place, or whose end was not seen, into the log as failed. */
  reportUnrun(request: RunRequest, udfType: UdfType, error: string): void {
    this.#report(() => ({ ...emptyRecord(request, udfType, randomUUID(), "isolate"), error }));
  }

  /** Adds a listener; returns the function that removes it. */
  onExecution(listener: (record: ExecutionRecord) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Waits for runs under way, at most `graceMs`, then ends all workers. */
  async stop(graceMs: number): Promise<void> {
    const last = this.#current;
    if (last !== null) {
      // Actions first: they call queries and mutations to the end.
      await Promise.all([last.actions.isolate.retire(graceMs), last.actions.node.retire(graceMs)]);
      await last.pool.retire(graceMs);
    }
    this.#current = null;
    for (const abort of this.#retiring) abort();
    await this.#retired;
  }

  /** Ends an old version's threads after their last run. */
  #retire({ pool, actions }: Generation): void {
    const hosts = [pool, actions.isolate, actions.node];
    const end = () => void Promise.all(hosts.map((host) => host.retire(0)));
    this.#retiring.add(end);
    const retired = Promise.all(hosts.map((host) => host.retire(RETIRE_GRACE_MS)));
    this.#retired = Promise.all([this.#retired, retired.then(() => this.#retiring.delete(end))]).then(
      () => undefined,
    );
  }

  #generation(): Generation {
    if (this.#current === null) throw new Error("No code has been deployed yet.");
    return this.#current;
  }

  #setup(env: Record<string, string>): Omit<WorkerSetup, "clock" | "code"> {
    const { dataDir, projectDir, files } = this.#options;
    const deployment = { ...this.#options.deployment, ...this.#urls };
    const builtIn = { CONVEX_CLOUD_URL: deployment.cloudUrl, CONVEX_SITE_URL: deployment.siteUrl };
    return { dataDir, projectDir, deployment, files: files.location, env: { ...env, ...builtIn } };
  }

  #hooks(
    request: Omit<RunRequest, "args" | "allowInternal">,
    record: ExecutionRecord,
    logLines: LogLine[],
  ): ActionHooks {
    return {
      log: (line) => {
        logLines.push(line);
        this.#report(() => ({ ...record, kind: "Progress", logLines: [line], timestamp: Date.now() }));
      },
      call: (call) =>
        performActionCall(call, {
          functions: this,
          committer: this.#options.committer,
          cloudUrl: this.#urls.cloudUrl,
          request,
          executionId: record.executionId,
        }),
    };
  }

  #report(record: () => ExecutionRecord): void {
    if (this.#listeners.size === 0) return;
    const made = record();
    for (const listener of this.#listeners) listener(made);
  }
}

function actionMessage(request: RunRequest): Omit<ActionMessage, "id"> {
  const {
    path: functionPath,
    component,
    args,
    identity,
    allowInternal,
    requestId,
    client,
    callerJob,
    scheduledJob,
  } = request;
  return {
    path: functionPath,
    component,
    args,
    identity,
    allowInternal,
    requestId,
    client: client ?? null,
    callerJob: callerJob ?? null,
    scheduledJob: scheduledJob ?? null,
  };
}

function nodeArgsTooLarge(bytes: number) {
  return functionFailure([
    `Node actions arguments size is too large. The maximum size is 5 MiB. The size of the arguments is ${(bytes / 1024 / 1024).toFixed(2)} MiB.`,
  ]);
}
