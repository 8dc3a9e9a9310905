/** The modules of one component as rows of its `_modules`. */
import * as z from "zod";
import type { Transaction } from "../engine/transaction";
import type { AnalyzedModule, FunctionAnalysis } from "../runtime/types";
import type { JSONValue } from "../storage/types";
import { rows } from "./documents";

export type DeployedModule = {
  path: string;
  environment: "isolate" | "node";
  /** The CLI's hash of source and source map, hex. */
  sha256: string;
  functions: FunctionAnalysis[];
  /** Routes of http.js; null for every other module. */
  httpRoutes: AnalyzedModule["httpRoutes"];
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

/** `tx`: as the component sees it, here and below. */
export function readModules(tx: Transaction): DeployedModule[] {
  return rows(tx, "_modules", moduleRow).map(({ path, environment, sha256, analysis }) => ({
    path,
    environment,
    sha256,
    ...moduleAnalysis.parse(JSON.parse(analysis)),
  }));
}

/** Unchanged modules keep their rows. */
export function writeModules(tx: Transaction, modules: readonly DeployedModule[]): void {
  const before = new Map(rows(tx, "_modules", moduleRow).map((row) => [row.path, row]));
  for (const { path, environment, sha256, functions, httpRoutes } of modules) {
    const analysis = JSON.stringify({ functions, httpRoutes });
    const old = before.get(path);
    before.delete(path);
    if (old === undefined) tx.insert("_modules", { path, environment, sha256, analysis });
    else tx.replace(old._id, { path, environment, sha256, analysis });
  }
  for (const gone of before.values()) tx.remove(gone._id);
}
