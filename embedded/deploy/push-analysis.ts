/** From a parsed push to what would be deployed: merges unchanged modules, stores the bundle, evaluates it. */
import * as z from "zod";
import { AuthConfigError, parseProviders, type AuthProvider } from "../auth/providers";
import { parseSchema } from "../engine/schema";
import type { CronSpec } from "../runtime/cron-rows";
import type { Functions } from "../runtime/functions";
import type { AnalysisResult } from "../runtime/types";
import type { JSONValue, SchemaJson } from "../storage/types";
import { moduleSha256, type CodeStore } from "./code-store";
import { cronSpecsOf } from "./cron-specs";
import { asDeployError, DeployError, notSupportedYet } from "./deploy-error";
import type { DeployedCode } from "./deployed-code";
import type { ModuleConfig, StartPushRequest } from "./push-request";

const MAX_MODULES = 4096;
const MAX_CODE_BYTES = 230_000_000;

/** Evaluated code on disk, ready to be deployed. */
export type EvaluatedPush = {
  code: DeployedCode;
  dir: string;
  crons: CronSpec[];
  /** Null when the push has no schema file. */
  schema: SchemaJson | null;
};

export type PushSources = { functions: Functions; codeStore: CodeStore; deployed: DeployedCode | null };

/** Throws a DeployError when the push cannot be deployed; nothing but the code folder has changed then. */
export async function evaluatePush(
  request: StartPushRequest,
  env: Record<string, string>,
  { functions, codeStore, deployed }: PushSources,
): Promise<EvaluatedPush> {
  const app = request.appDefinition;
  if (request.componentDefinitions.length > 0 || app.dependencies.length > 0)
    throw notSupportedYet("components");
  const modules = await mergeModules(app, deployed, codeStore);
  const extras = [app.schema, app.definition].filter((module) => module !== null);
  const { hash, dir } = await codeStore.write([...modules, ...extras]);
  const environments = Object.fromEntries(modules.map(({ path, environment }) => [path, environment]));
  const analysis = await functions.analyze(
    {
      dir,
      modules: environments,
      schema: app.schema?.path ?? null,
      definition: app.definition?.path ?? null,
    },
    env,
  );
  if (!analysis.ok) throw new DeployError(analysis.code, `Hit an error while pushing:\n${analysis.message}`);
  refuseUnsupported(analysis);
  return {
    code: {
      hash,
      udfServerVersion: app.udfServerVersion,
      functionsDir: request.functions,
      nodeVersion: request.nodeVersion ?? null,
      modules: modules.map((module) => ({
        path: module.path,
        environment: module.environment,
        sha256: moduleSha256(module),
        functions: analysis.modules[module.path]?.functions ?? [],
        httpRoutes: analysis.modules[module.path]?.httpRoutes ?? null,
      })),
      authProviders: readProviders(analysis.authProviders),
    },
    dir,
    crons: cronSpecsOf(analysis.modules),
    schema: analysis.schema === null ? null : readSchema(analysis.schema),
  };
}

/** The CLI leaves out what it knows to be deployed already; those sources come from the deployed version. */
async function mergeModules(
  app: StartPushRequest["appDefinition"],
  deployed: DeployedCode | null,
  codeStore: CodeStore,
): Promise<ModuleConfig[]> {
  const known = new Map(deployed?.modules.map((module) => [module.path, module]));
  const merged = new Map<string, ModuleConfig>();
  const add = (module: ModuleConfig) => {
    if (merged.has(module.path))
      throw new DeployError("InvalidConfig", `Module ${module.path} was pushed twice.`);
    merged.set(module.path, module);
  };
  app.changedModules.forEach(add);
  for (const { path, environment, sha256 } of app.unchangedModuleHashes) {
    const old = known.get(path);
    if (!deployed || old?.sha256 !== sha256 || old.environment !== environment) {
      throw new DeployError("RaceDetected", `Module ${path} changed during push`);
    }
    add({ path, environment, ...(await codeStore.readModule(deployed.hash, path)) });
  }
  checkSizes([...merged.values()]);
  return [...merged.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function checkSizes(modules: ModuleConfig[]): void {
  if (modules.length > MAX_MODULES) {
    throw new DeployError(
      "TooManyModules",
      `Too many modules (${modules.length} > maximum number ${MAX_MODULES})`,
    );
  }
  const bytes = modules.reduce(
    (sum, module) => sum + module.source.length + (module.sourceMap?.length ?? 0),
    0,
  );
  if (bytes > MAX_CODE_BYTES) {
    throw new DeployError(
      "ModulesTooLarge",
      `The code is too large (${bytes} > maximum size ${MAX_CODE_BYTES} bytes)`,
    );
  }
}

const stagedValidators = z.object({ tables: z.array(z.object({ stagedDocumentType: z.unknown() })) });

function readSchema(exported: JSONValue): SchemaJson {
  const staged = stagedValidators.safeParse(exported);
  if (staged.data?.tables.some((table) => table.stagedDocumentType))
    throw notSupportedYet("staged validators");
  try {
    return parseSchema(exported);
  } catch (error) {
    throw asDeployError(error);
  }
}

function readProviders(exported: JSONValue[]): AuthProvider[] {
  try {
    return parseProviders(exported);
  } catch (error) {
    if (!(error instanceof AuthConfigError)) throw error;
    throw new DeployError(error.code, `Hit an error while pushing:\n${error.message}`);
  }
}

const definitionExport = z.object({
  childComponents: z.array(z.unknown()).optional(),
  httpPrefix: z.string().optional(),
  envVars: z.array(z.unknown()).optional(),
});

function refuseUnsupported(analysis: AnalysisResult & { ok: true }): void {
  if (analysis.definition !== null) refuseDefinition(analysis.definition);
}

function refuseDefinition(definition: JSONValue): void {
  const { childComponents = [], httpPrefix, envVars = [] } = definitionExport.parse(definition);
  if (childComponents.length > 0) throw notSupportedYet("components");
  if (httpPrefix !== undefined) throw notSupportedYet("httpPrefix (convex.config.ts)");
  if (envVars.length > 0) throw notSupportedYet("declared environment variables (convex.config.ts)");
}
