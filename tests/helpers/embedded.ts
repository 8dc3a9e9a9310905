/** Real backend processes for tests: built from the sources as they are now, each on ports and data of its own. */
import { spawn, type ChildProcess } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { makeFunctionReference } from "convex/server";

export const REPOSITORY = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const CONVEX_CLI = path.join(REPOSITORY, "node_modules/convex/bin/main.js");
const TEST_BUILDS = path.join(REPOSITORY, "dist", "embedded-test");
const UNUSED_BUILD_MS = 60 * 60 * 1000;
const START_TIMEOUT_MS = 30_000;

export type BackendOptions = {
  /** Made, and removed by stop(), when not given. */
  dataDir?: string;
  env?: Record<string, string>;
  port?: number;
  sitePort?: number;
};

export type CliResult = { code: number | null; stdout: string; stderr: string; output: string };

export type Backend = {
  readonly url: string;
  readonly siteUrl: string;
  readonly adminKey: string;
  readonly dataDir: string;
  readonly pid: number;
  /** Everything the process printed so far. */
  output(): string;
  /** Runs the official CLI against this backend in `projectDir`; never rejects for a failing command. */
  cli(projectDir: string, args: string[], options?: { input?: string }): Promise<CliResult>;
  /** Pushes `<projectDir>/convex` by `convex deploy`, without codegen and typecheck; throws when it is refused. */
  push(projectDir: string): Promise<void>;
  /** SIGTERM; resolves with the exit code. Removes a data folder that startBackend made. */
  stop(): Promise<number | null>;
  /** SIGKILL; the data folder stays. */
  kill9(): Promise<void>;
  /** Starts again on the same data folder and ports, after kill9() or in place of the running process. */
  restart(): Promise<void>;
};

/** Builds embedded/ when no build of exactly these sources is there. Returns the folder with main.js. */
export async function embeddedBuild(): Promise<string> {
  const { buildEmbedded, embeddedSourceHash } = (await import(
    path.join(REPOSITORY, "scripts/build-embedded.mjs")
  )) as { buildEmbedded: (outdir: string) => Promise<string>; embeddedSourceHash: () => string };
  removeUnusedBuilds();
  // One folder per state of the sources: a rebuild never pulls the files from under a running backend.
  return buildEmbedded(path.join(TEST_BUILDS, embeddedSourceHash().slice(0, 16)));
}

function removeUnusedBuilds(): void {
  if (!existsSync(TEST_BUILDS)) return;
  for (const name of readdirSync(TEST_BUILDS)) {
    const folder = path.join(TEST_BUILDS, name);
    const age = Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > UNUSED_BUILD_MS) rmSync(folder, { recursive: true, force: true });
  }
}

type RunningProcess = { child: ChildProcess; output: () => string; exited: Promise<number | null> };

/**
 * Spawns main.js and collects what it prints; `exited` resolves with the exit code (null after a signal). `maxFileKiB`
 * bounds each file that the process writes.
 */
export function spawnEmbedded(
  buildDir: string,
  env: Record<string, string>,
  { uid, maxFileKiB }: { uid?: number; maxFileKiB?: number } = {},
): RunningProcess {
  const main = path.join(buildDir, "main.js");
  const limited = `ulimit -f ${maxFileKiB} && exec "$0" "$@"`; // in KiB: bash counts so, where sh may not
  const [command, args] =
    maxFileKiB === undefined ? [process.execPath, [main]] : ["bash", ["-c", limited, process.execPath, main]];
  const child = spawn(command, args, {
    cwd: REPOSITORY,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    ...(uid === undefined ? {} : { uid }),
  });
  let text = "";
  const collect = (chunk: Buffer) => (text += chunk.toString());
  child.stdout?.on("data", collect);
  child.stderr?.on("data", collect);
  const exited = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  return { child, output: () => text, exited };
}

/** Resolves with the addresses of the ready line; rejects with the output when the process ends before it. */
export function ready(running: RunningProcess): Promise<{ convex: string; site: string }> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`The backend ${why}:\n${running.output()}`));
    const timer = setTimeout(() => fail("did not become ready"), START_TIMEOUT_MS);
    const { stdout } = running.child;
    if (stdout === null) return fail("has no stdout");
    const lines = createInterface({ input: stdout });
    lines.on("line", (line) => {
      if (!line.startsWith("ready ")) return;
      clearTimeout(timer);
      resolve(JSON.parse(line.slice("ready ".length)) as { convex: string; site: string });
    });
    void running.exited.then((code) => {
      clearTimeout(timer);
      fail(`ended with code ${code}`);
    });
  });
}

export async function startBackend(options: BackendOptions = {}): Promise<Backend> {
  const buildDir = await embeddedBuild();
  const dataDir = options.dataDir ?? mkdtempSync(path.join(tmpdir(), "praxtalk-test-"));
  const environment = (port: number, sitePort: number): Record<string, string> => ({
    HOST: "127.0.0.1",
    CONVEX_PORT: String(port),
    CONVEX_SITE_PORT: String(sitePort),
    PRAXTALK_DATA_DIR: dataDir,
    PRAXTALK_CONVEX_URL: "",
    PRAXTALK_SITE_URL: "",
    PRAXTALK_REDACT_ERRORS: "0",
    ...options.env,
  });
  let running = spawnEmbedded(buildDir, environment(options.port ?? 0, options.sitePort ?? 0));
  const { convex: url, site: siteUrl } = await ready(running);
  const adminKey = readFileSync(path.join(dataDir, "admin.key"), "utf8").trim();

  const stopProcess = async () => {
    running.child.kill("SIGTERM");
    return running.exited;
  };
  const kill9 = async () => {
    running.child.kill("SIGKILL");
    await running.exited;
  };
  const runCli: Backend["cli"] = (projectDir, args, { input } = {}) =>
    runConvexCli(projectDir, args, { url, adminKey }, input);
  return {
    url,
    siteUrl,
    adminKey,
    dataDir,
    get pid() {
      return running.child.pid ?? -1;
    },
    output: () => running.output(),
    cli: runCli,
    push: async (projectDir) => {
      const result = await runCli(projectDir, ["deploy", "--typecheck", "disable", "--codegen", "disable"]);
      if (result.code !== 0) throw new Error(`The push was refused:\n${result.output}`);
    },
    stop: async () => {
      const code = await stopProcess();
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
      return code;
    },
    kill9,
    restart: async () => {
      await stopProcess();
      running = spawnEmbedded(
        buildDir,
        environment(Number(new URL(url).port), Number(new URL(siteUrl).port)),
      );
      await ready(running);
    },
  };
}

/** The official CLI as a user runs it; its own settings in the environment are replaced by this backend's. */
export function runConvexCli(
  projectDir: string,
  args: string[],
  backend: { url: string; adminKey: string },
  input = "",
): Promise<CliResult> {
  const { CONVEX_DEPLOYMENT: _deployment, CONVEX_DEPLOY_KEY: _key, ...inherited } = process.env;
  const child = spawn(process.execPath, [CONVEX_CLI, ...args], {
    cwd: projectDir,
    env: {
      ...inherited,
      CONVEX_SELF_HOSTED_URL: backend.url,
      CONVEX_SELF_HOSTED_ADMIN_KEY: backend.adminKey,
      CI: "1",
      NO_COLOR: "1",
    },
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.end(input);
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) => {
    child.once("close", (code) => resolve({ code, stdout, stderr, output: stdout + stderr }));
  });
}

export type ConvexProject = {
  readonly dir: string;
  /** Writes `convex/<name>` for each entry; null removes the file. */
  write(files: Record<string, string | null>): void;
  read(name: string): string;
  remove(): void;
};

/** A Convex app in a folder of its own, with the repository's packages. */
export function convexProject(files: Record<string, string>): ConvexProject {
  const dir = mkdtempSync(path.join(tmpdir(), "praxtalk-project-"));
  writeFileSync(
    path.join(dir, "package.json"),
    JSON.stringify({ name: "fixture", type: "module", dependencies: { convex: "*" } }),
  );
  symlinkSync(path.join(REPOSITORY, "node_modules"), path.join(dir, "node_modules"));
  const fileOf = (name: string) => path.join(dir, "convex", name);
  const project: ConvexProject = {
    dir,
    write: (changes) => {
      for (const [name, text] of Object.entries(changes)) {
        mkdirSync(path.dirname(fileOf(name)), { recursive: true });
        if (text === null) rmSync(fileOf(name), { force: true });
        else writeFileSync(fileOf(name), text);
      }
    },
    read: (name) => readFileSync(fileOf(name), "utf8"),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
  project.write(files);
  return project;
}

/** Functions of fixtures by name, `module:export`: they have no generated api. */
export const query = (name: string) => makeFunctionReference<"query">(name);
export const mutation = (name: string) => makeFunctionReference<"mutation">(name);
export const action = (name: string) => makeFunctionReference<"action">(name);
