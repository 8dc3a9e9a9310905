/**
 * Which code is deployed: one row in `_code_versions` and one in `_modules` for each module, written in the
 * transaction that activates the schema the code was pushed with. So after a crash both are old or both new.
 */
import * as z from "zod";
import { parseProviders, providerJson, type AuthProvider } from "../auth/providers";
import type { Transaction } from "../engine/transaction";
import type { AnalyzedModule, CodeVersion, ComponentCode, FunctionAnalysis } from "../runtime/types";
import type { JSONValue } from "../storage/types";
import { documents, tableScan } from "./documents";

export type DeployedModule = {
  path: string;
  environment: "isolate" | "node";
  /** The CLI's hash of source and source map, hex. */
  sha256: string;
  functions: FunctionAnalysis[];
  /** Routes of http.js; null for every other module. */
  httpRoutes: AnalyzedModule["httpRoutes"];
};

export type DeployedCode = {
  hash: string;
  udfServerVersion: string;
  /** The functions folder as convex.json names it. */
  functionsDir: string;
  nodeVersion: string | null;
  modules: DeployedModule[];
  authProviders: AuthProvider[];
};

const jsonValue: z.ZodType<JSONValue> = z.json();
const functionAnalysis: z.ZodType<FunctionAnalysis> = z.object({
  name: z.string(),
  udfType: z.enum(["Query", "Mutation", "Action"]),
  visibility: z.enum(["public", "internal"]),
  args: jsonValue,
  returns: jsonValue.nullable(),
});
const moduleAnalysis = z.object({
  functions: z.array(functionAnalysis),
  httpRoutes: z.array(z.object({ method: z.string(), path: z.string() })).nullable(),
});
const moduleRow = z.object({
  _id: z.string(),
  path: z.string(),
  environment: z.enum(["isolate", "node"]),
  sha256: z.string(),
  /** JSON text: validators nest deeper than a document may. */
  analysis: z.string(),
});
const versionRow = z.object({
  _id: z.string(),
  hash: z.string(),
  udfServerVersion: z.string(),
  functionsDir: z.string(),
  nodeVersion: z.string().nullable(),
});
/** One row for each provider, in the order of `auth.config`. */
const providerRow = z.object({ _id: z.string(), provider: z.string() });

export function readDeployedCode(tx: Transaction): DeployedCode | null {
  const version = rows(tx, "_code_versions", versionRow)[0];
  if (version === undefined) return null;
  const { hash, udfServerVersion, functionsDir, nodeVersion } = version;
  const modules = rows(tx, "_modules", moduleRow).map(({ path, environment, sha256, analysis }) => ({
    path,
    environment,
    sha256,
    ...moduleAnalysis.parse(JSON.parse(analysis)),
  }));
  const authProviders = parseProviders(
    rows(tx, "_auth", providerRow).map(({ provider }) => JSON.parse(provider) as JSONValue),
  );
  return { hash, udfServerVersion, functionsDir, nodeVersion, modules, authProviders };
}

/** Makes the rows say `code`; unchanged modules keep their rows. */
export function writeDeployedCode(tx: Transaction, code: DeployedCode): void {
  for (const old of rows(tx, "_code_versions", versionRow)) tx.remove(old._id);
  const { hash, udfServerVersion, functionsDir, nodeVersion } = code;
  tx.insert("_code_versions", { hash, udfServerVersion, functionsDir, nodeVersion });

  const before = new Map(rows(tx, "_modules", moduleRow).map((row) => [row.path, row]));
  for (const { path, environment, sha256, functions, httpRoutes } of code.modules) {
    const analysis = JSON.stringify({ functions, httpRoutes });
    const old = before.get(path);
    before.delete(path);
    if (old === undefined) tx.insert("_modules", { path, environment, sha256, analysis });
    else tx.replace(old._id, { path, environment, sha256, analysis });
  }
  for (const gone of before.values()) tx.remove(gone._id);
  writeProviders(tx, code.authProviders);
}

function writeProviders(tx: Transaction, providers: readonly AuthProvider[]): void {
  const wanted = providers.map((provider) => JSON.stringify(providerJson(provider)));
  const old = rows(tx, "_auth", providerRow);
  if (JSON.stringify(old.map(({ provider }) => provider)) === JSON.stringify(wanted)) return;
  for (const { _id } of old) tx.remove(_id);
  for (const provider of wanted) tx.insert("_auth", { provider });
}

/** What the function runtime needs to serve the code. */
export function codeVersion(code: DeployedCode, dir: string, systemDir: string): CodeVersion {
  const modules: ComponentCode["modules"] = {};
  for (const { path, environment, functions } of code.modules) modules[path] = { environment, functions };
  const httpRoutes = code.modules.find(({ path }) => path === "http.js")?.httpRoutes ?? null;
  const app: ComponentCode = { dir, modules, httpRoutes, httpPrefix: null, httpMounts: {}, env: null };
  return { hash: code.hash, components: { "": app }, systemDir };
}

function rows<Row>(tx: Transaction, table: string, shape: z.ZodType<Row>): Row[] {
  return [...documents(tx, tableScan(table))].map((text) => shape.parse(JSON.parse(text)));
}
