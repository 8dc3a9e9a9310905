/**
 * Which code is deployed: one row in `_code_versions`, one in `_components` for each component and one in its `_modules` for each
 * module, written in the transaction that activates the schemas the code was pushed with. So after a crash all are old or all new.
 */
import * as z from "zod";
import { parseProviders, providerJson, type AuthProvider } from "../auth/providers";
import type { Transaction } from "../engine/transaction";
import { APP } from "../runtime/component-path";
import type { CodeVersion, ComponentCode } from "../runtime/types";
import type { JSONValue } from "../storage/types";
import { readComponents, writeComponents, type DeployedComponent } from "./deployed-components";
import { readModules, writeModules, type DeployedModule } from "./deployed-modules";
import { rows } from "./documents";

/** What is not said of a component is said of the app. */
export type DeployedCode = {
  hash: string;
  udfServerVersion: string;
  /** The functions folder as convex.json names it. */
  functionsDir: string;
  nodeVersion: string | null;
  /** Prefix of its own HTTP routes. */
  httpPrefix: string | null;
  /** Paths of its components by the prefix below which they serve HTTP. */
  httpMounts: Record<string, string>;
  modules: DeployedModule[];
  components: DeployedComponent[];
  authProviders: AuthProvider[];
};

const http = z.object({
  httpPrefix: z.string().nullable(),
  httpMounts: z.record(z.string(), z.string()),
});
const versionRow = z.object({
  _id: z.string(),
  hash: z.string(),
  udfServerVersion: z.string(),
  functionsDir: z.string(),
  nodeVersion: z.string().nullable(),
  /** JSON text: path prefixes are no field names. */
  http: z.string().default('{"httpPrefix":null,"httpMounts":{}}'),
});
/** One row for each provider, in the order of `auth.config`. */
const providerRow = z.object({ _id: z.string(), provider: z.string() });

export function readDeployedCode(tx: Transaction): DeployedCode | null {
  const version = rows(tx, "_code_versions", versionRow)[0];
  if (version === undefined) return null;
  const { hash, udfServerVersion, functionsDir, nodeVersion } = version;
  const providers = rows(tx, "_auth", providerRow).map(({ provider }) => JSON.parse(provider) as JSONValue);
  return {
    hash,
    udfServerVersion,
    functionsDir,
    nodeVersion,
    ...http.parse(JSON.parse(version.http)),
    modules: readModules(tx),
    components: readComponents(tx),
    authProviders: parseProviders(providers),
  };
}

/** Makes the rows say `code`. */
export function writeDeployedCode(tx: Transaction, code: DeployedCode): void {
  for (const old of rows(tx, "_code_versions", versionRow)) tx.remove(old._id);
  const { hash, udfServerVersion, functionsDir, nodeVersion, httpPrefix, httpMounts } = code;
  tx.insert("_code_versions", {
    hash,
    udfServerVersion,
    functionsDir,
    nodeVersion,
    http: JSON.stringify({ httpPrefix, httpMounts }),
  });
  writeModules(tx, code.modules);
  writeComponents(tx, code.components);
  writeProviders(tx, code.authProviders);
}

function writeProviders(tx: Transaction, providers: readonly AuthProvider[]): void {
  const wanted = providers.map((provider) => JSON.stringify(providerJson(provider)));
  const old = rows(tx, "_auth", providerRow);
  if (JSON.stringify(old.map(({ provider }) => provider)) === JSON.stringify(wanted)) return;
  for (const { _id } of old) tx.remove(_id);
  for (const provider of wanted) tx.insert("_auth", { provider });
}

/** Of all code that it consists of; see CodeStore. */
export function codeHashes({ hash, components }: DeployedCode): Set<string> {
  return new Set([hash, ...components.map((component) => component.hash)]);
}

/** What the function runtime needs to serve the code. `dirOf`: folder of the code of a hash. */
export function codeVersion(
  code: DeployedCode,
  dirOf: (hash: string) => string,
  systemDir: string,
): CodeVersion {
  const components: CodeVersion["components"] = {
    [APP]: { ...componentCode(code, dirOf), httpPrefix: code.httpPrefix, env: null },
  };
  for (const component of code.components) {
    components[component.path] = { ...componentCode(component, dirOf), httpPrefix: null, env: component.env };
  }
  return { hash: code.hash, components, systemDir };
}

function componentCode(
  { hash, httpMounts, modules }: Pick<DeployedComponent, "hash" | "httpMounts" | "modules">,
  dirOf: (hash: string) => string,
): Omit<ComponentCode, "httpPrefix" | "env"> {
  const httpRoutes = modules.find(({ path }) => path === "http.js")?.httpRoutes ?? null;
  const infos = modules.map(({ path, environment, functions }) => [path, { environment, functions }]);
  return {
    dir: dirOf(hash),
    modules: Object.fromEntries(infos) as ComponentCode["modules"],
    httpRoutes,
    httpMounts,
  };
}
