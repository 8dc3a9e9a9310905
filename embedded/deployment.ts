/** One Convex deployment: every layer opened in order, and closed in the reverse one. */
import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { TokenVerifier } from "./auth/token-verifier";
import { CodeStore } from "./deploy/code-store";
import { DeploymentStateStore, type DeploymentState } from "./deploy/deployment-state";
import { EnvironmentStore } from "./deploy/environment-store";
import { ExecutionLog } from "./deploy/execution-log";
import { openInstance, type Instance } from "./deploy/instance";
import { asPortError, choosePort, PortError } from "./deploy/ports";
import { Pushes } from "./deploy/pushes";
import { deployRoutes } from "./deploy/routes";
import { openSnapshots, type Snapshots } from "./deploy/snapshots/snapshots";
import { Committer } from "./engine/committer";
import { startHttp, type HttpListeners } from "./http/server";
import { Operation } from "./operation/operation";
import { Functions } from "./runtime/functions";
import type { ExecutionRecord } from "./runtime/types";
import { Crons } from "./scheduler/crons";
import { Retention } from "./scheduler/retention";
import { FileRemoval } from "./scheduler/file-removal";
import { Scheduler } from "./scheduler/scheduler";
import { FileStore } from "./storage/file-store";
import { Store } from "./storage/store";
import { LiveQueries } from "./sync/live-queries";

export type DeploymentSettings = {
  host: string;
  /** 0 takes any free port. */
  apiPort: number;
  sitePort: number;
  dataDir: string;
  /** Folder of the built worker entries; the system functions lie in `system/` below it. */
  distDir: string;
  /** Folder from which "use node" modules resolve packages. */
  projectDir: string;
  /** Origins that clients see, where they are not `http://host:port`. */
  publicUrls: { api: string | null; site: string | null };
  trustedProxies: string[];
  /** Shared with the web server of the same instance. */
  proxySecret: string | null;
  redactErrors: boolean;
  /** Room for results of queries that nobody watches, in bytes; 0 keeps none. Undefined: the default. */
  queryCacheBytes: number | undefined;
  /** Largest file that may be uploaded, bytes; undefined: none is too large. */
  maxFileBytes: number | undefined;
  /** How many connections both ports take together; undefined: the default. */
  maxConnections: number | undefined;
  /** How many actions may run at once; undefined: the defaults. */
  limits: { maxActions: number | undefined; maxNodeActions: number | undefined };
  onExecution: (record: ExecutionRecord) => void;
  /** Failures of the deployment itself. */
  onError: (error: unknown) => void;
  /** The database takes no more writes (disk full, I/O error): only a new start can help. */
  onStoreFailure: (error: Error) => void;
};

export type Deployment = {
  /** Where it listens, as this machine reaches it; its public addresses may differ. */
  listening: { api: string; site: string };
  /** Lets what runs finish for at most `graceMs`, then closes everything. */
  stop(graceMs: number): Promise<void>;
};

type Ports = { api: number; site: number };
type Urls = { api: string; site: string };

/** What is open so far, closed last first; also when a later step of the start fails. */
class OpenParts {
  readonly #closers: ((graceMs: number) => Promise<void> | void)[] = [];

  add(close: (graceMs: number) => Promise<void> | void): void {
    this.#closers.push(close);
  }

  /** `graceMs` is for all of them together. */
  async close(graceMs: number): Promise<void> {
    const deadline = performance.now() + graceMs;
    for (let close = this.#closers.pop(); close !== undefined; close = this.#closers.pop())
      await close(Math.max(0, deadline - performance.now()));
  }
}

/** A free port that was looked up may be taken by somebody else before it is used; then another one is tried. */
const FREE_PORT_ATTEMPTS = 5;

/** Throws what stands in the way: a taken port, a folder that is not writable, another instance on it. */
export async function startDeployment(settings: DeploymentSettings): Promise<Deployment> {
  const mayChoose = settings.apiPort === 0 || settings.sitePort === 0;
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnPorts(settings);
    } catch (error) {
      const isLastAttempt = !mayChoose || attempt === FREE_PORT_ATTEMPTS;
      if (isLastAttempt || !(error instanceof PortError)) throw error;
    }
  }
}

async function startOnPorts(settings: DeploymentSettings): Promise<Deployment> {
  const ports = {
    api: await choosePort(settings.host, settings.apiPort),
    site: await choosePort(settings.host, settings.sitePort),
  };
  const listening = { api: origin(settings.host, ports.api), site: origin(settings.host, ports.site) };
  const urls = {
    api: settings.publicUrls.api ?? listening.api,
    site: settings.publicUrls.site ?? listening.site,
  };
  const parts = new OpenParts();
  try {
    await startParts(settings, ports, urls, parts);
  } catch (error) {
    await parts.close(0);
    throw asPortError(error);
  }
  return { listening, stop: (graceMs) => parts.close(graceMs) };
}

async function startParts(
  settings: DeploymentSettings,
  ports: Ports,
  urls: Urls,
  parts: OpenParts,
): Promise<void> {
  const { dataDir, distDir, onError } = settings;
  await mkdir(dataDir, { recursive: true });
  const store = await Store.open(path.join(dataDir, "db"));
  parts.add(() => store.close());
  const instance = await openInstance(dataDir);
  // Made once what it watches is there; what is written before is not counted.
  let operation: Operation | null = null;
  const committer = await Committer.open(store, {
    onFailure: settings.onStoreFailure,
    onListenerError: onError,
    onWrite: (write) => operation?.wrote(write),
  });
  parts.add(() => committer.close());
  const files = await FileStore.create(path.join(dataDir, "files"));
  const fileRemoval = new FileRemoval({ committer, files, onError });
  const functions = await Functions.start({
    store,
    committer,
    files,
    onFilesStored: (keys) => fileRemoval.removeUnowned(keys),
    dataDir,
    workerDir: distDir,
    projectDir: settings.projectDir,
    deployment: { name: instance.name, cloudUrl: urls.api, siteUrl: urls.site },
    onError,
    limits: settings.limits,
  });
  parts.add((graceMs) => functions.stop(graceMs));
  const liveQueries = new LiveQueries({ functions, committer, cacheBytes: settings.queryCacheBytes });
  parts.add(() => liveQueries.close());
  operation = new Operation({ dataDir, store, fileRemoval, committer, functions, liveQueries });
  fileRemoval.start();
  parts.add(() => fileRemoval.stop());
  const instanceName = instance.name;
  const snapshots = await openSnapshots({ committer, files, fileRemoval, dataDir, instanceName, onError });
  parts.add(() => snapshots.stop());

  const newRequestId = () => randomBytes(8).toString("hex");
  const work = { committer, functions, now: Date.now, newRequestId, onError };
  const scheduler = new Scheduler(work);
  const background = [scheduler, new Crons(work)];
  const served = {
    ports,
    urls,
    instance,
    committer,
    files,
    fileRemoval,
    functions,
    liveQueries,
    snapshots,
    operation,
    background,
    parts,
  };
  const http = await startListeners(settings, served);
  for (const part of background) {
    part.start();
    parts.add(() => part.stop());
  }
  operation.started(http, scheduler);
  const retention = new Retention({ committer, now: Date.now, onError });
  retention.start();
  parts.add(() => retention.stop());
}

type ServedParts = {
  ports: Ports;
  urls: Urls;
  instance: Instance;
  committer: Committer;
  files: FileStore;
  fileRemoval: FileRemoval;
  functions: Functions;
  liveQueries: LiveQueries;
  operation: Operation;
  /** What runs functions of itself. */
  background: { setPaused(isPaused: boolean): void }[];
  snapshots: Snapshots;
  parts: OpenParts;
};

/** Serves what was deployed before the last stop, and takes new pushes. */
async function startListeners(settings: DeploymentSettings, served: ServedParts): Promise<HttpListeners> {
  const { ports, urls, instance, committer, files, functions, liveQueries, snapshots, operation, parts } =
    served;
  const log = new ExecutionLog<ExecutionRecord>(Date.now, charactersOf);
  functions.onExecution((record) => {
    // The CLI's own questions are no part of the app's log.
    if (record.identifier.startsWith("_system/")) return;
    log.append(record);
    settings.onExecution(record);
  });
  const environment = new EnvironmentStore(committer);
  const tokens = new TokenVerifier({ redact: settings.redactErrors, now: Date.now });
  const pushes = new Pushes({
    committer,
    functions,
    codeStore: new CodeStore(settings.dataDir),
    environment,
    fileRemoval: served.fileRemoval,
    systemDir: path.join(settings.distDir, "system"),
    onDeployed: ({ authProviders }) => {
      tokens.setProviders(authProviders);
      liveQueries.invalidateAll();
    },
  });
  const state = new DeploymentStateStore(committer);
  const pause = (isPaused: boolean) => {
    functions.setPaused(isPaused);
    for (const part of served.background) part.setPaused(isPaused);
  };
  const setUrls = ({ cloudUrl, siteUrl }: DeploymentState) =>
    functions.setUrls({ cloudUrl: cloudUrl ?? urls.api, siteUrl: siteUrl ?? urls.site }, environment.all());
  await pushes.restore();
  pause(state.current.isPaused);
  let known = state.current;
  if (known.cloudUrl !== null || known.siteUrl !== null) await setUrls(known);
  const onStateChanged = async (changed: DeploymentState) => {
    pause(changed.isPaused);
    if (changed.cloudUrl !== known.cloudUrl || changed.siteUrl !== known.siteUrl) await setUrls(changed);
    known = changed;
    liveQueries.invalidateAll();
  };
  const onEnvironmentChanged = (variables: Record<string, string>) => {
    functions.setEnv(variables);
    liveQueries.invalidateAll();
  };
  const http = await startHttp({
    host: settings.host,
    apiPort: ports.api,
    sitePort: ports.site,
    functions,
    liveQueries,
    committer,
    files,
    maxFileBytes: settings.maxFileBytes ?? null,
    adminKey: instance.adminKey,
    instanceName: instance.name,
    tokens,
    redact: settings.redactErrors,
    trustedProxies: settings.trustedProxies,
    proxySecret: settings.proxySecret,
    maxConnections: settings.maxConnections,
    deployRoutes: [
      ...deployRoutes({
        committer,
        pushes,
        environment,
        log,
        publicUrls: urls,
        state,
        onEnvironmentChanged,
        onStateChanged,
      }),
      ...snapshots.routes,
      ...operation.routes,
    ],
    onAnswered: (answer) => operation.answered(answer),
    onError: settings.onError,
  });
  parts.add((graceMs) => http.stop(graceMs));
  return http;
}

/** Of its console lines, which are all that can be long. */
function charactersOf({ logLines }: ExecutionRecord): number {
  return logLines.flatMap(({ messages }) => messages).reduce((sum, { length }) => sum + length, 0);
}

/** A wildcard host is no address to connect to: this machine then reaches itself by its own name. */
function origin(host: string, port: number): string {
  if (host === "0.0.0.0" || host === "::") return `http://localhost:${port}`;
  const literal = host.includes(":") ? `[${host}]` : host;
  return `http://${literal}:${port}`;
}
