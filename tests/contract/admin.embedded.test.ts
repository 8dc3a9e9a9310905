/** Routes that only an admin may use: pausing, addresses, tables, scheduled functions, one-off queries. */
import { ConvexClient, ConvexHttpClient } from "convex/browser";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import WebSocket from "ws";
import {
  action,
  convexProject,
  mutation,
  query,
  startBackend,
  type Backend,
  type ConvexProject,
} from "../helpers/embedded";

const NOTES = `
import { queryGeneric as query, mutationGeneric as mutation, actionGeneric as action, makeFunctionReference } from "convex/server";
import { v } from "convex/values";
export const list = query({ args: {}, handler: async (ctx) => (await ctx.db.query("notes").collect()).map((note) => note.text) });
export const addNote = mutation({ args: { text: v.string() }, handler: (ctx, args) => ctx.db.insert("notes", args) });
export const addOthers = mutation({
  args: { field: v.string(), count: v.number() },
  handler: async (ctx, { field, count }) => { for (let n = 0; n < count; n++) await ctx.db.insert("others", { [field]: n }); },
});
export const later = mutation({
  args: { text: v.string(), ms: v.number() },
  handler: (ctx, { text, ms }) => ctx.scheduler.runAfter(ms, makeFunctionReference("notes:addNote"), { text }),
});
export const laterAct = mutation({
  args: { ms: v.number() },
  handler: (ctx, { ms }) => ctx.scheduler.runAfter(ms, makeFunctionReference("notes:act"), {}),
});
export const act = action({ args: {}, handler: async () => "acted" });
export const states = query({
  args: {},
  handler: async (ctx) => (await ctx.db.system.query("_scheduled_functions").collect()).map((job) => job.state.kind),
});
export const address = query({ args: {}, handler: async () => process.env.CONVEX_CLOUD_URL });
`;
const SCHEMA = `
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";
export default defineSchema(
  { notes: defineTable({ text: v.string() }).index("by_text", ["text"]) },
  { strictTableNameTypes: false },
);
`;
const HTTP = `
import { httpRouter, httpActionGeneric as httpAction } from "convex/server";
const http = httpRouter();
http.route({ path: "/ping", method: "GET", handler: httpAction(async () => new Response("pong")) });
export default http;
`;
const CRONS = `
import { cronJobs, makeFunctionReference } from "convex/server";
const crons = cronJobs();
crons.interval("pulse", { seconds: 1 }, makeFunctionReference("notes:addNote"), { text: "pulse" });
export default crons;
`;
const PAUSED =
  "Cannot run functions while this deployment is paused. Resume the deployment in the dashboard settings to allow functions to run.";
const WAIT = { timeout: 15_000, interval: 50 };

let backend: Backend;
let project: ConvexProject;
let http: ConvexHttpClient;

beforeAll(async () => {
  backend = await startBackend();
  project = convexProject({ "notes.ts": NOTES, "schema.ts": SCHEMA, "http.ts": HTTP, "crons.ts": CRONS });
  await backend.push(project.dir);
  http = new ConvexHttpClient(backend.url, { logger: false });
});
afterAll(async () => {
  project.remove();
  await backend.stop();
});

const request = (method: string, path: string, body?: unknown, key = backend.adminKey) =>
  fetch(`${backend.url}${path}`, {
    method,
    headers: { "Content-Type": "application/json", Authorization: `Convex ${key}` },
    ...(method === "GET" ? {} : { body: JSON.stringify(body ?? {}) }),
  });
const post = async (path: string, body?: unknown) => {
  const response = await request("POST", path, body);
  const text = await response.text();
  return { status: response.status, body: text === "" ? null : (JSON.parse(text) as unknown) };
};
const get = async (path: string): Promise<unknown> => (await request("GET", path)).json();
const notes = () => http.query(query("notes:list"), {}) as Promise<string[]>;

test.each([
  ["POST", "/api/v1/pause_deployment"],
  ["POST", "/api/v1/unpause_deployment"],
  ["POST", "/api/update_canonical_url"],
  ["POST", "/api/delete_tables"],
  ["POST", "/api/cancel_job"],
  ["POST", "/api/cancel_all_jobs"],
  ["GET", "/api/get_indexes"],
  ["GET", "/api/shapes2"],
  ["GET", "/api/check_admin_key"],
])("%s %s is for admins only", async (method, path) => {
  expect((await request(method, path, {}, `${backend.adminKey}x`)).status).toBe(401);
});

test("a paused deployment runs nothing, says so, and goes on where it was", async () => {
  const client = new ConvexClient(backend.url, { webSocketConstructor: WebSocket as never });
  const failures: string[] = [];
  const seen: string[][] = [];
  client.onUpdate(
    query("notes:list"),
    {},
    (value: string[]) => seen.push(value),
    (error) => failures.push(error.message),
  );
  await vi.waitFor(() => expect(seen.length).toBeGreaterThan(0), WAIT);
  await http.mutation(mutation("notes:later"), { text: "waited", ms: 300 });

  expect((await post("/api/v1/pause_deployment")).status).toBe(200);
  await vi.waitFor(() => expect(failures.join()).toContain(PAUSED), WAIT);
  await expect(notes()).rejects.toThrow(PAUSED);
  await expect(http.mutation(mutation("notes:addNote"), { text: "no" })).rejects.toThrow(PAUSED);
  await expect(http.action(action("notes:act"), {})).rejects.toThrow(PAUSED);
  expect((await fetch(`${backend.siteUrl}/ping`)).ok).toBe(false);
  // The CLI still works.
  expect(
    JSON.stringify(await post("/api/query", { path: "_system/cli/tables", args: { paginationOpts: {} } })),
  ).not.toContain(PAUSED);

  seen.length = 0;
  expect((await post("/api/v1/unpause_deployment")).status).toBe(200);
  await vi.waitFor(async () => expect(await notes()).toContain("waited"), WAIT);
  expect(await notes()).not.toContain("no");
  await vi.waitFor(() => expect(seen.at(-1)).toContain("waited"), WAIT);
  const pulses = (await notes()).filter((text) => text === "pulse").length;
  await vi.waitFor(async () => {
    expect((await notes()).filter((text) => text === "pulse").length).toBeGreaterThan(pulses);
  }, WAIT);
  expect(await post("/api/v1/unpause_deployment")).toMatchObject({
    status: 400,
    body: { code: "UnpauseDeploymentFailed" },
  });
  await client.close();
});

test("the addresses that clients are told can be changed, and reset; they and a pause survive a restart", async () => {
  const address = () => http.query(query("notes:address"), {}) as Promise<string>;
  const set = (url?: string) => post("/api/update_canonical_url", { requestDestination: "convexCloud", url });
  expect((await set("https://chat.example.com/")).status).toBe(200);
  expect(await address()).toBe("https://chat.example.com");
  await post("/api/v1/pause_deployment");
  await backend.restart();
  await expect(notes()).rejects.toThrow(PAUSED);
  await post("/api/v1/unpause_deployment");
  expect(await address()).toBe("https://chat.example.com");
  expect(await get("/api/v1/get_canonical_urls")).toEqual({
    convexCloudUrl: "https://chat.example.com",
    convexSiteUrl: backend.siteUrl,
  });
  expect(await set("chat.example.com")).toMatchObject({ status: 400, body: { code: "InvalidCanonicalUrl" } });
  expect((await set()).status).toBe(200);
  expect(await address()).toBe(backend.url);
});

describe("scheduled functions", () => {
  const states = () => http.query(query("notes:states"), {}) as Promise<string[]>;
  const hour = 60 * 60 * 1000;

  test("one is cancelled by its id; a wrong id is refused", async () => {
    const id = (await http.mutation(mutation("notes:later"), { text: "never", ms: hour })) as string;
    expect((await post("/api/cancel_job", { id })).status).toBe(200);
    expect((await states()).at(-1)).toBe("canceled");
    expect((await post("/api/cancel_job", { id: "nonsense" })).status).toBe(400);
  });

  test("all, or all of one function, or all within a time", async () => {
    const now = Date.now();
    for (const ms of [hour, 2 * hour]) await http.mutation(mutation("notes:later"), { text: "never", ms });
    await http.mutation(mutation("notes:laterAct"), { ms: hour });
    const startNextTs = (now + 1.5 * hour) * 1e6;
    expect((await post("/api/cancel_all_jobs", { udfPath: "notes.js:addNote", startNextTs })).status).toBe(
      200,
    );
    expect((await states()).slice(-3)).toEqual(["pending", "canceled", "pending"]);
    expect((await post("/api/cancel_all_jobs", { udfPath: "notes.js:addNote" })).status).toBe(200);
    expect((await states()).slice(-3)).toEqual(["canceled", "canceled", "pending"]);
    expect((await post("/api/cancel_all_jobs")).status).toBe(200);
    expect((await states()).slice(-3)).toEqual(["canceled", "canceled", "canceled"]);
  });
});

test("tables: indexes, shapes, and removal of those that the schema does not have", async () => {
  await http.mutation(mutation("notes:addNote"), { text: "shaped" });
  expect(await get("/api/get_indexes")).toEqual({
    indexes: [
      {
        table: "notes",
        name: "by_text",
        fields: ["text", "_creationTime"],
        backfill: { state: "done" },
        staged: false,
      },
    ],
  });
  const { notes: shape } = (await get("/api/shapes2")) as { notes: { type: string; fields: unknown[] } };
  expect(shape.type).toBe("Object");
  expect(shape.fields).toContainEqual({ fieldName: "text", optional: false, shape: { type: "String" } });
  expect(shape.fields).toContainEqual({
    fieldName: "_id",
    optional: false,
    shape: { type: "Id", tableName: "notes" },
  });
  // Of the newest 100: an older document of another shape does not count any more.
  const fieldsOfOthers = async () => {
    const { others } = (await get("/api/shapes2")) as { others: { fields: { fieldName: string }[] } };
    return others.fields.map(({ fieldName }) => fieldName).sort();
  };
  await http.mutation(mutation("notes:addOthers"), { field: "old", count: 1 });
  expect(await fieldsOfOthers()).toEqual(["_creationTime", "_id", "old"]);
  await http.mutation(mutation("notes:addOthers"), { field: "young", count: 100 });
  expect(await fieldsOfOthers()).toEqual(["_creationTime", "_id", "young"]);
  expect(await post("/api/delete_tables", { tableNames: ["notes"] })).toMatchObject({
    status: 400,
    body: { message: 'Failed to delete table "notes" because it appears in the schema' },
  });
  expect((await post("/api/delete_tables", { tableNames: ["not there"] })).status).toBe(200);
  expect(await notes()).toContain("shaped");
});

describe("a one-off query", () => {
  const run = (source: string, key = backend.adminKey) =>
    post("/api/run_test_function", {
      adminKey: key,
      bundle: { path: "testQuery.js", source },
      args: {},
      format: "convex_encoded_json",
    });
  const WRAPPERS = `import { query } from "convex:/_system/repl/wrappers.js";`;

  test("reads, and may import what is deployed", async () => {
    await http.mutation(mutation("notes:addNote"), { text: "one-off" });
    const source = `${WRAPPERS} import { list } from "convex:/notes.js";
      export default query({ handler: async (ctx) => {
        console.log(typeof list);
        return (await ctx.db.query("notes").withIndex("by_text", (q) => q.eq("text", "one-off")).collect()).length;
      } });`;
    expect(await run(source)).toMatchObject({ status: 200, body: { status: "success", value: 1 } });
    // Nothing is kept: the same path may hold another module.
    expect(await run(`${WRAPPERS} export default query({ handler: async () => "other" });`)).toMatchObject({
      body: { value: "other" },
    });
  });

  test.each([
    [
      "it writes",
      `export default query({ handler: (ctx) => ctx.db.insert("notes", { text: "no" }) });`,
      "Uncaught",
    ],
    ["it does not parse", "export default query({", "SyntaxError"],
    [
      "its import is not there",
      `import "convex:/gone.js"; export default query({ handler: async () => 1 });`,
      "gone.js",
    ],
    ["it exports no query", "export default 7;", "must have a query as its default export"],
    [
      "it exports something else",
      `export { addNote as default } from "convex:/notes.js";`,
      "as Query, but it is defined as Mutation",
    ],
  ])("fails when %s, and leaves nothing", async (_case, source, text) => {
    const answer = await run(`${WRAPPERS} ${source}`);
    expect(answer).toMatchObject({ status: 200, body: { status: "error" } });
    expect(JSON.stringify(answer.body)).toContain(text);
    expect(await notes()).not.toContain("no");
  });

  test("is for admins", async () => {
    expect((await run(`${WRAPPERS} export default query({ handler: async () => 1 });`, "wrong")).status).toBe(
      401,
    );
  });
});

test("the deployed code can be fetched back", async () => {
  const { body } = await post("/api/get_config", { adminKey: backend.adminKey });
  const { modules } = body as { modules: { path: string; source: string; environment: string }[] };
  const module = modules.find(({ path }) => path === "notes.js");
  expect(module?.environment).toBe("isolate");
  expect(module?.source).toContain("acted");
});
