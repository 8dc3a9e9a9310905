/** What a push needs to know of the pushed modules, found by evaluating them. Worker side. */
import type { JSONValue } from "../storage/types";
import { AnalysisError } from "./analysis-error";
import type { AuthConfigGuard } from "./auth-config-guard";
import { failureOf, SourceMaps } from "./failure";
import { APP } from "./component-path";
import { analyzeExport, isDependency } from "./function-table";
import { rootOf, type ModuleLoader, type ModuleLoaderOptions, type ModuleNamespace } from "./module-loader";
import type {
  AnalysisRequest,
  AnalyzedBundle,
  AnalyzedModule,
  CodeBundle,
  FunctionAnalysis,
  HttpRoute,
  ModuleEnvironment,
} from "./types";
import type { WorkerAnalysis } from "./worker-messages";

const AUTH_CONFIG = "auth.config.js";

type MakeLoader = (options: Pick<ModuleLoaderOptions, "roots" | "definitionOf">) => ModuleLoader;

/**
 * Evaluates the modules of one environment; definitions, schemas and auth config belong to the isolate. `onBundle` is told
 * whose modules are evaluated next, for their environment. Components are evaluated before what uses them.
 */
export async function analyzeModules(
  request: AnalysisRequest,
  environment: ModuleEnvironment,
  makeLoader: MakeLoader,
  onBundle: (bundle: { component: string; dir: string }) => void,
  authConfigGuard: AuthConfigGuard,
): Promise<WorkerAnalysis> {
  const bundles: [string, CodeBundle][] = [...Object.entries(request.components ?? {}), [APP, request]];
  const roots = Object.fromEntries(bundles.map(([path, { dir }]) => [rootOf(path), dir]));
  const definitions = new Map<string, ModuleNamespace>();
  const loader = makeLoader({ roots, definitionOf: (encodedPath) => definitions.get(encodedPath) ?? null });
  const analyzer = new BundleAnalyzer(environment, loader, authConfigGuard);
  try {
    const components: Record<string, AnalyzedBundle> = {};
    for (const [path, bundle] of bundles) {
      onBundle({ component: path, dir: bundle.dir });
      const analyzed = await analyzer.analyze(path, bundle);
      components[path] = analyzed;
      definitions.set(Buffer.from(path).toString("base64url"), {
        default: importedDefinition(path, analyzed),
      });
    }
    const { [APP]: app, ...others } = components;
    if (app === undefined) throw new Error("The app was not analysed.");
    return { ok: true, ...app, authProviders: analyzer.authProviders, components: others };
  } catch (error) {
    if (error instanceof AnalysisError) return { ok: false, code: error.code, message: error.message };
    const maps = new SourceMaps((identifier) => loader.fileOf(identifier));
    const { message } = failureOf(error, maps);
    return {
      ok: false,
      code: "InvalidModules",
      message: `Failed to analyze ${analyzer.evaluating}: ${message.trimEnd()}`,
    };
  }
}

/** What a definition gets that imports this component's. */
function importedDefinition(path: string, { definition }: AnalyzedBundle): JSONValue {
  const { name = null } = (definition ?? {}) as { name?: string };
  return { componentDefinitionPath: path, defaultName: name };
}

class BundleAnalyzer {
  authProviders: JSONValue[] = [];
  /** Module under evaluation. */
  evaluating = "";

  constructor(
    readonly environment: ModuleEnvironment,
    readonly loader: ModuleLoader,
    readonly authConfigGuard: AuthConfigGuard,
  ) {}

  async analyze(component: string, bundle: CodeBundle): Promise<AnalyzedBundle> {
    const load = (path: string) => {
      this.evaluating = component === APP ? path : `${path} of component ${component}`;
      return this.loader.load(rootOf(component), path);
    };
    const modules: Record<string, AnalyzedModule> = {};
    for (const path of modulePaths(bundle, this.environment)) {
      if (path === AUTH_CONFIG && component === APP) {
        this.authProviders = providersOf(await this.authConfigGuard.watch(() => load(path)));
      } else modules[path] = analyzeModule(path, this.environment, await load(path));
    }
    const isolate = this.environment === "isolate";
    const definition = isolate && bundle.definition ? exportOf(await load(bundle.definition)) : null;
    const schema = isolate && bundle.schema ? exportOf(await load(bundle.schema)) : null;
    return { modules, definition, schema };
  }
}

function modulePaths(request: CodeBundle, environment: ModuleEnvironment): string[] {
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
  const config = namespace.default as { providers?: unknown } | null | undefined;
  if (config === undefined || config === null) {
    throw new AnalysisError(
      "AuthConfigMissingExportError",
      "auth config file is missing default export. To learn more, see the auth documentation at https://docs.convex.dev/auth.",
    );
  }
  if (!Array.isArray(config.providers)) {
    throw new AnalysisError(
      "AuthConfigNotMatchingSchemaError",
      "auth config file must include a list of provider credentials: missing field `providers`",
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
