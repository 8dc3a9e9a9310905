/** What the two action workers share. What an ended action left behind is told from the next one by its asynchronous context. */
import { AsyncLocalStorage } from "node:async_hooks";
import path from "node:path";
import { parentPort } from "node:worker_threads";
import { CatalogCache, idTableResolver } from "../engine/catalog";
import type { IdTable } from "../engine/validator";
import { FileStore } from "../storage/file-store";
import { Store } from "../storage/store";
import { ActionRun, type ActionEnvironment } from "./action-run";
import { analyzeModules } from "./analyze-modules";
import { AuthConfigGuard } from "./auth-config-guard";
import { SourceMaps } from "./failure";
import { checkArgs, checkReturn, FunctionTable } from "./function-table";
import { ownBytes } from "./heap-report";
import { HttpRun } from "./http-run";
import { rootOf, type ModuleLoader, type ModuleLoaderOptions } from "./module-loader";
import { moduleRoots } from "./module-roots";
import { SyscallError } from "./syscall-args";
import { vectorSearch } from "./vector-search";
import type { AnalysisRequest, CodeVersion, LogLevel, ModuleEnvironment, Settled } from "./types";
import { ownThread } from "./thread-memory";
import type {
  ActionMessage,
  FromActionWorker,
  HttpMessage,
  ToActionWorker,
  WorkerSetup,
} from "./worker-messages";

export type ActionRuntimeOptions = {
  setup: WorkerSetup;
  environment: ModuleEnvironment;
  loader: (options: Pick<ModuleLoaderOptions, "roots" | "definitionOf">) => ModuleLoader;
  setEnv: (env: Record<string, string>) => void;
};

/** How often a running action's memory is told, ms. */
const REPORT_MS = 250;

const currentRun = new AsyncLocalStorage<ActionRun>();

/** The action whose code is running; undefined while modules are evaluated. */
export function activeRun(): ActionRun | undefined {
  return currentRun.getStore();
}

export function jsSyscallOfRun(op: string, args: object): Promise<unknown> {
  const run = activeRun();
  if (run === undefined) throw new SyscallError(`Can't use ${op} at import time`);
  return run.jsSyscall(op, args);
}

export function logToRun(level: LogLevel, args: readonly unknown[]): void {
  activeRun()?.log(level, args);
}

/** Serves the main thread's messages from now on. */
export function serveActions(o: ActionRuntimeOptions): void {
  // Both belong to the action in whose context they happen. One that happens after its action has ended
  // concerns nobody any more, and must not end the thread under the next one.
  process.on("unhandledRejection", (error) => activeRun()?.fail(error));
  process.on("uncaughtException", (error) => activeRun()?.fail(error));
  const runtime = o.setup.code === null ? null : new ActionRuntime(o, o.setup.code);
  parentPort?.on("message", (message: ToActionWorker) => {
    switch (message.type) {
      case "env":
        return o.setEnv(message.env);
      case "analyze":
        return void analyze(o, message.request);
      default:
        return runtime?.receive(message);
    }
  });
  send({ type: "ready", thread: ownThread() });
}

function send(message: FromActionWorker): void {
  parentPort?.postMessage(message);
}

async function analyze(o: ActionRuntimeOptions, request: AnalysisRequest): Promise<void> {
  // Components have modules of the other environment only.
  const app = { ...request, components: {} };
  const guard = new AuthConfigGuard();
  const analysis = await analyzeModules(app, o.environment, o.loader, () => undefined, guard);
  send({ type: "analysis", analysis });
}

type RunMessageToWorker = Exclude<ToActionWorker, { type: "env" | "analyze" }>;

class ActionRuntime {
  readonly #loader: ModuleLoader;
  readonly #functions: FunctionTable;
  readonly #environment: ActionEnvironment;
  readonly #store: Store;
  readonly #catalogs = new CatalogCache();
  readonly #runs = new Map<number, ActionRun>();
  readonly #http = new Map<number, HttpRun>();
  #report: NodeJS.Timeout | undefined;

  constructor(o: ActionRuntimeOptions, code: CodeVersion) {
    const { deployment, dataDir } = o.setup;
    this.#loader = o.loader({ roots: moduleRoots(code) });
    this.#functions = new FunctionTable(this.#loader, code, o.environment);
    this.#store = Store.openReadOnly(path.join(dataDir, "db"));
    const maps = new SourceMaps((identifier) => this.#loader.fileOf(identifier));
    this.#environment = {
      deployment,
      maps,
      files: FileStore.at(o.setup.files),
      vectorSearch: (component, query, atLeast) =>
        vectorSearch({ store: this.#store, catalogs: this.#catalogs }, component, query, atLeast),
      send,
    };
  }

  receive(message: RunMessageToWorker): void {
    switch (message.type) {
      case "action":
        return void this.#runAction(message.action);
      case "http":
        return void this.#runHttp(message.request);
      case "reply":
        return this.#runs.get(message.id)?.reply(message.call, message.reply);
      case "requestChunk":
        return this.#inRun(message.id, (http) => http.receiveRequestChunk(message.body));
      case "pullResponse":
        return this.#inRun(message.id, (http) => void http.sendResponseChunk());
      case "disconnect":
        return this.#inRun(message.id, (http) => http.disconnect());
      default:
        message satisfies never;
    }
  }

  /** Streams call the handler's code from here: it must find itself in its action. */
  #inRun(id: number, use: (http: HttpRun) => void): void {
    const run = this.#runs.get(id);
    const http = this.#http.get(id);
    if (run !== undefined && http !== undefined) currentRun.run(run, () => use(http));
  }

  #enter(id: number, run: ActionRun): void {
    this.#runs.set(id, run);
    this.#report ??= setInterval(() => send({ type: "memory", bytes: ownBytes() }), REPORT_MS);
  }

  #forget(id: number): void {
    this.#runs.get(id)?.finish();
    this.#runs.delete(id);
    this.#http.delete(id);
    if (this.#runs.size > 0) return;
    clearInterval(this.#report);
    this.#report = undefined;
  }

  async #runAction(action: ActionMessage): Promise<void> {
    const run = new ActionRun(this.#environment, action);
    this.#enter(action.id, run);
    send({ type: "started", id: action.id });
    const settled = await currentRun.run(run, () => this.#settle(run, action));
    this.#forget(action.id);
    send({ type: "settled", id: action.id, settled, bytes: ownBytes() });
  }

  async #settle(run: ActionRun, action: ActionMessage): Promise<Settled> {
    const { args, identity, allowInternal, requestId, component } = action;
    try {
      const isAdmin = identity.kind === "admin";
      const fn = await this.#functions.resolve(action, { udfType: "Action", allowInternal, isAdmin });
      const idTable = this.#idTable(component);
      checkArgs(fn, args, idTable);
      const value = await run.execute(() => fn.invoke(requestId, args));
      return { ok: true, value: checkReturn(fn, value, idTable) };
    } catch (error) {
      return { ok: false, failure: run.failure(error) };
    }
  }

  /** Looks in the newest catalog each time: tables may come while an action runs. */
  #idTable(component: string): IdTable {
    return (text) => {
      const snapshot = this.#store.snapshot();
      try {
        return idTableResolver(this.#catalogs.at(snapshot), component)(text);
      } finally {
        snapshot.close();
      }
    };
  }

  async #runHttp(request: HttpMessage): Promise<void> {
    const { id, component, identity, requestId, client } = request;
    const scope = {
      id,
      path: "http.js:default",
      component,
      identity,
      requestId,
      client,
      callerJob: null,
      scheduledJob: null,
    };
    const run = new ActionRun(this.#environment, scope);
    const http = new HttpRun(run, request, (message) => {
      if (message.type === "finished") this.#forget(id);
      send(message);
    });
    this.#enter(id, run);
    this.#http.set(id, http);
    send({ type: "started", id });
    await currentRun.run(run, () => http.answer(() => this.#loader.load(rootOf(component), "http.js")));
  }
}
