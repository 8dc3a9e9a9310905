/** Scheduled functions: when they run, what cancels them, and what a crash leaves of them. */
import { ConvexHttpClient } from "convex/browser";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import {
  convexProject,
  startBackend,
  type Backend,
  type ConvexProject,
  mutation,
  query,
} from "../helpers/embedded";

const JOBS = `
import { queryGeneric as query, mutationGeneric as mutation, internalMutationGeneric as internalMutation,
  internalActionGeneric as internalAction, makeFunctionReference } from "convex/server";
import { v } from "convex/values";
const ref = (name) => makeFunctionReference("jobs:" + name);

export const record = internalMutation({
  args: { label: v.string() },
  handler: async (ctx, { label }) => {
    await ctx.db.insert("runs", { label, identity: await ctx.auth.getUserIdentity() });
  },
});
export const recordThenFail = internalMutation({
  args: { label: v.string() },
  handler: async (ctx, { label }) => {
    await ctx.db.insert("runs", { label });
    throw new Error("job failed");
  },
});
export const act = internalAction({
  args: { label: v.string() },
  handler: (ctx, { label }) => ctx.runMutation(ref("record"), { label }),
});
export const actSlowly = internalAction({
  args: { label: v.string(), ms: v.number() },
  handler: async (ctx, { label, ms }) => {
    await ctx.runMutation(ref("record"), { label: label + " began" });
    await new Promise((resolve) => setTimeout(resolve, ms));
    await ctx.runMutation(ref("record"), { label: label + " ended" });
  },
});
export const readOnly = query({ args: {}, handler: async () => null });

export const after = mutation({
  args: { fn: v.string(), ms: v.number(), args: v.any() },
  handler: (ctx, { fn, ms, args }) => ctx.scheduler.runAfter(ms, ref(fn), args),
});
export const at = mutation({
  args: { fn: v.string(), time: v.number(), args: v.any() },
  handler: (ctx, { fn, time, args }) => ctx.scheduler.runAt(time, ref(fn), args),
});
export const many = mutation({
  args: { count: v.number(), ms: v.number(), label: v.string() },
  handler: async (ctx, { count, ms, label }) => {
    for (let i = 0; i < count; i++) await ctx.scheduler.runAfter(ms, ref("record"), { label: label + " " + i });
  },
});
export const scheduleThenFail = mutation({
  args: { label: v.string() },
  handler: async (ctx, { label }) => {
    await ctx.scheduler.runAfter(0, ref("record"), { label });
    throw new Error("rolled back");
  },
});
export const cancel = mutation({ args: { id: v.any() }, handler: (ctx, { id }) => ctx.scheduler.cancel(id) });
export const job = query({ args: { id: v.any() }, handler: (ctx, { id }) => ctx.db.system.get(id) });
export const pending = query({
  args: {},
  handler: async (ctx) =>
    (await ctx.db.system.query("_scheduled_functions").collect()).filter((job) => job.state.kind === "pending").length,
});
export const labels = query({
  args: {},
  handler: async (ctx) => (await ctx.db.query("runs").collect()).map((run) => run.label),
});
`;
const WAIT = { timeout: 20_000, interval: 50 };

type JobDocument = {
  name: string;
  args: unknown[];
  scheduledTime: number;
  completedTime?: number;
  state: { kind: string; error?: string };
};

let backend: Backend;
let project: ConvexProject;
let http: ConvexHttpClient;

beforeAll(async () => {
  backend = await startBackend();
  project = convexProject({ "jobs.ts": JOBS });
  await backend.push(project.dir);
});
afterAll(async () => {
  project.remove();
  await backend.stop();
});
beforeEach(() => {
  http = new ConvexHttpClient(backend.url, { logger: false });
});

const schedule = (fn: string, ms: number, args: object) =>
  http.mutation(mutation("jobs:after"), { fn, ms, args }) as Promise<string>;
const job = (id: string) => http.query(query("jobs:job"), { id }) as Promise<JobDocument | null>;
const runsOf = async (label: string) =>
  ((await http.query(query("jobs:labels"), {})) as string[]).filter((run) => run === label).length;
const untilState = async (id: string, kind: string) =>
  vi.waitFor(async () => {
    const document = await job(id);
    expect(document?.state.kind).toBe(kind);
    return document;
  }, WAIT);

test("a mutation runs once it is due, logged out, and its record says so", async () => {
  const id = await schedule("record", 300, { label: "later" });
  const waiting = await job(id);
  expect(waiting).toMatchObject({
    name: "jobs.js:record",
    args: [{ label: "later" }],
    state: { kind: "pending" },
  });
  expect(waiting).not.toHaveProperty("completedTime");
  const done = await untilState(id, "success");
  expect(await runsOf("later")).toBe(1);
  expect(done?.completedTime).toBeGreaterThanOrEqual(done?.scheduledTime ?? Infinity);
});

test("an action runs too", async () => {
  const id = await schedule("act", 0, { label: "acted" });
  await untilState(id, "success");
  expect(await runsOf("acted")).toBe(1);
});

test("a time in the past means now; the record keeps what was asked", async () => {
  const time = Date.now() - 60_000;
  const id = (await http.mutation(mutation("jobs:at"), {
    fn: "record",
    time,
    args: { label: "past" },
  })) as string;
  const done = await untilState(id, "success");
  expect(done?.scheduledTime).toBe(time);
});

test("a failing mutation is not tried again and leaves nothing behind", async () => {
  const id = await schedule("recordThenFail", 0, { label: "failed" });
  const done = await untilState(id, "failed");
  expect(done?.state.error).toContain("job failed");
  expect(await runsOf("failed")).toBe(0);
});

test("bad arguments and a target that is a query fail when they run", async () => {
  const badArgs = await untilState(await schedule("record", 0, { label: 7 }), "failed");
  expect(badArgs?.state.error).toContain("ArgumentValidationError");
  const query = await untilState(await schedule("readOnly", 0, {}), "failed");
  expect(query?.state.error).toMatch(/readOnly/);
});

test("a target that does not exist is refused when it is scheduled", async () => {
  await expect(schedule("missing", 0, {})).rejects.toThrow("Attempted to schedule function");
});

test("what a failed mutation scheduled never runs", async () => {
  await expect(http.mutation(mutation("jobs:scheduleThenFail"), { label: "undone" })).rejects.toThrow(
    "rolled back",
  );
  await untilState(await schedule("record", 0, { label: "after undone" }), "success");
  expect(await runsOf("undone")).toBe(0);
});

test("a cancelled job never runs; cancelling again or too late does nothing", async () => {
  const id = await schedule("record", 400, { label: "cancelled" });
  await http.mutation(mutation("jobs:cancel"), { id });
  await http.mutation(mutation("jobs:cancel"), { id });
  const marker = await schedule("record", 600, { label: "marker" });
  await untilState(marker, "success");
  expect((await job(id))?.state.kind).toBe("canceled");
  expect(await runsOf("cancelled")).toBe(0);
  await http.mutation(mutation("jobs:cancel"), { id: marker });
  expect((await job(marker))?.state.kind).toBe("success");
});

test("mutations due during kill -9 and restart run exactly once each", async () => {
  const count = 200;
  await http.mutation(mutation("jobs:many"), { count, ms: 200, label: "burst" });
  // Some have run, some have not, when the process dies.
  await vi.waitFor(async () => expect(await runsOf("burst 0")).toBe(1), WAIT);
  await backend.kill9();
  await backend.restart();
  await vi.waitFor(async () => expect(await http.query(query("jobs:pending"), {})).toBe(0), WAIT);
  const labels = ((await http.query(query("jobs:labels"), {})) as string[]).filter((label) =>
    label.startsWith("burst"),
  );
  expect(labels.length).toBe(count);
  expect(new Set(labels).size).toBe(count);
});

test("an action cut off by kill -9 counts as failed and does not run again", async () => {
  const id = await schedule("actSlowly", 0, { label: "slow", ms: 60_000 });
  await vi.waitFor(async () => expect(await runsOf("slow began")).toBe(1), WAIT);
  await backend.kill9();
  await backend.restart();
  const done = await untilState(id, "failed");
  expect(done?.state.error).toBe("Transient error while executing action");
  expect(await runsOf("slow began")).toBe(1);
});

async function systemQuery(path: string, args: object): Promise<unknown> {
  const response = await fetch(`${backend.url}/api/query`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Convex ${backend.adminKey}` },
    body: JSON.stringify({ path: `_system/cli/${path}`, args, format: "json" }),
  });
  return ((await response.json()) as { value: unknown }).value;
}

/** How many runs there have been; counting them costs the backend nothing. */
const runCount = async () => Number(await systemQuery("tableSize", { tableName: "runs" }));

/** Of all runs, however many, page by page. */
async function allLabels(): Promise<string[]> {
  type Page = { page: { label: string }[]; isDone: boolean; continueCursor: string };
  const labels: string[] = [];
  for (let cursor: string | null = null, isDone = false; !isDone;) {
    const paginationOpts = { cursor, numItems: 1000 };
    const page = (await systemQuery("tableData", { table: "runs", order: "asc", paginationOpts })) as Page;
    labels.push(...page.page.map(({ label }) => label));
    ({ isDone, continueCursor: cursor } = page);
  }
  return labels;
}

test("a flood of jobs that are due at once: each runs once, and clients are served in between", async () => {
  const batches = process.env["PRAXTALK_LONG"] === "1" ? 10 : 2;
  const before = await runCount();
  for (let i = 0; i < batches; i++)
    await http.mutation(mutation("jobs:many"), { count: 1000, ms: 0, label: `flood ${i}` });
  let served = 0;
  while ((await runCount()) < before + batches * 1000) {
    // Answered among the jobs, not behind them.
    await schedule("record", 3_600_000, { label: "not yet" });
    served++;
  }
  expect(served).toBeGreaterThan(10);
  const labels = (await allLabels()).filter((label) => label.startsWith("flood"));
  expect(labels).toHaveLength(batches * 1000);
  expect(new Set(labels).size).toBe(batches * 1000);
}, 120_000);
