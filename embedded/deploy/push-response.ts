/** Answers to the CLI's push messages, in the shapes that its parsers want. */
import { randomBytes } from "node:crypto";
import { providerJson, type AuthProvider } from "../auth/providers";
import type { IndexDescription, IndexDiff } from "../engine/committer";
import type { CronDiff, CronSpec } from "../runtime/cron-rows";
import type { JSONObject, JSONValue, SchemaJson } from "../storage/types";
import type { DeployedCode } from "./deployed-code";
import type { EvaluatedPush } from "./push-analysis";

/** `pushId` names the prepared push; the CLI echoes it back in wait_for_schema and finish_push. */
export function schemaChange(pushId: string | null, diff: IndexDiff): JSONObject {
  return { allocatedComponentIds: {}, schemaIds: { "": pushId }, indexDiffs: { "": indexDiff(diff) } };
}

export function startPushResponse(
  push: EvaluatedPush,
  env: Record<string, string>,
  change: JSONObject,
): JSONObject {
  const httpModule = push.code.modules.find((module) => module.path === "http.js");
  return {
    environmentVariables: env,
    externalDepsId: null,
    componentDefinitionPackages: {},
    appAuth: push.code.authProviders.map(providerJson),
    analysis: { "": evaluatedDefinition(push) },
    app: {
      definitionPath: "",
      componentPath: "",
      args: {},
      childComponents: {},
      httpRoutes: { httpModuleRoutes: routesJson(httpModule?.httpRoutes ?? null), mounts: [] },
      exports: {},
    },
    schemaChange: change,
  };
}

function evaluatedDefinition({ code, crons, schema }: EvaluatedPush): JSONObject {
  const functions: JSONObject = {};
  for (const module of code.modules) {
    functions[module.path] = {
      functions: module.functions.map((fn) => ({
        name: fn.name,
        pos: null,
        udfType: fn.udfType,
        visibility: { kind: fn.visibility },
        args: JSON.stringify(fn.args),
        returns: fn.returns === null ? null : JSON.stringify(fn.returns),
      })),
      httpRoutes: routesJson(module.httpRoutes),
      cronSpecs: module.path === "crons.js" ? crons.map(cronSpecJson) : null,
      sourceMapped: null,
    };
  }
  return {
    definition: {
      path: "",
      definitionType: { type: "app" },
      childComponents: [],
      httpMounts: {},
      exports: { type: "branch", branch: [] },
    },
    schema: schema === null ? null : schemaJson(schema),
    functions,
    udfConfig: {
      serverVersion: code.udfServerVersion,
      importPhaseRngSeed: { $bytes: randomBytes(32).toString("base64") },
      importPhaseUnixTimestamp: { $integer: "AAAAAAAAAAA=" },
    },
  };
}

/** What finish_push reports about the root component. */
export function finishPushResponse(
  before: DeployedCode | null,
  after: DeployedCode,
  diff: IndexDiff,
  cronDiff: CronDiff,
): JSONObject {
  const paths = (code: DeployedCode | null) => new Set(code?.modules.map((module) => module.path));
  const [old, fresh] = [paths(before), paths(after)];
  const versions = { previous_version: before?.udfServerVersion ?? "", next_version: after.udfServerVersion };
  return {
    authDiff: authDiff(before?.authProviders ?? [], after.authProviders),
    definitionDiffs: {},
    componentDiffs: {
      "": {
        diffType: { type: before === null ? "create" : "modify" },
        moduleDiff: {
          added: [...fresh].filter((path) => !old.has(path)),
          removed: [...old].filter((path) => !fresh.has(path)),
        },
        udfConfigDiff: versions.previous_version === versions.next_version ? null : versions,
        cronDiff,
        indexDiff: indexDiff(diff),
        schemaDiff: null,
      },
    },
  };
}

/** Providers as JSON texts. */
function authDiff(before: AuthProvider[], after: AuthProvider[]): JSONObject {
  const texts = (providers: AuthProvider[]) =>
    providers.map((provider) => JSON.stringify(providerJson(provider)));
  const [old, fresh] = [texts(before), texts(after)];
  return {
    added: fresh.filter((provider) => !old.includes(provider)),
    removed: old.filter((provider) => !fresh.includes(provider)),
  };
}

export const EMPTY_FINISH: JSONObject = {
  authDiff: { added: [], removed: [] },
  definitionDiffs: {},
  componentDiffs: {},
};

function indexDiff(diff: IndexDiff): JSONObject {
  return {
    added_indexes: diff.added.map(indexJson),
    removed_indexes: diff.removed.map(indexJson),
    enabled_indexes: diff.enabled.map(indexJson),
    disabled_indexes: diff.disabled.map(indexJson),
  };
}

/** Production names `_creationTime` too, which ends every index. */
function indexJson(index: IndexDescription): JSONObject {
  return {
    name: `${index.table}.${index.name}`,
    type: "database",
    fields: [...index.fields, "_creationTime"],
    staged: index.staged,
  };
}

function schemaJson(schema: SchemaJson): JSONObject {
  return {
    tables: schema.tables.map(({ tableName, indexes, documentType }) => ({
      tableName,
      indexes: indexes.map(({ indexDescriptor, fields }) => ({
        indexDescriptor,
        fields: [...fields, "_creationTime"],
      })),
      searchIndexes: [],
      vectorIndexes: [],
      documentType: documentType ?? { type: "any" },
    })),
    schemaValidation: schema.schemaValidation,
  };
}

function cronSpecJson({ name, path, args, schedule }: CronSpec): JSONObject {
  const udfArgs = { $bytes: Buffer.from(args).toString("base64") };
  return { identifier: name, spec: { udfPath: path, udfArgs, cronSchedule: schedule } };
}

function routesJson(routes: { method: string; path: string }[] | null): JSONValue {
  return routes?.map(({ method, path }) => ({ method, path })) ?? null;
}
