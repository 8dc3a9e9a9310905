/** Worker entry: runs queries and mutations, one at a time, on snapshots of the database. */
import { statSync } from "node:fs";
import path from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { CatalogCache } from "../engine/catalog";
import { FileStore } from "../storage/file-store";
import { Store, type Snapshot } from "../storage/store";
import { analyzeModules } from "./analyze-modules";
import { AuthConfigGuard } from "./auth-config-guard";
import { monotonic } from "./clock";
import { SourceMaps } from "./failure";
import { ComponentEnvironments } from "./component-environments";
import { APP } from "./component-path";
import { FunctionHandles } from "./function-handles";
import { FunctionTable, isDependency } from "./function-table";
import { ownBytes } from "./heap-report";
import { HostOperations } from "./host-operations";
import { ModuleLoader, rootOf, type ModuleLoaderOptions } from "./module-loader";
import { moduleRoots } from "./module-roots";
import { USER_GROWTH_BYTES } from "./limits";
import { RandomPool, SeededRandom } from "./random";
import { actionOnly, createRealm } from "./realm";
import { RunClockWriter } from "./run-clock";
import { SyscallError } from "./syscall-args";
import { ownThread } from "./thread-memory";
import { TransactionRun, type RunEnvironment } from "./transaction-run";
import type { AnalysisRequest } from "./types";
import type { CodeVersion } from "./types";
import type {
  FromFunctionWorker,
  RunMessage,
  RunResult,
  ToFunctionWorker,
  WorkerSetup,
} from "./worker-messages";

/** Results wait at most this long for company, and at most this many travel together. */
const FLUSH_MS = 2;
const FLUSH_RESULTS = 16;
/** How often a worker looks at its own memory, ms. */
const MEASURE_MS = 1_000;

const setup = workerData as WorkerSetup;
const hostOperations = new HostOperations();
const environments = new ComponentEnvironments(setup.code, setup.env);
let current: TransactionRun | null = null;
/** Modules are evaluated with a clock and random numbers fixed for the code version. */
let importPhase = { time: 0, random: new SeededRandom(""), component: APP };
const authConfigGuard = new AuthConfigGuard();

const atImport = (what: string): never => {
  throw new SyscallError(`Can't use ${what} at import time`);
};

const realm = createRealm("deterministic", {
  now: () => current?.now() ?? importTime(),
  elapsed: () => current?.elapsed() ?? 0,
  random: () => (current === null ? importRandom() : current.random()),
  environmentVariable: (name) => {
    const value = environments.get(current?.component() ?? importPhase.component, name);
    authConfigGuard.onEnvironmentVariable(name, value);
    return value;
  },
  log: (level, args) => current?.log(level, args),
  syscall: (op, args) => current?.syscall(op, args) ?? atImport("database"),
  asyncSyscall: (op, args) => current?.asyncSyscall(op, args) ?? atImport("database"),
  jsSyscall: (op) => {
    if (op === "storage/storeBlob") throw actionOnly("storage.store()");
    if (op === "storage/getBlob") throw actionOnly("storage.get()");
    throw new SyscallError(`Unknown operation ${op}`);
  },
  fetchRefusal: () => (current === null ? "fetch() unsupported at import time" : null),
  hostOperation: (promise) => hostOperations.track(promise),
  timers: null,
});

function importTime(): number {
  authConfigGuard.onClock();
  return importPhase.time;
}

function importRandom(): number {
  authConfigGuard.onRandom();
  return importPhase.random.next();
}

process.on("unhandledRejection", (error) => current?.unhandledRejection(error));

function send(message: FromFunctionWorker): void {
  parentPort?.postMessage(message);
}

function loaderFor(options: Pick<ModuleLoaderOptions, "roots" | "definitionOf">): ModuleLoader {
  return new ModuleLoader({
    context: realm,
    ...options,
    externalsFrom: null,
    dynamicImportRefusal: (specifier) =>
      current === null ? null : `Can't dynamically import "${specifier}" in a query or mutation`,
  });
}

function startImport(dir: string, seed: string, component: string): void {
  importPhase = {
    time: Math.floor(statSync(dir, { throwIfNoEntry: false })?.mtimeMs ?? 0),
    random: new SeededRandom(seed),
    component,
  };
}

/** Loads all modules, so that no run waits for one and all are evaluated in the import phase. */
async function load(code: CodeVersion): Promise<RunEnvironment> {
  const loader = loaderFor({ roots: moduleRoots(code) });
  for (const [component, { dir, modules }] of Object.entries(code.components)) {
    startImport(dir, `${code.hash} ${component}`, component);
    for (const [module, { environment }] of Object.entries(modules)) {
      if (environment !== "isolate" || isDependency(module)) continue;
      // A module that throws does so again, to the caller, when one of its functions is asked for.
      await loader.load(rootOf(component), module).catch(() => undefined);
    }
  }
  const store = Store.openReadOnly(path.join(setup.dataDir, "db"));
  const catalogs = new CatalogCache();
  const snapshot = store.snapshot();
  const { functionHandleKey } = catalogs.at(snapshot);
  snapshot.close();
  return {
    store,
    catalogs,
    functions: new FunctionTable(loader, code, "isolate"),
    code,
    handles: new FunctionHandles(code, functionHandleKey),
    deployment: setup.deployment,
    files: FileStore.at(setup.files),
    maps: new SourceMaps((identifier) => loader.fileOf(identifier)),
    clock: new RunClockWriter(setup.clock),
    randomBytes: new RandomPool().take,
    hostOperations,
  };
}

async function analyze(request: AnalysisRequest): Promise<void> {
  const onBundle = ({ component, dir }: { component: string; dir: string }) =>
    startImport(dir, dir, component);
  const analysis = await analyzeModules(request, "isolate", loaderFor, onBundle, authConfigGuard);
  send({ type: "analysis", analysis });
}

const queue: RunMessage[] = [];
let isRunning = false;
let measuredAt = monotonic();

/** The run, and those that share its snapshot. They share its id too: their time is counted and ended as its own. */
async function execute(environment: RunEnvironment, request: RunMessage): Promise<RunResult> {
  const shared = request.also.length > 0 ? environment.store.snapshot(request.minTs) : undefined;
  try {
    const result = await executeOne(environment, request, shared);
    for (const other of request.also) {
      result.also.push(await executeOne(environment, { ...request, ...other, also: [] }, shared));
    }
    return result;
  } finally {
    shared?.close();
  }
}

async function executeOne(
  environment: RunEnvironment,
  request: RunMessage,
  snapshot: Snapshot | undefined,
): Promise<RunResult> {
  current = new TransactionRun(environment, request, snapshot);
  try {
    return await current.execute();
  } finally {
    current = null;
  }
}

async function runQueued(environment: RunEnvironment): Promise<void> {
  if (isRunning) return;
  isRunning = true;
  let results: RunResult[] = [];
  let flushed = monotonic();
  for (let request = queue.shift(); request !== undefined; request = queue.shift()) {
    results.push(await execute(environment, request));
    if (queue.length > 0 && results.length < FLUSH_RESULTS && monotonic() - flushed < FLUSH_MS) continue;
    send({ type: "results", results });
    results = [];
    flushed = monotonic();
  }
  isRunning = false;
  endIfWorn();
}

/** What functions keep in their modules from run to run adds up: another thread begins afresh. */
function endIfWorn(): void {
  if (monotonic() - measuredAt < MEASURE_MS) return;
  measuredAt = monotonic();
  const bytes = ownBytes();
  if (bytes > USER_GROWTH_BYTES) process.exit();
  send({ type: "memory", bytes });
}

/** What no run can be blamed for ends the thread; the main thread starts another and runs again what was lost. */
function endThread(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}

const environment = setup.code === null ? null : await load(setup.code);
parentPort?.on("message", (message: ToFunctionWorker) => {
  switch (message.type) {
    case "runs":
      queue.push(...message.runs);
      if (environment !== null) runQueued(environment).catch(endThread);
      return;
    case "env":
      environments.set(message.env);
      return;
    case "analyze":
      void analyze(message.request);
      return;
    default:
      message satisfies never;
  }
});
send({ type: "ready", thread: ownThread() });
