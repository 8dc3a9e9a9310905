/** Answers to the CLI's push messages, in the shapes that its parsers want. */
import { randomBytes } from "node:crypto";
import { providerJson, type AuthProvider } from "../auth/providers";
import type { IndexDescription, IndexDiff } from "../engine/committer";
import type { CronDiff, CronSpec } from "../runtime/cron-rows";
import type { JSONObject, JSONValue, SchemaJson } from "../storage/types";
import { APP } from "../runtime/component-path";
import { definitionJson } from "./component-definitions";
import type { DeployedCode } from "./deployed-code";
import type { ComponentState } from "./deployed-components";
import type { EvaluatedDefinition, EvaluatedPush } from "./push-analysis";

/** What a push changes in the schema of each component, by path. */
export type IndexDiffs = ReadonlyMap<string, IndexDiff>;

/** `pushId` names the prepared push; the CLI echoes it back in wait_for_schema and finish_push. */
export function schemaChange(pushId: string | null, diffs: IndexDiffs): JSONObject {
  const paths = [...diffs.keys()];
  return {
    allocatedComponentIds: Object.fromEntries(
      paths.filter((path) => path !== APP).map((path) => [path, path]),
    ),
    schemaIds: Object.fromEntries(paths.map((path) => [path, pushId])),
    indexDiffs: Object.fromEntries([...diffs].map(([path, diff]) => [path, indexDiff(diff)])),
  };
}

export function startPushResponse(
  push: EvaluatedPush,
  env: Record<string, string>,
  change: JSONObject,
): JSONObject {
  return {
    environmentVariables: env,
    externalDepsId: null,
    componentDefinitionPackages: {},
    appAuth: push.code.authProviders.map(providerJson),
    analysis: Object.fromEntries(
      [...push.definitions].map(([path, definition]) => [path, evaluatedDefinition(definition)]),
    ),
    app: push.app,
    schemaChange: change,
  };
}

function evaluatedDefinition(definition: EvaluatedDefinition): JSONObject {
  const { schema, exports, udfServerVersion, crons } = definition;
  const functions: JSONObject = {};
  for (const module of definition.modules) {
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
    definition: definitionJson(definition.definition, exports),
    schema: schema === null ? null : schemaJson(schema),
    functions,
    udfConfig: {
      serverVersion: udfServerVersion,
      importPhaseRngSeed: { $bytes: randomBytes(32).toString("base64") },
      importPhaseUnixTimestamp: { $integer: "AAAAAAAAAAA=" },
    },
  };
}

/** What a push has changed, by component path. `states`: of the components before it. */
export type FinishedPush = {
  states: ReadonlyMap<string, ComponentState>;
  diffs: IndexDiffs;
  crons: ReadonlyMap<string, CronDiff>;
};

/** What finish_push reports. */
export function finishPushResponse(
  before: DeployedCode | null,
  after: DeployedCode,
  { states, diffs, crons }: FinishedPush,
): JSONObject {
  const old = new Map(before?.components.map((component) => [component.path, component]));
  const changes = (path: string) => ({ indexes: diffs.get(path), crons: crons.get(path) });
  const componentDiffs: JSONObject = {
    [APP]: componentDiff(before === null ? "create" : "modify", before, after, changes(APP)),
  };
  for (const component of after.components) {
    const { path } = component;
    const state = states.get(path);
    const type = state === undefined ? "create" : state === "unmounted" ? "remount" : "modify";
    componentDiffs[path] = componentDiff(type, old.get(path) ?? null, component, changes(path));
    old.delete(path);
  }
  for (const [path, gone] of old) componentDiffs[path] = componentDiff("unmount", gone, null, changes(path));
  const providers = authDiff(before?.authProviders ?? [], after.authProviders);
  return { authDiff: providers, definitionDiffs: {}, componentDiffs };
}

type DeployedPart = Pick<DeployedCode, "modules" | "udfServerVersion">;

function componentDiff(
  type: "create" | "modify" | "unmount" | "remount",
  before: DeployedPart | null,
  after: DeployedPart | null,
  { indexes = NO_INDEX_CHANGES, crons = NO_CRON_CHANGES }: { indexes?: IndexDiff; crons?: CronDiff },
): JSONObject {
  const paths = (part: DeployedPart | null) => new Set(part?.modules.map((module) => module.path));
  const [old, fresh] = [paths(before), paths(after)];
  const versions = {
    previous_version: before?.udfServerVersion ?? "",
    next_version: after?.udfServerVersion ?? "",
  };
  return {
    diffType: { type },
    moduleDiff: {
      added: [...fresh].filter((path) => !old.has(path)),
      removed: [...old].filter((path) => !fresh.has(path)),
    },
    udfConfigDiff: versions.previous_version === versions.next_version ? null : versions,
    cronDiff: crons,
    indexDiff: indexDiff(indexes),
    schemaDiff: null,
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

const NO_CRON_CHANGES: CronDiff = { added: [], updated: [], deleted: [] };
const NO_INDEX_CHANGES: IndexDiff = { added: [], removed: [], enabled: [], disabled: [] };

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

export function indexJson({ table, staged, ...index }: IndexDescription): JSONObject {
  const name = `${table}.${index.name}`;
  switch (index.kind) {
    case undefined:
      return { name, type: "database", fields: withCreationTime(index.fields), staged };
    case "search": {
      const { searchField, filterFields } = index;
      return { name, type: "search", searchField, filterFields, staged };
    }
    case "vector": {
      const { vectorField, dimensions, filterFields } = index;
      return { name, type: "vector", vectorField, dimensions, filterFields, staged };
    }
  }
}

function schemaJson(schema: SchemaJson): JSONObject {
  return {
    tables: schema.tables.map(({ tableName, indexes, searchIndexes, vectorIndexes, documentType }) => ({
      tableName,
      indexes: indexes.map(({ indexDescriptor, fields }) => ({
        indexDescriptor,
        fields: withCreationTime(fields),
      })),
      searchIndexes: searchIndexes ?? [],
      vectorIndexes: vectorIndexes ?? [],
      documentType: documentType ?? { type: "any" },
    })),
    schemaValidation: schema.schemaValidation,
  };
}

function cronSpecJson({ name, path, args, schedule }: CronSpec): JSONObject {
  const udfArgs = { $bytes: Buffer.from(args).toString("base64") };
  return { identifier: name, spec: { udfPath: path, udfArgs, cronSchedule: schedule } };
}

/** Production names what ends every index, too. */
function withCreationTime(fields: readonly string[]): string[] {
  return [...fields, "_creationTime"];
}

function routesJson(routes: { method: string; path: string }[] | null): JSONValue {
  return routes?.map(({ method, path }) => ({ method, path })) ?? null;
}
