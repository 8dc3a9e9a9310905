/** The contract of the product's functions on the embedded deployment: a real process, pushed to by the official CLI. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { ConvexClient, ConvexHttpClient } from "convex/browser";
import { getFunctionName } from "convex/server";
import { expect, vi } from "vitest";
import { readErrorCode } from "../../lib/errors";
import { runAsAdmin, setEnvironment } from "../helpers/admin";
import { startBackend } from "../helpers/embedded";
import { productProject } from "../helpers/product";
import { backendCases } from "./backend.cases";
import { ENVIRONMENT } from "./backend/backend";
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
// By the deployment's own clock, as a mutation, which is never answered from a kept result: a job of this very moment is due.
export const jobsDue = internalMutation({
  args: {},
  handler: async (ctx) => {
    const jobs = await ctx.db.system.query("_scheduled_functions").collect();
    return jobs.filter((job) => !job.completedTime && job.scheduledTime <= Date.now() + 1000).length;
  },
});
`;

/** Loaded into every thread of the process: its clock runs `ms` ahead. */
const clockAhead = (ms: number): string => `
const RealDate = Date;
globalThis.Date = class Date extends RealDate {
  constructor(...parts) { parts.length === 0 ? super(RealDate.now() + ${ms}) : super(...parts); }
  static now() { return RealDate.now() + ${ms}; }
};
`;

async function makeBackend(): Promise<Backend> {
  const project = productProject({ "scenes.ts": SCENES });
  const clock = path.join(project.dir, "clock.mjs");
  let ahead = 0;
  writeFileSync(clock, clockAhead(ahead));
  // As npm start runs it: a refusal must reach clients by its code, though texts of errors do not.
  const env = { NODE_OPTIONS: `--import=${pathToFileURL(clock).href}`, PRAXTALK_REDACT_ERRORS: "1" };
  const process = await startBackend({ env });
  await setEnvironment(process, ENVIRONMENT);
  await process.push(project.dir);
  const http = new ConvexHttpClient(process.url, { logger: false });
  const socket = new ConvexClient(process.url, { logger: false });
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
    // The clock jumps while the process is down, so what is scheduled must survive a restart as well.
    advance: async (ms) => {
      ahead += ms;
      writeFileSync(clock, clockAhead(ahead));
      await process.restart();
      await vi.waitFor(async () => expect(await admin("scenes:jobsDue", {})).toBe(0), {
        timeout: 20_000,
        interval: 50,
      });
    },
    watch: (f, args, onResult, onRefused) =>
      socket.onUpdate(f, args, onResult, (error) => onRefused(readErrorCode(error))),
    stop: async () => {
      await socket.close();
      await process.stop();
      project.remove();
    },
  };
}

backendCases("on embedded/", makeBackend, { isLive: true });
