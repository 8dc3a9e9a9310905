/** The contract of the product's functions on the embedded deployment: a real process, pushed to by the official CLI. */
import { cpSync } from "node:fs";
import path from "node:path";
import { ConvexHttpClient } from "convex/browser";
import { getFunctionName } from "convex/server";
import { ConvexError, convexToJson, jsonToConvex, type JSONValue, type Value } from "convex/values";
import { convexProject, REPOSITORY, startBackend, type Backend as Process } from "../helpers/embedded";
import { backendCases } from "./backend.cases";
import type { Backend } from "./backend/backend";

/** Deployed beside the product's functions: sets scenes that none of them can. Internal, so an admin's alone. */
const SCENES = `
import { internalMutationGeneric as internalMutation, internalQueryGeneric as internalQuery } from "convex/server";
import { v } from "convex/values";
export const insert = internalMutation({
  args: { table: v.string(), row: v.any() },
  handler: (ctx, { table, row }) => ctx.db.insert(table, row),
});
export const patch = internalMutation({
  args: { id: v.any(), fields: v.any() },
  handler: (ctx, { id, fields }) => ctx.db.patch(id, fields),
});
export const rows = internalQuery({ args: { table: v.string() }, handler: (ctx, { table }) => ctx.db.query(table).collect() });
`;

/** Any function, as `npx convex run` calls it. */
async function runAsAdmin(process: Process, name: string, args: Record<string, unknown>): Promise<unknown> {
  const response = await fetch(`${process.url}/api/function`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Convex ${process.adminKey}` },
    body: JSON.stringify({
      path: name,
      args: convexToJson(args as Record<string, Value>),
      format: "convex_encoded_json",
    }),
  });
  const answer = (await response.json()) as
    | { status: "success"; value: JSONValue }
    | { status: "error"; errorMessage: string; errorData?: JSONValue };
  if (answer.status === "success") return jsonToConvex(answer.value);
  if (answer.errorData === undefined) throw new Error(JSON.stringify(answer));
  throw new ConvexError(jsonToConvex(answer.errorData));
}

async function makeBackend(): Promise<Backend> {
  const project = convexProject({});
  for (const folder of ["convex", "lib"]) {
    cpSync(path.join(REPOSITORY, folder), path.join(project.dir, folder), { recursive: true });
  }
  project.write({ "scenes.ts": SCENES });
  const process = await startBackend();
  await process.push(project.dir);
  const http = new ConvexHttpClient(process.url, { logger: false });
  const admin = (name: string, args: Record<string, unknown>) =>
    runAsAdmin(process, name, args) as Promise<never>;
  return {
    query: (f, args) => http.query(f, args),
    mutation: (f, args) => http.mutation(f, args),
    action: (f, args) => http.action(f, args),
    runInternalAction: (f, args) => admin(getFunctionName(f), args),
    fetch: (route, init) => fetch(process.siteUrl + route, init),
    insert: (table, row) => admin("scenes:insert", { table, row }),
    patch: (_table, id, fields) => admin("scenes:patch", { id, fields }),
    rows: (table) => admin("scenes:rows", { table }),
    stop: async () => {
      await process.stop();
      project.remove();
    },
  };
}

backendCases("on embedded/", makeBackend);
