/** What a `convex.config` module defines: the child components it uses, the paths it mounts them at, its environment variables. */
import * as z from "zod";
import type { AnalyzedModule, EnvBinding } from "../runtime/types";
import type { JSONObject, JSONValue } from "../storage/types";
import { DeployError } from "./deploy-error";

const COMPONENT_NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

const envBinding: z.ZodType<EnvBinding> = z.union([
  z.object({ type: z.literal("value"), value: z.string() }),
  z.object({ type: z.literal("envVar"), name: z.string() }),
]);

const definitionExport = z.object({
  childComponents: z
    .array(
      z.object({
        name: z.string(),
        path: z.string(),
        env: z.array(z.tuple([z.string(), envBinding])).nullish(),
      }),
    )
    .default([]),
  /** By path prefix, a reference to the child. */
  httpMounts: z.record(z.string(), z.string()).default({}),
  httpPrefix: z.string().optional(),
  name: z.string().optional(),
  envVars: z
    .array(
      z.tuple([
        z.string(),
        z.object({ type: z.literal("value"), value: z.string(), optional: z.boolean().optional() }),
      ]),
    )
    .default([]),
});

export type ChildUse = { name: string; definitionPath: string; env: Record<string, EnvBinding> };

/** `definitionPath` is where its folder lies, seen from the app's; the app's own is "". */
export type ComponentDefinition = {
  definitionPath: string;
  /** Null for the app. */
  name: string | null;
  children: ChildUse[];
  /** Names of children by path prefix, which begins and ends with "/". */
  httpMounts: Record<string, string>;
  httpPrefix: string | null;
  envVars: { name: string; validator: string; isOptional: boolean }[];
};

const CHILD_REFERENCE = "_reference/childComponent/";

/** `exported`: what the definition module's `export()` gave; null: there is no such module. Throws DeployError. */
export function parseDefinition(definitionPath: string, exported: JSONValue | null): ComponentDefinition {
  const parsed = definitionExport.safeParse(exported ?? {});
  if (!parsed.success) {
    throw new DeployError(
      "InvalidConvexConfig",
      `The component definition ${label(definitionPath)} is none: ${z.prettifyError(parsed.error)}`,
    );
  }
  const { childComponents, httpMounts, httpPrefix, name, envVars } = parsed.data;
  for (const child of childComponents) checkName(child.name);
  const definition: ComponentDefinition = {
    definitionPath,
    name: name ?? null,
    children: childComponents.map(({ name: childName, path, env }) => ({
      name: childName,
      definitionPath: path,
      env: Object.fromEntries(env ?? []),
    })),
    httpMounts: Object.fromEntries(
      Object.entries(httpMounts).map(([prefix, child]) => [prefix, child.slice(CHILD_REFERENCE.length)]),
    ),
    httpPrefix: httpPrefix ?? null,
    envVars: envVars.map(([variable, { value, optional }]) => ({
      name: variable,
      validator: value,
      isOptional: optional === true,
    })),
  };
  checkEnvVars(definition);
  return definition;
}

function checkName(name: string): void {
  if (COMPONENT_NAME.test(name)) return;
  throw new DeployError(
    "InvalidConvexConfig",
    `Invalid component name ${JSON.stringify(name)}: it must begin with a letter and hold letters, digits and underscores only.`,
  );
}

function checkEnvVars({ definitionPath, envVars }: ComponentDefinition): void {
  for (const { name, validator } of envVars) {
    if (isStringLike(JSON.parse(validator) as JSONValue)) continue;
    throw new DeployError(
      "InvalidEnvVarDeclaration",
      `Env var \`${name}\` on ${label(definitionPath)} has a non-string validator. ` +
        'Component env vars must be declared with `v.string()`, `v.literal("...")`, or a union of those.',
    );
  }
}

function label(definitionPath: string): string {
  return definitionPath === "" ? "the app" : `component ${definitionPath}`;
}

const validatorShape = z.object({ type: z.string(), value: z.unknown().optional() });

function isStringLike(json: unknown): boolean {
  const { data } = validatorShape.safeParse(json);
  if (data === undefined) return false;
  const { type, value } = data;
  if (type === "union") return Array.isArray(value) && value.length > 0 && value.every(isStringLike);
  return type === "string" || (type === "literal" && typeof value === "string");
}

/** The definition as production's analysis gives it. `exports`: of `exportsOf`. */
export function definitionJson(definition: ComponentDefinition, exports: ExportTree): JSONObject {
  const { definitionPath, name, children, httpMounts, httpPrefix, envVars } = definition;
  const app: JSONObject = httpPrefix === null ? { type: "app" } : { type: "app", httpPrefix };
  return {
    path: definitionPath,
    definitionType: definitionPath === "" ? app : { type: "childComponent", name, args: [] },
    childComponents: children.map((child) => ({
      name: child.name,
      path: child.definitionPath,
      args: [],
      env: Object.entries(child.env),
    })),
    httpMounts: Object.fromEntries(
      Object.entries(httpMounts).map(([path, child]) => [path, `${CHILD_REFERENCE}${child}`]),
    ),
    exports: exportJson(exports),
    envVars: envVars.map(({ name: variable, validator, isOptional }) => [
      variable,
      { type: "value", value: validator, ...(isOptional ? { optional: true } : {}) },
    ]),
  };
}

/** A leaf is a function path, `module:name`. */
export type ExportTree = Map<string, ExportTree | string>;

/** What a component lets the one that uses it call: its public functions, by the parts of their module's path and their name. */
export function exportsOf(modules: Record<string, Pick<AnalyzedModule, "functions">>): ExportTree {
  const root: ExportTree = new Map();
  for (const [path, { functions }] of Object.entries(modules)) {
    const module = path.replace(/\.js$/, "");
    for (const { name, visibility } of functions) {
      if (visibility === "public") addExport(root, [...module.split("/"), name], `${module}:${name}`);
    }
  }
  return root;
}

function addExport(root: ExportTree, path: string[], leaf: string): void {
  const clash = () =>
    new DeployError("InvalidConvexConfig", `Path ${path.join("/")} conflicts with existing export`);
  let branch = root;
  for (const part of path.slice(0, -1)) {
    const next = branch.get(part) ?? new Map<string, ExportTree | string>();
    if (typeof next === "string") throw clash();
    branch.set(part, next);
    branch = next;
  }
  const name = path.at(-1) ?? "";
  if (branch.has(name)) throw clash();
  branch.set(name, leaf);
}

function exportJson(tree: ExportTree): JSONObject {
  return {
    type: "branch",
    branch: [...tree].map(([name, node]) => [
      name,
      typeof node === "string" ? { type: "leaf", leaf: `_reference/function/${node}` } : exportJson(node),
    ]),
  };
}
