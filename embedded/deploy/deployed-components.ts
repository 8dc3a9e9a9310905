/**
 * The components below the app as rows of `_components`. One that the app no longer uses stays there, unmounted: without
 * code, but with its data, until it is deleted or used again.
 */
import * as z from "zod";
import type { Transaction } from "../engine/transaction";
import { parentPath } from "../runtime/component-path";
import type { EnvBinding } from "../runtime/types";
import { readModules, writeModules, type DeployedModule } from "./deployed-modules";
import { rows } from "./documents";

export type DeployedComponent = {
  /** Names of components from the app down, joined with "/". */
  path: string;
  definitionPath: string;
  /** Of its code; see CodeStore. */
  hash: string;
  udfServerVersion: string;
  /** Paths of its children by the prefix below which they serve HTTP. */
  httpMounts: Record<string, string>;
  env: Record<string, EnvBinding>;
  modules: DeployedModule[];
};

const envBinding: z.ZodType<EnvBinding> = z.union([
  z.object({ type: z.literal("value"), value: z.string() }),
  z.object({ type: z.literal("envVar"), name: z.string() }),
]);
const settings = z.object({
  httpMounts: z.record(z.string(), z.string()),
  env: z.record(z.string(), envBinding),
});
const componentRow = z.object({
  _id: z.string(),
  path: z.string(),
  state: z.enum(["active", "unmounted"]),
  definitionPath: z.string(),
  hash: z.string(),
  udfServerVersion: z.string(),
  /** JSON text: path prefixes are no field names. */
  settings: z.string(),
});

export type ComponentState = z.infer<typeof componentRow>["state"];

/** Those that are mounted, parents before their children. */
export function readComponents(tx: Transaction): DeployedComponent[] {
  return rows(tx, "_components", componentRow)
    .filter(({ state }) => state === "active")
    .map(({ path, definitionPath, hash, udfServerVersion, settings: text }) => ({
      path,
      definitionPath,
      hash,
      udfServerVersion,
      ...settings.parse(JSON.parse(text)),
      modules: readModules(tx.in(path)),
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** By path, unmounted ones included. */
export function componentStates(tx: Transaction): Map<string, ComponentState> {
  return new Map(rows(tx, "_components", componentRow).map(({ path, state }) => [path, state]));
}

/** Mounts these, and unmounts all others. Each must have its system tables. */
export function writeComponents(tx: Transaction, components: readonly DeployedComponent[]): void {
  const before = new Map(rows(tx, "_components", componentRow).map((row) => [row.path, row]));
  for (const { path, definitionPath, hash, udfServerVersion, httpMounts, env, modules } of components) {
    const row = {
      path,
      state: "active",
      definitionPath,
      hash,
      udfServerVersion,
      settings: JSON.stringify({ httpMounts, env }),
    };
    const old = before.get(path);
    before.delete(path);
    if (old === undefined) tx.insert("_components", row);
    else tx.replace(old._id, row);
    writeModules(tx.in(path), modules);
  }
  for (const { _id, path, state } of before.values()) {
    if (state === "unmounted") continue;
    tx.patch(_id, { state: "unmounted" });
    writeModules(tx.in(path), []);
  }
}

/** Makes known those of these that are not yet, and what they are below: unmounted, since there is data but no code. */
export function addUnmounted(tx: Transaction, components: readonly string[]): void {
  const known = componentStates(tx);
  for (const component of components) {
    for (let path: string | null = component; path; path = parentPath(path)) {
      if (known.has(path)) break;
      known.set(path, "unmounted");
      const settings = JSON.stringify({ httpMounts: {}, env: {} });
      const code = { definitionPath: "", hash: "", udfServerVersion: "" };
      tx.insert("_components", { path, state: "unmounted", ...code, settings });
    }
  }
}

/** Forgets a component, whose tables are deleted with it. */
export function removeComponent(tx: Transaction, component: string): void {
  for (const { _id, path } of rows(tx, "_components", componentRow)) if (path === component) tx.remove(_id);
}
