/** The real runtime on the real engine in a temporary folder, serving the fixtures bundled as the CLI bundles an app. */
import { build } from "esbuild";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Committer } from "../../../../embedded/engine/committer";
import { Functions, type FunctionsOptions } from "../../../../embedded/runtime/functions";
import type {
  AnalysisRequest,
  AnalysisResult,
  CodeVersion,
  ComponentCode,
  ModuleEnvironment,
  RunRequest,
} from "../../../../embedded/runtime/types";
import { FileStore } from "../../../../embedded/storage/file-store";
import { Store } from "../../../../embedded/storage/store";
import type { JSONValue, SchemaJson } from "../../../../embedded/storage/types";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const ROOT = path.resolve(HERE, "../../../..");
/** Below the repository, where the workers find lmdb. */
const BUILDS = path.join(ROOT, "dist", "runtime-test");

/** Builds the worker entries; the caller removes the folder. */
export async function buildWorkers(): Promise<string> {
  mkdirSync(BUILDS, { recursive: true });
  const outdir = mkdtempSync(path.join(BUILDS, "workers-"));
  const runtime = path.join(ROOT, "embedded/runtime");
  await build({
    entryPoints: readdirSync(runtime)
      .filter((file) => file.endsWith("-worker.ts"))
      .map((file) => path.join(runtime, file)),
    outdir,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
    sourcemap: true,
    logLevel: "warning",
  });
  return outdir;
}

/** Bundles a folder of function modules into `outdir` as the CLI does, and tells what to analyse. */
export async function bundleApp(appDir: string, outdir: string): Promise<AnalysisRequest> {
  const files = readdirSync(appDir).filter((file) => file.endsWith(".ts"));
  const isNode = (file: string) => readFileSync(path.join(appDir, file), "utf8").startsWith('"use node"');
  const modules: Record<string, ModuleEnvironment> = {};
  for (const environment of ["isolate", "node"] as const) {
    const result = await build({
      absWorkingDir: path.dirname(appDir),
      entryPoints: files
        .filter((file) => isNode(file) === (environment === "node"))
        .map((file) => path.join(appDir, file)),
      outdir,
      outbase: appDir,
      bundle: true,
      splitting: true,
      chunkNames: environment === "node" ? "_deps/node/[hash]" : "_deps/[hash]",
      platform: environment === "node" ? "node" : "browser",
      external: environment === "node" ? ["ws"] : [],
      format: "esm",
      target: "esnext",
      conditions: ["convex", "module"],
      keepNames: true,
      sourcemap: true,
      metafile: true,
      logLevel: "error",
    });
    for (const output of Object.keys(result.metafile.outputs)) {
      const module = path.relative(outdir, path.resolve(path.dirname(appDir), output));
      if (module.endsWith(".js")) modules[module] = environment;
    }
  }
  return { dir: outdir, modules, schema: "schema.js" in modules ? "schema.js" : null };
}

export type Harness = {
  functions: Functions;
  committer: Committer;
  code: CodeVersion;
  analysis: Extract<AnalysisResult, { ok: true }>;
  env: Record<string, string>;
  stop(): Promise<void>;
};

export async function startHarness(options: Partial<FunctionsOptions> = {}): Promise<Harness> {
  const workerDir = await buildWorkers();
  const dataDir = mkdtempSync(path.join(tmpdir(), "praxtalk-runtime-"));
  const store = await Store.open(path.join(dataDir, "db"));
  const committer = await Committer.open(store);
  const deployment = { name: "test-instance", cloudUrl: "http://cloud.test", siteUrl: "http://site.test" };
  const functions = await Functions.start({
    store,
    committer,
    files: await FileStore.create(path.join(dataDir, "files")),
    onFilesStored: () => undefined,
    dataDir,
    workerDir,
    projectDir: ROOT,
    deployment,
    onError: (error) => {
      throw error;
    },
    ...options,
  });
  const request = await bundleApp(path.join(HERE, "fixtures/app"), path.join(dataDir, "code/first"));
  const env = { GREETING: "hello" };
  const analysis = await functions.analyze(request, env);
  if (!analysis.ok) throw new Error(analysis.message);
  await committer.prepareSchema("", analysis.schema as unknown as SchemaJson);
  await committer.waitForSchema("", 10_000);
  await committer.activateSchema("");
  const code: CodeVersion = {
    hash: "first",
    components: { "": appCode(request, analysis) },
    systemDir: path.join(dataDir, "system"),
  };
  await functions.setCode(code, env);
  const stop = async () => {
    await functions.stop(1_000);
    await committer.close();
    await store.close();
    for (const dir of [dataDir, workerDir]) rmSync(dir, { recursive: true, force: true });
  };
  return { functions, committer, code, analysis, env, stop };
}

/** The app alone: every pushed module, chunks included, with what the analysis found in it. */
export function appCode(
  request: AnalysisRequest,
  analysis: Extract<AnalysisResult, { ok: true }>,
): ComponentCode {
  const modules = Object.fromEntries(
    Object.entries(request.modules).map(([module, environment]) => [
      module,
      { environment, functions: analysis.modules[module]?.functions ?? [] },
    ]),
  );
  const httpRoutes = analysis.modules["http.js"]?.httpRoutes ?? null;
  return { dir: request.dir, modules, httpRoutes, httpPrefix: null, httpMounts: {}, env: null };
}

/** A request of `path` with one object of arguments in Convex JSON. */
export function request(
  functionPath: string,
  args: JSONValue = {},
  more: Partial<RunRequest> = {},
): RunRequest {
  const [module = "", name = "default"] = functionPath.split(":");
  return {
    path: `${module}.js:${name}`,
    component: "",
    args: JSON.stringify([args]),
    identity: { kind: "none" },
    caller: "Tester",
    requestId: "test-request",
    allowInternal: false,
    ...more,
  };
}

/** Value of a successful outcome; throws the failure's text otherwise. */
export function valueOf(
  outcome: { ok: true; value: string } | { ok: false; failure: { message: string } },
): JSONValue {
  if (!outcome.ok) throw new Error(outcome.failure.message);
  return JSON.parse(outcome.value) as JSONValue;
}

/** Text of a failed outcome; throws if it succeeded. */
export function failureText(
  outcome: { ok: boolean } & ({ ok: true; value: string } | { ok: false; failure: { message: string } }),
): string {
  if (outcome.ok) throw new Error(`succeeded with ${outcome.value}`);
  return outcome.failure.message;
}
