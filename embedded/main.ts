/**
 * Runs one embedded deployment as a process. Settings come from the environment; the line `ready {…}` on stdout says
 * that it serves. Function logs go to stdout, its own failures to stderr. SIGINT and SIGTERM stop it with exit code 0;
 * what keeps it from starting is one sentence on stderr and exit code 1.
 */
import path from "node:path";
import { fileURLToPath } from "node:url";
import { PortError } from "./deploy/ports";
import { errorJson, executionJson } from "./deploy/execution-json";
import { executionText } from "./deploy/terminal-log";
import { startDeployment, type DeploymentSettings } from "./deployment";
import type { ExecutionRecord } from "./runtime/types";
import { isAddressRange } from "./http/client-address";
import { DamagedDatabaseError, DataDirLockedError } from "./storage/store";

const OLDEST_NODE = [20, 19] as const;
/** What runs at a stop may take this long to finish. */
const STOP_GRACE_MS = 5_000;
/** Function logs are written together this often, so that a busy deployment does not wait for its terminal. */
const LOG_FLUSH_MS = 20;

class SettingError extends Error {}

function readSettings(env: NodeJS.ProcessEnv): DeploymentSettings {
  const isJson = readLogFormat(env) === "json";
  const distDir = path.dirname(fileURLToPath(import.meta.url));
  return {
    host: env["HOST"] || "127.0.0.1",
    apiPort: readPort(env, "CONVEX_PORT", 3210),
    sitePort: readPort(env, "CONVEX_SITE_PORT", 3211),
    dataDir: path.resolve(env["PRAXTALK_DATA_DIR"] || ".praxtalk"),
    distDir,
    projectDir: process.cwd(),
    publicUrls: {
      api: readOrigin(env, "PRAXTALK_CONVEX_URL"),
      site: readOrigin(env, "PRAXTALK_SITE_URL"),
    },
    trustedProxies: readRanges(env, "PRAXTALK_TRUSTED_PROXIES"),
    proxySecret: env["PRAXTALK_PROXY_SECRET"] || null,
    redactErrors: env["PRAXTALK_REDACT_ERRORS"] === "1",
    queryCacheBytes: readMegabytes(env, "PRAXTALK_QUERY_CACHE_MB"),
    maxFileBytes: readMegabytes(env, "PRAXTALK_MAX_FILE_MB"),
    maxConnections: readCount(env, "PRAXTALK_MAX_CONNECTIONS"),
    limits: {
      maxActions: readCount(env, "PRAXTALK_MAX_ACTIONS"),
      maxNodeActions: readCount(env, "PRAXTALK_MAX_NODE_ACTIONS"),
    },
    onExecution: isJson ? logLine(executionJson) : logLine(executionText),
    onError: isJson ? reportErrorAsJson : reportError,
    onStoreFailure: endWithoutStore,
  };
}

function readPort(env: NodeJS.ProcessEnv, name: string, fallback: number): number {
  const text = env[name];
  if (text === undefined || text === "") return fallback;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new SettingError(`${name} must be a port number from 0 to 65535, not "${text}".`);
}

function readMegabytes(env: NodeJS.ProcessEnv, name: string): number | undefined {
  const text = env[name];
  if (text === undefined || text === "") return undefined;
  if (/^\d{1,6}$/.test(text)) return Number(text) * 1024 * 1024;
  throw new SettingError(`${name} must be a number of megabytes, not "${text}".`);
}

function readCount(env: NodeJS.ProcessEnv, name: string): number | undefined {
  const text = env[name];
  if (text === undefined || text === "") return undefined;
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new SettingError(`${name} must be a number above 0, not "${text}".`);
}

function readLogFormat(env: NodeJS.ProcessEnv): "text" | "json" {
  const text = env["PRAXTALK_LOG_FORMAT"] || "text";
  if (text === "text" || text === "json") return text;
  throw new SettingError(`PRAXTALK_LOG_FORMAT must be text or json, not "${text}".`);
}

function readOrigin(env: NodeJS.ProcessEnv, name: string): string | null {
  const text = env[name];
  if (text === undefined || text === "") return null;
  if (URL.canParse(text) && /^https?:/.test(text)) return text.replace(/\/+$/, "");
  throw new SettingError(`${name} must be an address that begins with http:// or https://, not "${text}".`);
}

function readRanges(env: NodeJS.ProcessEnv, name: string): string[] {
  const ranges = (env[name] ?? "").split(/[\s,]+/).filter((range) => range !== "");
  const bad = ranges.find((range) => !isAddressRange(range));
  if (bad === undefined) return ranges;
  throw new SettingError(`${name}: "${bad}" is not an address or a range like 10.0.0.0/8.`);
}

const logBuffer: string[] = [];

function logLine(format: (record: ExecutionRecord) => string): (record: ExecutionRecord) => void {
  return (record) => {
    if (logBuffer.length === 0) setTimeout(flushLogs, LOG_FLUSH_MS);
    logBuffer.push(format(record));
  };
}

function flushLogs(): void {
  if (logBuffer.length > 0) process.stdout.write(`${logBuffer.splice(0).join("\n")}\n`);
}

function reportError(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
}

function reportErrorAsJson(error: unknown): void {
  process.stderr.write(`${errorJson(error, Date.now())}\n`);
}

/** What was acknowledged is on disk; whoever waits for more sees the connection end and tries again after a new start. */
function endWithoutStore(error: Error): void {
  flushLogs();
  refuse(
    `The database in ${process.env["PRAXTALK_DATA_DIR"] || ".praxtalk"} takes no more writes (${error.message}). Stopping.`,
  );
}

/** The sentence that a person needs when the start failed for a reason of theirs; null for a bug of ours. */
function refusal(error: unknown, dataDir: string): string | null {
  if (error instanceof SettingError || error instanceof PortError) return error.message;
  if (error instanceof DamagedDatabaseError) return error.message;
  if (error instanceof DataDirLockedError)
    return `Another instance is already running on the data folder ${dataDir}.`;
  if (!(error instanceof Error)) return null;
  const code = "code" in error ? error.code : undefined;
  switch (code) {
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return `The data folder ${dataDir} is not writable.`;
    case "EEXIST":
    case "ENOTDIR":
      return `The data folder ${dataDir} cannot be made: there is a file in its place.`;
    case "ENOSPC":
      return `There is no space left on the disk of the data folder ${dataDir}.`;
    default:
      return null;
  }
}

function isNodeTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
}

function refuse(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

async function main(): Promise<void> {
  if (isNodeTooOld(process.versions.node)) {
    refuse(`Node.js ${OLDEST_NODE.join(".")} or newer is needed; this is ${process.versions.node}.`);
  }
  // A reader of the logs that went away is no reason to stop serving.
  process.stdout.on("error", () => undefined);
  process.stderr.on("error", () => undefined);
  let dataDir = "";
  try {
    const settings = readSettings(process.env);
    dataDir = settings.dataDir;
    const deployment = await startDeployment(settings);
    let isStopping = false;
    const stop = () => {
      if (isStopping) return;
      isStopping = true;
      deployment.stop(STOP_GRACE_MS).then(
        () => {
          flushLogs();
          process.exit(0);
        },
        (error: unknown) => {
          reportError(error);
          process.exit(1);
        },
      );
    };
    process.on("SIGTERM", stop);
    process.on("SIGINT", stop);
    // Started with a message channel, this process ends with its parent, however that ended.
    process.on("disconnect", stop);
    const { api, site } = deployment.listening;
    process.stdout.write(`ready ${JSON.stringify({ convex: api, site, dataDir })}\n`);
  } catch (error) {
    const sentence = refusal(error, dataDir);
    if (sentence !== null) refuse(sentence);
    reportError(error);
    process.exit(1);
  }
}

await main();
