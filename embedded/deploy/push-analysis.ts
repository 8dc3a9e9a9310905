/** From a parsed push to what would be deployed: merges unchanged modules, stores the bundle, evaluates it. */
import * as z from "zod";
import { AuthConfigError, parseProviders, type AuthProvider } from "../auth/providers";
import { parseSchema } from "../engine/schema";
import type { CronSpec } from "../runtime/cron-rows";
import type { Functions } from "../runtime/functions";
import type { AnalyzedBundle, CodeBundle } from "../runtime/types";
import type { JSONObject, JSONValue, SchemaJson } from "../storage/types";
import { moduleSha256, type CodeStore } from "./code-store";
import { exportsOf, parseDefinition } from "./component-definitions";
import { ComponentTree, type DefinedComponent } from "./component-tree";
import { cronSpecsOf } from "./cron-specs";
import { asDeployError, DeployError, notSupportedYet } from "./deploy-error";
import type { DeployedCode } from "./deployed-code";
import type { DeployedModule } from "./deployed-modules";
import type { ComponentDefinitionRequest, ModuleConfig, StartPushRequest } from "./push-request";

const APP_DEFINITION = "";
const MAX_MODULES = 4096;
const MAX_CODE_BYTES = 230_000_000;

/** Evaluated code on disk, ready to be deployed. */
export type EvaluatedPush = {
  code: DeployedCode;
  /** By component path. Null when there is no schema file. */
  schemas: Map<string, SchemaJson | null>;
  /** By component path. */
  crons: Map<string, CronSpec[]>;
  /** By definition path; the app's is "". */
  definitions: Map<string, EvaluatedDefinition>;
  /** The tree of components in production's form. */
  app: JSONObject;
};

export type EvaluatedDefinition = DefinedComponent & {
  hash: string;
  udfServerVersion: string;
  schema: SchemaJson | null;
  modules: DeployedModule[];
  crons: CronSpec[];
};

export type PushSources = { functions: Functions; codeStore: CodeStore; deployed: DeployedCode | null };

/** One definition's code, on disk. */
type StoredDefinition = {
  hash: string;
  udfServerVersion: string;
  modules: ModuleConfig[];
  bundle: CodeBundle;
};

/** Throws a DeployError when the push cannot be deployed; nothing but the code folders has changed then. */
export async function evaluatePush(
  request: StartPushRequest,
  env: Record<string, string>,
  { functions, codeStore, deployed }: PushSources,
): Promise<EvaluatedPush> {
  const { appDefinition } = request;
  const own = await mergeModules(appDefinition, deployed, codeStore);
  const app = await storeDefinition({ ...appDefinition, modules: own }, codeStore);
  const stored = new Map([[APP_DEFINITION, app]]);
  for (const component of usedFirst(request.componentDefinitions)) {
    refuseNodeModules(component);
    const { definitionPath, functions: modules } = component;
    stored.set(definitionPath, await storeDefinition({ ...component, modules }, codeStore));
  }
  checkSizes([...stored.values()].flatMap(({ modules }) => modules));
  const { definitions, authProviders } = await evaluateDefinitions(stored, env, functions);
  const { instances, checked } = new ComponentTree(definitions, { bindsNothing: request.forCodegen });
  const [root, ...children] = instances;
  if (root === undefined) throw new Error("A component tree without the app.");
  const defined = definitionOf(definitions, APP_DEFINITION);
  return {
    code: {
      hash: defined.hash,
      udfServerVersion: appDefinition.udfServerVersion,
      functionsDir: request.functions,
      nodeVersion: request.nodeVersion ?? null,
      httpPrefix: root.httpPrefix,
      httpMounts: root.httpMounts,
      modules: defined.modules,
      components: children.map(({ path, definitionPath, httpMounts, env: bindings }) => {
        const { hash, udfServerVersion, modules } = definitionOf(definitions, definitionPath);
        return { path, definitionPath, hash, udfServerVersion, httpMounts, env: bindings ?? {}, modules };
      }),
      authProviders,
    },
    schemas: new Map(
      instances.map(({ path, definitionPath }) => [path, definitionOf(definitions, definitionPath).schema]),
    ),
    crons: new Map(
      instances.map(({ path, definitionPath }) => [path, definitionOf(definitions, definitionPath).crons]),
    ),
    definitions,
    app: checked,
  };
}

type DefinitionSource = {
  modules: ModuleConfig[];
  schema: ModuleConfig | null;
  definition: ModuleConfig | null;
  udfServerVersion: string;
};

async function storeDefinition(
  { modules, schema, definition, udfServerVersion }: DefinitionSource,
  codeStore: CodeStore,
): Promise<StoredDefinition> {
  const extras = [schema, definition].filter((module) => module !== null);
  const { hash, dir } = await codeStore.write([...modules, ...extras]);
  const environments = Object.fromEntries(modules.map(({ path, environment }) => [path, environment]));
  const bundle = {
    dir,
    modules: environments,
    schema: schema?.path ?? null,
    definition: definition?.path ?? null,
  };
  return { hash, udfServerVersion, modules, bundle };
}

async function evaluateDefinitions(
  stored: Map<string, StoredDefinition>,
  env: Record<string, string>,
  functions: Functions,
): Promise<{ definitions: Map<string, EvaluatedDefinition>; authProviders: AuthProvider[] }> {
  const { [APP_DEFINITION]: app, ...components } = Object.fromEntries(
    [...stored].map(([path, { bundle }]) => [path, bundle]),
  );
  if (app === undefined) throw new Error("A push without an app.");
  const analysis = await functions.analyze({ ...app, components }, env);
  if (!analysis.ok) throw new DeployError(analysis.code, `Hit an error while pushing:\n${analysis.message}`);
  const bundles: Record<string, AnalyzedBundle> = { ...analysis.components, [APP_DEFINITION]: analysis };
  const definitions = new Map<string, EvaluatedDefinition>();
  for (const [path, definition] of stored) {
    const analyzed = bundles[path];
    if (analyzed !== undefined) definitions.set(path, evaluated(path, definition, analyzed));
  }
  return { definitions, authProviders: readProviders(analysis.authProviders) };
}

function evaluated(
  path: string,
  { hash, udfServerVersion, modules }: StoredDefinition,
  analyzed: AnalyzedBundle,
): EvaluatedDefinition {
  return {
    definition: parseDefinition(path, analyzed.definition),
    // Nobody is above the app to call what it would export.
    exports: exportsOf(path === APP_DEFINITION ? {} : analyzed.modules),
    httpRoutes: analyzed.modules["http.js"]?.httpRoutes ?? null,
    hash,
    udfServerVersion,
    schema: analyzed.schema === null ? null : readSchema(analyzed.schema),
    crons: cronSpecsOf(analyzed.modules),
    modules: modules.map((module) => ({
      path: module.path,
      environment: module.environment,
      sha256: moduleSha256(module),
      functions: analyzed.modules[module.path]?.functions ?? [],
      httpRoutes: analyzed.modules[module.path]?.httpRoutes ?? null,
    })),
  };
}

function definitionOf(definitions: Map<string, EvaluatedDefinition>, path: string): EvaluatedDefinition {
  const definition = definitions.get(path);
  if (definition === undefined) throw new Error(`No definition ${path}`);
  return definition;
}

/** Each component after those that it uses. */
function usedFirst(components: ComponentDefinitionRequest[]): ComponentDefinitionRequest[] {
  const byPath = new Map(components.map((component) => [component.definitionPath, component]));
  const ordered = new Set<ComponentDefinitionRequest>();
  const visit = (component: ComponentDefinitionRequest, users: string[]): void => {
    const { definitionPath } = component;
    if (users.includes(definitionPath)) {
      throw new DeployError(
        "CyclicImport",
        `Component definitions import each other in a circle: ${[...users, definitionPath].join(" -> ")}`,
      );
    }
    for (const path of component.dependencies) {
      const used = byPath.get(path);
      if (used !== undefined) visit(used, [...users, definitionPath]);
    }
    ordered.add(component);
  };
  for (const component of components) if (!ordered.has(component)) visit(component, []);
  return [...ordered];
}

function refuseNodeModules({ definition, schema, functions }: ComponentDefinitionRequest): void {
  const modules = [definition, ...(schema === null ? [] : [schema]), ...functions];
  const node = modules.find(({ environment }) => environment === "node");
  if (node === undefined) return;
  throw new DeployError(
    "NodeActionsNotSupported",
    `Node actions are not supported in components. Remove \`"use node;" from ${node.path}`,
  );
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
