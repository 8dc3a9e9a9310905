/** Probes, metrics and logs for whoever runs a deployment. */
import { ConvexClient, ConvexHttpClient } from "convex/browser";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import {
  convexProject,
  mutation,
  query,
  startBackend,
  type Backend,
  type ConvexProject,
} from "../helpers/embedded";
import { WAIT } from "../helpers/wait";

const APP = `
import { queryGeneric as query, mutationGeneric as mutation, actionGeneric as action, httpActionGeneric as httpAction, httpRouter } from "convex/server";
import { v } from "convex/values";
export const add = mutation({
  args: { text: v.string() },
  handler: async (ctx, { text }) => {
    const rows = await ctx.db.query("rows").take(3);
    await ctx.db.insert("rows", { text, n: rows.length });
    console.log("added", text);
  },
});
export const addSlowly = mutation({
  args: {},
  handler: async (ctx) => {
    const rows = await ctx.db.query("rows").take(3);
    for (let i = 0; i < 1e8; i++);
    await ctx.db.insert("rows", { text: "slow", n: rows.length });
  },
});
export const list = query({ args: {}, handler: async (ctx) => (await ctx.db.query("rows").collect()).length });
export const fails = query({ args: {}, handler: async () => { throw new Error("on purpose"); } });
export const meta = mutation({ args: {}, handler: async (ctx) => (await ctx.meta.getRequestMetadata()).requestId });
`;
const HTTP = `
import { httpActionGeneric as httpAction, httpRouter } from "convex/server";
const http = httpRouter();
http.route({ path: "/seen", method: "GET", handler: httpAction(async (ctx, request) =>
  Response.json({ meta: (await ctx.meta.getRequestMetadata()).requestId, header: request.headers.get("convex-request-id") })) });
export default http;
`;

let backend: Backend;
let project: ConvexProject;
let client: ConvexHttpClient;
const get = (path: string, headers: Record<string, string> = {}) => fetch(backend.url + path, { headers });
const metrics = async () => (await get("/metrics", { authorization: `Convex ${backend.adminKey}` })).text();
/** The sample with these labels; NaN when there is none. */
const sample = (text: string, name: string, labels: Record<string, string> = {}) => {
  const line = text.split("\n").find((candidate) => {
    return (
      candidate.startsWith(name) &&
      Object.entries(labels).every(([key, value]) => candidate.includes(`${key}="${value}"`))
    );
  });
  return Number(line?.split(" ").at(-1));
};

beforeAll(async () => {
  backend = await startBackend({ env: { PRAXTALK_LOG_FORMAT: "json" } });
  project = convexProject({ "app.ts": APP, "http.ts": HTTP });
  await backend.push(project.dir);
  client = new ConvexHttpClient(backend.url, { logger: false });
});
afterAll(async () => {
  project.remove();
  await backend.stop();
});

describe("probes", () => {
  test("alive, and ready as it can commit and run functions", async () => {
    expect((await get("/livez")).status).toBe(200);
    const answer = await get("/readyz");
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      ok: true,
      checks: { commits: null, functions: null, disk: null },
    });
    expect((await get("/version")).status).toBe(200);
  });
});

describe("metrics", () => {
  test("are the admin's only", async () => {
    expect((await get("/metrics")).status).toBe(403);
    const almost = backend.adminKey.slice(0, -1) + (backend.adminKey.endsWith("0") ? "1" : "0");
    expect((await get("/metrics", { authorization: `Convex ${almost}` })).status).toBe(401);
  });

  test("count runs, what they read and wrote, requests, connections, commits and caches", async () => {
    await client.mutation(mutation("app:add"), { text: "one" });
    await client.mutation(mutation("app:add"), { text: "two" });
    await client.query(query("app:list"), {});
    await client.query(query("app:list"), {});
    await client.query(query("app:fails"), {}).catch(() => undefined);
    for (let i = 0; i < 20; i++) await client.query(query(`nothing:here${i}`), {}).catch(() => undefined);
    for (let i = 0; i < 20; i++) await fetch(`${backend.siteUrl}/made/up/${i}`);
    for (let i = 0; i < 20; i++) await get(`/made/up/${i}`);
    const live = new ConvexClient(backend.url);
    await new Promise<void>((resolve) => live.onUpdate(query("app:list"), {}, () => resolve()));
    const text = await metrics();
    await live.close();

    const add = { type: "Mutation", path: "app:add" };
    expect(sample(text, "praxtalk_function_runs_total", { ...add, outcome: "success" })).toBe(2);
    expect(sample(text, "praxtalk_function_seconds_count", add)).toBe(2);
    // One row at the second run, and the row that each wrote.
    expect(sample(text, "praxtalk_function_documents_total", { ...add, access: "read" })).toBe(1);
    expect(sample(text, "praxtalk_function_documents_total", { ...add, access: "write" })).toBe(2);
    expect(sample(text, "praxtalk_function_bytes_total", { ...add, access: "write" })).toBeGreaterThan(50);
    expect(sample(text, "praxtalk_function_runs_total", { path: "app:fails", outcome: "error" })).toBe(1);
    expect(sample(text, "praxtalk_function_runs_total", { path: "app:list", outcome: "success" })).toBe(1);
    expect(sample(text, "praxtalk_query_cache_lookups", { result: "hit" })).toBeGreaterThanOrEqual(2);
    expect(sample(text, "praxtalk_live_queries", { kind: "watched" })).toBe(1);
    expect(sample(text, "praxtalk_connections", { kind: "websockets" })).toBe(1);
    expect(sample(text, "praxtalk_http_seconds_count", { route: "/api/mutation", status: "200" })).toBe(2);
    expect(sample(text, "praxtalk_commit_group_size_count")).toBeGreaterThanOrEqual(2);
    expect(sample(text, "praxtalk_commit_write_seconds_sum")).toBeGreaterThan(0);
    expect(sample(text, "praxtalk_threads", { kind: "function" })).toBeGreaterThanOrEqual(2);
    expect(sample(text, "praxtalk_process_memory_bytes", { kind: "rss" })).toBeGreaterThan(10e6);
    expect(sample(text, "praxtalk_disk_bytes", { kind: "database" })).toBeGreaterThan(0);
    expect(sample(text, "praxtalk_scheduler_lag_seconds")).toBe(0);
    // What callers make up has no series of its own.
    expect(sample(text, "praxtalk_function_runs_total", { path: "(unknown)", outcome: "error" })).toBe(20);
    expect(text).not.toMatch(/here1|made/);
  });

  test("count conflicts", async () => {
    const adds = Array.from({ length: 4 }, () => {
      const own = new ConvexHttpClient(backend.url, { logger: false });
      return own.mutation(mutation("app:addSlowly"), {}).catch(() => undefined);
    });
    await Promise.all(adds);
    const text = await metrics();
    const retried = { path: "app:addSlowly", table: "rows", retried: "true" };
    expect(sample(text, "praxtalk_occ_conflicts_total", retried)).toBeGreaterThan(0);
  });
});

describe("request ids", () => {
  const lines = () =>
    backend
      .output()
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const ask = (headers: Record<string, string> = {}) =>
    fetch(`${backend.url}/api/mutation`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ path: "app:meta", args: {}, format: "json" }),
    });

  test("are the same in the answer's header, in ctx.meta and in the log", async () => {
    const answer = await ask({ "convex-request-id": "given-by-client" });
    expect(answer.headers.get("convex-request-id")).toBe("given-by-client");
    expect(await answer.json()).toMatchObject({ value: "given-by-client" });
    await vi.waitFor(() => {
      expect(lines().find(({ requestId }) => requestId === "given-by-client")).toMatchObject({
        event: "execution",
        level: "info",
        type: "Mutation",
        function: "app:meta",
        ms: expect.any(Number) as number,
      });
    }, WAIT);
  });

  test("are made where a client gives none, or one that is no word", async () => {
    const given: Record<string, string>[] = [{}, { "convex-request-id": "two words\t{}" }];
    for (const headers of given) {
      const answer = await fetch(`${backend.siteUrl}/seen`, { headers });
      const id = answer.headers.get("convex-request-id");
      expect(id).toMatch(/^[0-9a-f]{16}$/);
      expect(await answer.json()).toEqual({ meta: id, header: id });
    }
  });

  test("failures and console lines are lines of JSON too", async () => {
    await vi.waitFor(() => {
      expect(lines().find((line) => line["function"] === "app:fails")).toMatchObject({
        level: "error",
        error: expect.stringContaining("on purpose") as string,
      });
      expect(lines().find((line) => line["function"] === "app:add")).toMatchObject({
        lines: [{ level: "LOG", text: "'added' 'one'" }],
      });
    }, WAIT);
  });
});
