/** What a push needs to know of the pushed modules, found by evaluating them. Worker side. */
import type { JSONValue } from "../storage/types";
import { failureOf, type SourceMaps } from "./failure";
import { analyzeExport, isDependency } from "./function-table";
import type { ModuleLoader, ModuleNamespace } from "./module-loader";
import type {
  AnalysisRequest,
  AnalyzedModule,
  FunctionAnalysis,
  HttpRoute,
  ModuleEnvironment,
} from "./types";
import type { WorkerAnalysis } from "./worker-messages";

/** A module that cannot be deployed; the text is for the developer. */
class AnalysisError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

const AUTH_CONFIG = "auth.config.js";

/** Evaluates the modules of one environment; definition, schema and auth config belong to the isolate. */
export async function analyzeModules(
  request: AnalysisRequest,
  environment: ModuleEnvironment,
  loader: ModuleLoader,
  maps: SourceMaps,
): Promise<WorkerAnalysis> {
  let evaluating = "";
  const load = (path: string) => {
    evaluating = path;
    return loader.load("user", path);
  };
  try {
    const modules: Record<string, AnalyzedModule> = {};
    let authProviders: JSONValue[] = [];
    for (const path of modulePaths(request, environment)) {
      const namespace = await load(path);
      if (path === AUTH_CONFIG) authProviders = providersOf(namespace);
      else modules[path] = analyzeModule(path, environment, namespace);
    }
    const isolate = environment === "isolate";
    const definition = isolate && request.definition ? exportOf(await load(request.definition)) : null;
    const schema = isolate && request.schema ? exportOf(await load(request.schema)) : null;
    return { ok: true, modules, definition, schema, authProviders };
  } catch (error) {
    if (error instanceof AnalysisError) return { ok: false, code: error.code, message: error.message };
    const { message } = failureOf(error, maps);
    return {
      ok: false,
      code: "InvalidModules",
      message: `Failed to analyze ${evaluating}: ${message.trimEnd()}`,
    };
  }
}

function modulePaths(request: AnalysisRequest, environment: ModuleEnvironment): string[] {
  return Object.entries(request.modules)
    .filter(([path, moduleEnvironment]) => moduleEnvironment === environment && !isDependency(path))
    .map(([path]) => path)
    .filter((path) => path !== request.definition && path !== request.schema)
    .sort();
}

function analyzeModule(
  path: string,
  environment: ModuleEnvironment,
  namespace: ModuleNamespace,
): AnalyzedModule {
  const functions: FunctionAnalysis[] = [];
  for (const [name, exported] of Object.entries(namespace)) {
    const analysis = analyzeExport(name, exported);
    if (analysis === null) continue;
    if (environment === "node" && analysis.udfType !== "Action") {
      throw new AnalysisError(
        "InvalidModules",
        `\`${name}\` defined in \`${path}\` is a ${analysis.udfType} function. Only actions can be defined in Node.js. ` +
          "See https://docs.convex.dev/functions/actions for more details.",
      );
    }
    functions.push(analysis);
  }
  return {
    environment,
    functions,
    httpRoutes: path === "http.js" ? httpRoutesOf(namespace) : null,
    cronSpecs: path === "crons.js" ? cronSpecsOf(namespace) : null,
  };
}

type Router = { isRouter?: boolean; getRoutes?: () => [string, string, unknown][] };

function httpRoutesOf(namespace: ModuleNamespace): HttpRoute[] {
  const router = namespace.default as Router | undefined;
  if (router?.isRouter !== true || router.getRoutes === undefined) {
    throw new AnalysisError("InvalidModules", "The default export of `convex/http.js` is not a Router.");
  }
  return router.getRoutes().map(([path, method]) => ({ path, method }));
}

function cronSpecsOf(namespace: ModuleNamespace): Record<string, JSONValue> {
  const crons = namespace.default as { isCrons?: boolean; crons?: Record<string, JSONValue> } | undefined;
  if (crons?.isCrons !== true) {
    throw new AnalysisError(
      "InvalidModules",
      "The default export of `convex/crons.js` is not a Crons object.",
    );
  }
  return asJson(crons.crons ?? {}) as Record<string, JSONValue>;
}

function providersOf(namespace: ModuleNamespace): JSONValue[] {
  const config = namespace.default as { providers?: unknown } | undefined;
  if (!Array.isArray(config?.providers)) {
    throw new AnalysisError(
      "InvalidAuthConfig",
      "auth config file must default-export an object with `providers`.",
    );
  }
  return asJson(config.providers) as JSONValue[];
}

/** `defineSchema` exports JSON text, `defineApp` an object. */
function exportOf(namespace: ModuleNamespace): JSONValue {
  const { export: exported } = (namespace.default ?? {}) as { export?: () => unknown };
  if (exported === undefined) {
    throw new AnalysisError("InvalidModules", "Schema and app definition files must have a default export.");
  }
  const value = (namespace.default as { export: () => unknown }).export();
  return typeof value === "string" ? (JSON.parse(value) as JSONValue) : asJson(value);
}

function asJson(value: unknown): JSONValue {
  return JSON.parse(JSON.stringify(value)) as JSONValue;
}
