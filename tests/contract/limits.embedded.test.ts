/** Production's limits, with production's texts, met by real functions; and that a function may catch them. */
import { ConvexHttpClient } from "convex/browser";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  convexProject,
  startBackend,
  type Backend,
  type ConvexProject,
  action,
  mutation,
  query,
} from "../helpers/embedded";

const LIMITS = `
import { queryGeneric as query, mutationGeneric as mutation, actionGeneric as action, getServiceToken, getServiceUrl, log, makeFunctionReference } from "convex/server";
import { v } from "convex/values";

export const insertMany = mutation({
  args: { table: v.string(), count: v.number(), bytes: v.number() },
  handler: async (ctx, { table, count, bytes }) => {
    const text = "x".repeat(bytes);
    for (let i = 0; i < count; i++) await ctx.db.insert(table, { i, text });
  },
});
export const size = query({ args: { table: v.string() }, handler: (ctx, { table }) => ctx.db.query(table).count() });
export const readAll = query({
  args: { table: v.string() },
  handler: async (ctx, { table }) => (await ctx.db.query(table).collect()).length,
});
export const readFiltered = query({
  args: { table: v.string() },
  handler: async (ctx, { table }) =>
    (await ctx.db.query(table).filter((q) => q.eq(q.field("i"), -1)).collect()).length,
});
export const readOneByOne = query({
  args: { table: v.string(), times: v.number() },
  handler: async (ctx, { table, times }) => {
    for (let i = 0; i < times; i++) await ctx.db.query(table).first();
  },
});
export const catchesItsLimit = query({
  args: { table: v.string() },
  handler: async (ctx, { table }) => {
    try {
      return { length: (await ctx.db.query(table).collect()).length };
    } catch (error) {
      return { caught: error.message };
    }
  },
});
export const scheduleMany = mutation({
  args: { count: v.number() },
  handler: async (ctx, { count }) => {
    for (let i = 0; i < count; i++) {
      await ctx.scheduler.runAfter(3600_000, makeFunctionReference("limits:insertMany"), { table: "no", count: 0, bytes: 0 });
    }
  },
});
export const insertValue = mutation({ args: { value: v.any() }, handler: (ctx, { value }) => ctx.db.insert("values", { value }) });
export const returnBytes = query({ args: { bytes: v.number() }, handler: async (_ctx, { bytes }) => "x".repeat(bytes) });
export const returnsFromAction = action({ args: { bytes: v.number() }, handler: async (_ctx, { bytes }) => "x".repeat(bytes) });
export const logsForEver = query({ args: {}, handler: async () => { const line = "x".repeat(100_000); for (;;) console.log(line); } });
const logMany = async () => { const line = "x".repeat(100_000); for (let i = 0; i < 1_000; i++) console.log(line); };
export const logsInQuery = query({ args: {}, handler: logMany });
export const logsInAction = action({ args: {}, handler: logMany });
/** Backtracks for longer than anybody lives. */
export const matches = query({ args: { length: v.number() }, handler: async (_ctx, { length }) => /^(a+)+$/.test("a".repeat(length) + "!") });
export const echo = query({ args: { text: v.string() }, handler: async (_ctx, { text }) => text.length });
export const loopForEver = query({ args: {}, handler: async () => { for (;;); } });
export const loopInMutation = mutation({
  args: {},
  handler: async (ctx) => { await ctx.db.insert("looped", {}); for (;;); },
});
export const eatMemory = query({
  args: {},
  handler: async () => { const all = []; for (;;) all.push(new Array(1000).fill(all.length)); },
});
export const never = query({ args: {}, handler: () => new Promise(() => {}) });
export const usesFetch = query({ args: {}, handler: () => fetch("http://127.0.0.1/") });
export const usesTimer = mutation({ args: {}, handler: () => new Promise((resolve) => setTimeout(resolve, 1)) });
export const usesRandomKey = query({ args: {}, handler: async () => crypto.randomUUID() });
export const writesAuditLog = mutation({ args: {}, handler: () => log.audit({ action: "test" }) });
export const usesService = action({
  args: {},
  handler: () => Promise.all([getServiceUrl, getServiceToken].map((get) => get("ai-gateway").catch((error) => error.message))),
});
export const clockStands = query({
  args: {},
  handler: async () => { const a = Date.now(); for (let i = 0; i < 1e6; i++); return a === Date.now(); },
});
export const wait = action({ args: { ms: v.number() }, handler: async (_ctx, { ms }) => { await new Promise((r) => setTimeout(r, ms)); return "waited"; } });
`;

const HTTP = `
import { httpActionGeneric as httpAction, httpRouter } from "convex/server";
const http = httpRouter();
http.route({ path: "/bytes", method: "GET", handler: httpAction(async (_ctx, request) =>
  new Response(new Uint8Array(Number(new URL(request.url).searchParams.get("n"))))) });
export default http;
`;
const MiB = 1024 * 1024;

let backend: Backend;
let project: ConvexProject;
let http: ConvexHttpClient;

beforeAll(async () => {
  backend = await startBackend();
  project = convexProject({ "limits.ts": LIMITS, "http.ts": HTTP });
  await backend.push(project.dir);
  http = new ConvexHttpClient(backend.url, { logger: false });
  for (let i = 0; i < 3; i++) {
    await http.mutation(mutation("limits:insertMany"), { table: "rows", count: 11_000, bytes: 1 });
  }
  // 20 MiB of documents, in two mutations below the limit of what one may write.
  for (let i = 0; i < 2; i++) {
    await http.mutation(mutation("limits:insertMany"), { table: "large", count: 20, bytes: 512 * 1024 });
  }
});
afterAll(async () => {
  project.remove();
  await backend.stop();
});

const DOCUMENTS = "Too many documents read in a single function execution (limit: 32000)";

test("documents read, those that a filter drops included", async () => {
  await expect(http.query(query("limits:readAll"), { table: "rows" })).rejects.toThrow(DOCUMENTS);
  await expect(http.query(query("limits:readFiltered"), { table: "rows" })).rejects.toThrow(DOCUMENTS);
  expect(await http.query(query("limits:size"), { table: "rows" })).toBe(33_000);
});

test("bytes read", async () => {
  await expect(http.query(query("limits:readAll"), { table: "large" })).rejects.toThrow(
    "Too many bytes read in a single function execution (limit: 16777216 bytes)",
  );
});

test("ranges read", async () => {
  await http.query(query("limits:readOneByOne"), { table: "rows", times: 4096 });
  await expect(http.query(query("limits:readOneByOne"), { table: "rows", times: 4097 })).rejects.toThrow(
    "Too many reads in a single function execution (limit: 4096)",
  );
});

test("a function may catch a limit", async () => {
  const result = (await http.query(query("limits:catchesItsLimit"), { table: "rows" })) as {
    caught?: string;
  };
  expect(result.caught).toContain(DOCUMENTS);
});

test("documents and bytes written; nothing of such a mutation stays", async () => {
  await expect(
    http.mutation(mutation("limits:insertMany"), { table: "many", count: 16_001, bytes: 1 }),
  ).rejects.toThrow("Too many writes in a single function execution (limit: 16000)");
  await expect(
    http.mutation(mutation("limits:insertMany"), { table: "many", count: 33, bytes: 512 * 1024 }),
  ).rejects.toThrow("Too many bytes written in a single function execution (limit: 16 MiB)");
  expect(await http.query(query("limits:size"), { table: "many" })).toBe(0);
});

test("scheduled functions", async () => {
  await http.mutation(mutation("limits:scheduleMany"), { count: 1000 });
  await expect(http.mutation(mutation("limits:scheduleMany"), { count: 1001 })).rejects.toThrow(/scheduled/i);
});

test("size and shape of values", async () => {
  const insert = (value: unknown) => http.mutation(mutation("limits:insertValue"), { value });
  await expect(insert("x".repeat(1024 * 1024))).rejects.toThrow("Value is too large");
  await expect(insert(new Array(8193).fill(0))).rejects.toThrow(
    "Array length is too long (8193 > maximum length 8192)",
  );
  let nested: unknown = 0;
  for (let i = 0; i < 20; i++) nested = [nested];
  await expect(insert(nested)).rejects.toThrow("too nested");
});

test("size of arguments and results", async () => {
  expect(await http.query(query("limits:echo"), { text: "x".repeat(8 * 1024 * 1024) })).toBe(8 * 1024 * 1024);
  await expect(http.query(query("limits:echo"), { text: "x".repeat(17 * 1024 * 1024) })).rejects.toThrow();
  await expect(http.query(query("limits:returnBytes"), { bytes: 17 * 1024 * 1024 })).rejects.toThrow(
    "return value is too large (actual: 17.00 MiB, limit: 16 MiB)",
  );
});

test("size of an action's result, and of an HTTP action's; the next call is served", async () => {
  const returned = (bytes: number) => http.action(action("limits:returnsFromAction"), { bytes });
  await expect(returned(20 * MiB)).rejects.toThrow(
    "return value is too large (actual: 20.00 MiB, limit: 16 MiB)",
  );
  expect(await returned(15 * MiB)).toHaveLength(15 * MiB);
  const received = async (bytes: number) => {
    const body = await (await fetch(`${backend.siteUrl}/bytes?n=${bytes}`)).arrayBuffer();
    return body.byteLength;
  };
  expect(await received(20 * MiB)).toBe(20 * MiB);
  expect(await received(20 * MiB + 1).catch(() => 0)).toBeLessThanOrEqual(20 * MiB);
  expect(await received(1)).toBe(1);
});

test("log lines; the next call is served", async () => {
  for (const [kind, path] of [
    ["query", "limits:logsInQuery"],
    ["action", "limits:logsInAction"],
  ]) {
    const response = await fetch(`${backend.url}/api/${kind}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ path, args: {} }),
    });
    const { logLines } = (await response.json()) as { logLines: string[] };
    expect(logLines, kind).toHaveLength(256);
    expect(Math.max(...logLines.map((line) => line.length)), kind).toBeLessThan(33_000);
    expect(logLines.at(-1), kind).toContain("Remaining log lines omitted");
  }
  await expect(http.query(query("limits:logsForEver"), {})).rejects.toThrow("Function execution timed out");
  expect(await http.query(query("limits:clockStands"), {})).toBe(true);
});

test("a regular expression that backtracks; the next call is served", async () => {
  expect(await http.query(query("limits:matches"), { length: 5 })).toBe(false);
  await expect(http.query(query("limits:matches"), { length: 60 })).rejects.toThrow(
    "Function execution timed out (maximum duration: 1s)",
  );
  expect(await http.query(query("limits:matches"), { length: 5 })).toBe(false);
});

test("run time of queries and mutations; the next call is served", async () => {
  await expect(http.query(query("limits:loopForEver"), {})).rejects.toThrow(
    "Function execution timed out (maximum duration: 1s)",
  );
  await expect(http.mutation(mutation("limits:loopInMutation"), {})).rejects.toThrow(
    "Function execution timed out",
  );
  expect(await http.query(query("limits:size"), { table: "looped" })).toBe(0);
  expect(await http.action(action("limits:wait"), { ms: 1500 })).toBe("waited");
});

test("memory; the next call is served", async () => {
  await expect(http.query(query("limits:eatMemory"), {})).rejects.toThrow(
    /JavaScript execution ran out of memory|Function execution timed out/,
  );
  expect(await http.query(query("limits:clockStands"), {})).toBe(true);
});

test("what queries and mutations may not use", async () => {
  const refused = (thing: string) =>
    `Can't use ${thing} in queries and mutations. Please consider using an action.`;
  await expect(http.query(query("limits:usesFetch"), {})).rejects.toThrow(refused("fetch()"));
  await expect(http.mutation(mutation("limits:usesTimer"), {})).rejects.toThrow(refused("setTimeout"));
  await expect(http.query(query("limits:usesRandomKey"), {})).rejects.toThrow(
    refused("cryptographic randomness"),
  );
  await expect(http.query(query("limits:never"), {})).rejects.toThrow("Returned promise will never resolve");
  expect(await http.query(query("limits:clockStands"), {})).toBe(true);
});

test("what this deployment does not have says so", async () => {
  await expect(http.mutation(mutation("limits:writesAuditLog"), {})).rejects.toThrow(
    "not supported yet: audit logs",
  );
  const refused = expect.stringContaining("not supported yet: Convex Cloud services") as string;
  expect(await http.action(action("limits:usesService"), {})).toEqual([refused, refused]);
});
