/** Cron jobs: when they run, what a push changes of them, what restarts and a moved clock do to them. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ConvexHttpClient } from "convex/browser";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { convexProject, query, startBackend, type Backend, type ConvexProject } from "../helpers/embedded";
import { testClock, type TestClock } from "../helpers/test-clock";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const WAIT = { timeout: 20_000, interval: 50 };

const JOBS = `
import { queryGeneric as query, internalMutationGeneric as internalMutation,
  internalActionGeneric as internalAction, makeFunctionReference } from "convex/server";
import { v } from "convex/values";
export const record = internalMutation({
  args: { label: v.string() },
  handler: async (ctx, { label }) => {
    await ctx.db.insert("runs", { label, time: Date.now(), identity: await ctx.auth.getUserIdentity() });
  },
});
export const act = internalAction({
  args: { label: v.string() },
  handler: (ctx, { label }) => ctx.runMutation(makeFunctionReference("jobs:record"), { label }),
});
export const actSlowly = internalAction({
  args: { label: v.string(), ms: v.number() },
  handler: async (ctx, { label, ms }) => {
    await ctx.runMutation(makeFunctionReference("jobs:record"), { label: label + " began" });
    await new Promise((resolve) => setTimeout(resolve, ms));
    await ctx.runMutation(makeFunctionReference("jobs:record"), { label: label + " ended" });
  },
});
export const fail = internalMutation({
  args: {},
  handler: async (ctx) => {
    await ctx.db.insert("runs", { label: "never kept", time: 0 });
    throw new Error("this cron job fails");
  },
});
export const runs = query({ args: {}, handler: (ctx) => ctx.db.query("runs").collect() });
`;

const crons = (...lines: string[]) => `
import { cronJobs, makeFunctionReference } from "convex/server";
const jobs = (name) => makeFunctionReference("jobs:" + name);
const crons = cronJobs();
${lines.join("\n")}
export default crons;
`;
const INTERVALS = [
  `crons.interval("pulse", { seconds: 1 }, jobs("record"), { label: "pulse" });`,
  `crons.interval("act", { seconds: 1 }, jobs("act"), { label: "act" });`,
  `crons.interval("fail", { seconds: 1 }, jobs("fail"), {});`,
  `crons.interval("slow", { seconds: 1 }, jobs("actSlowly"), { label: "slow", ms: 1500 });`,
];
const ON_THE_CLOCK = [
  `crons.hourly("hourly", { minuteUTC: 30 }, jobs("record"), { label: "hourly" });`,
  `crons.hourly("any minute", jobs("record"), { label: "any minute" });`,
  `crons.daily("daily", { hourUTC: 4, minuteUTC: 0 }, jobs("record"), { label: "daily" });`,
  `crons.weekly("weekly", { dayOfWeek: "monday", hourUTC: 4, minuteUTC: 0 }, jobs("act"), { label: "weekly" });`,
  `crons.monthly("monthly", { day: 1, hourUTC: 4, minuteUTC: 0 }, jobs("record"), { label: "monthly" });`,
  `crons.cron("cron string", "*/20 * * * *", jobs("record"), { label: "cron string" });`,
];

type CronDocument = { name: string; state: string; args: string; prevTs: number | null; nextTs: number };
type Run = { label: string; time: number; identity: unknown };

let backend: Backend;
let project: ConvexProject;
let clock: TestClock;
let http: ConvexHttpClient;

beforeAll(async () => {
  project = convexProject({ "jobs.ts": JOBS });
  clock = testClock(project.dir);
  backend = await startBackend({ env: clock.env });
  http = new ConvexHttpClient(backend.url, { logger: false });
  await pushCrons(...INTERVALS, ...ON_THE_CLOCK);
});
afterAll(async () => {
  project.remove();
  await backend.stop();
});

async function pushCrons(...lines: string[]): Promise<void> {
  project.write({ "crons.ts": crons(...lines) });
  await backend.push(project.dir);
}

async function cronRows(): Promise<Record<string, CronDocument>> {
  const response = await fetch(`${backend.url}/api/query`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Convex ${backend.adminKey}` },
    body: JSON.stringify({
      path: "_system/cli/tableData",
      args: { table: "_cron_jobs", order: "asc", paginationOpts: { cursor: null, numItems: 100 } },
      format: "json",
    }),
  });
  const { value } = (await response.json()) as { value: { page: CronDocument[] } };
  return Object.fromEntries(value.page.map((row) => [row.name, row]));
}

async function runsOf(label: string): Promise<Run[]> {
  const runs = (await http.query(query("jobs:runs"), {})) as Run[];
  return runs.filter((run) => run.label === label);
}

const untilRuns = (label: string, atLeast: number) =>
  vi.waitFor(async () => expect((await runsOf(label)).length).toBeGreaterThanOrEqual(atLeast), WAIT);

type LogEntry = { identifier: string; caller: string; error: string | null; udfType: string };

async function logged(): Promise<LogEntry[]> {
  const response = await fetch(`${backend.url}/api/stream_udf_execution?cursor=0`, {
    headers: { Authorization: `Convex ${backend.adminKey}` },
  });
  return ((await response.json()) as { entries: LogEntry[] }).entries;
}

test("intervals run at once and go on, mutations and actions, logged out; a failing one goes on too", async () => {
  await Promise.all([untilRuns("pulse", 3), untilRuns("act", 3)]);
  expect((await runsOf("pulse"))[0]?.identity).toBeNull();
  await vi.waitFor(async () => {
    const failures = (await logged()).filter(({ identifier }) => identifier === "jobs:fail");
    expect(failures.length).toBeGreaterThanOrEqual(3);
    for (const { caller, error } of failures) {
      expect(caller).toBe("Cron");
      expect(error).toContain("this cron job fails");
    }
  }, WAIT);
  expect(await runsOf("never kept")).toEqual([]);
});

test("a run that is longer than its interval delays the next one; the ticks between are left out", async () => {
  await untilRuns("slow ended", 2);
  const labels = ((await http.query(query("jobs:runs"), {})) as Run[])
    .map(({ label }) => label)
    .filter((label) => label.startsWith("slow"));
  expect(labels.slice(0, 4)).toEqual(["slow began", "slow ended", "slow began", "slow ended"]);
  const skipping = /^Skipping 1 run\(s\) of job \w+ because multiple scheduled runs are in the past$/;
  expect((await logged()).map(({ error }) => error)).toContainEqual(expect.stringMatching(skipping));
});

test("jobs on the clock run once at their time, and once after ticks that passed while time jumped", async () => {
  const before = await cronRows();
  expect(await runsOf("hourly")).toEqual([]);
  const due = before["hourly"]?.nextTs ?? NaN;
  expect(new Date(due).getUTCMinutes()).toBe(30);
  expect(new Date(before["weekly"]?.nextTs ?? NaN).getUTCDay()).toBe(1);
  expect(new Date(before["monthly"]?.nextTs ?? NaN).getUTCDate()).toBe(1);
  expect(new Date(before["cron string"]?.nextTs ?? NaN).getUTCMinutes() % 20).toBe(0);

  // The job that runs every second keeps the backend looking at the clock.
  clock.advance(due - clock.now() + 1000);
  await untilRuns("hourly", 1);
  expect((await runsOf("hourly"))[0]?.time).toBeGreaterThanOrEqual(due);
  expect((await cronRows())["hourly"]).toMatchObject({ prevTs: due, nextTs: due + HOUR });

  // 45 days: every kind has been due, most of them often.
  clock.advance(45 * 24 * HOUR);
  const labels = ["any minute", "daily", "weekly", "monthly", "cron string"];
  await Promise.all(labels.map((label) => untilRuns(label, 1)));
  await untilRuns("hourly", 2);
  // An action's tick is passed after its last write.
  await vi.waitFor(async () => {
    const rows = await cronRows();
    for (const name of ["hourly", ...labels]) {
      expect(rows[name]?.nextTs, name).toBeGreaterThan(clock.now() - MINUTE);
    }
  }, WAIT);
  for (const name of ["hourly", ...labels]) {
    expect((await runsOf(name)).filter(({ time }) => time > due + HOUR).length, name).toBeLessThanOrEqual(2);
  }
});

test("a clock that is set back repeats no tick", async () => {
  const before = (await cronRows())["hourly"];
  const runs = await runsOf("hourly");
  clock.advance(-24 * HOUR);
  await backend.restart();
  clock.advance(24 * HOUR);
  await backend.restart();
  await untilRuns("pulse", (await runsOf("pulse")).length + 1);
  expect(await runsOf("hourly")).toEqual(runs);
  expect((await cronRows())["hourly"]).toEqual(before);
});

test("a push keeps the rhythm of what is the same, and adds, changes and removes the rest", async () => {
  const before = await cronRows();
  const [hourly = "", , daily = "", ...others] = ON_THE_CLOCK;
  await pushCrons(
    hourly.replace('label: "hourly"', 'label: "other args"'),
    daily.replace("hourUTC: 4", "hourUTC: 5"),
    ...others,
    `crons.interval("cut off", { hours: 1 }, jobs("actSlowly"), { label: "cut off", ms: 60000 });`,
  );
  const after = await cronRows();
  expect(Object.keys(after).sort()).toEqual([
    "cron string",
    "cut off",
    "daily",
    "hourly",
    "monthly",
    "weekly",
  ]);
  for (const name of ["cron string", "monthly", "weekly"]) expect(after[name]).toEqual(before[name]);
  expect(after["hourly"]).toEqual({ ...before["hourly"], args: '[{"label":"other args"}]' });
  expect(new Date(after["daily"]?.nextTs ?? NaN).getUTCHours()).toBe(5);
});

test("kill -9: no tick is lost or run twice, and an action that was cut off is not run again", async () => {
  await untilRuns("cut off began", 1);
  const due = (await cronRows())["hourly"]?.nextTs ?? NaN;
  await backend.kill9();
  clock.advance(due - clock.now() + 10 * MINUTE);
  await backend.restart();
  await untilRuns("other args", 1);
  await vi.waitFor(async () => expect((await cronRows())["cut off"]?.state).toBe("pending"), WAIT);
  expect((await logged()).map(({ error }) => error)).toContain("Transient error while executing action");
  await backend.restart();
  expect((await cronRows())["hourly"]).toMatchObject({ prevTs: due, nextTs: due + HOUR });
  expect(await runsOf("other args")).toHaveLength(1);
  expect(await runsOf("cut off began")).toHaveLength(1);
});

/** What the CLI sends to have a push judged: two modules, in the shape that `convex/server` gives them. */
async function judge(name: string, schedule: object): Promise<string> {
  const cron = { name, args: [{}], schedule };
  const module = (path: string, source: string) => ({ path, source, environment: "isolate" });
  const response = await fetch(`${backend.url}/api/deploy2/evaluate_push`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      adminKey: backend.adminKey,
      functions: "convex/",
      appDefinition: {
        definition: null,
        dependencies: [],
        schema: null,
        changedModules: [
          module("jobs.js", MINIMAL_JOBS),
          module("crons.js", `export default { isCrons: true, crons: { bad: ${JSON.stringify(cron)} } };`),
        ],
        unchangedModuleHashes: [],
        udfServerVersion: "1.48.0",
      },
      componentDefinitions: [],
      nodeDependencies: [],
    }),
  });
  const answer = (await response.json()) as { code?: string; message?: string };
  return response.status === 200 ? "fine" : `${response.status} ${answer.code}: ${answer.message}`;
}

const MINIMAL_JOBS = `
export const change = Object.assign(() => {}, { isMutation: true, isInternal: true });
export const look = Object.assign(() => {}, { isQuery: true, isPublic: true });
`;

test("a push is refused whose cron jobs cannot run", async () => {
  const refusal = (text: string) => `400 InvalidCron: Hit an error while pushing:\n${text}`;
  const hourly = { type: "hourly", minuteUTC: 1 };
  expect(await judge("jobs:change", hourly)).toBe("fine");
  expect(await judge("jobs:gone", hourly)).toBe(
    refusal("The cron job 'bad' schedules a function that does not exist: jobs.js:gone"),
  );
  expect(await judge("jobs:look", hourly)).toBe(
    refusal(
      "The cron job 'bad' schedules a query function, only actions and mutations can be scheduled: jobs.js:look",
    ),
  );
  expect(await judge("jobs:change", { type: "cron", cron: "0 12 * * 7" })).toBe(
    refusal("Failed to parse cron expression"),
  );
  expect(await judge("jobs:change", { type: "cron", cron: "0 0 31 2 *" })).toBe(
    refusal('The cron spec "0 0 31 2 *" will never match any time'),
  );
  expect(await judge("jobs:change", { type: "hourly", minuteUTC: 60 })).toContain(
    "minuteUTC must be 0-59 in {",
  );
});

const BOX = {
  "convex.config.ts": `import { defineComponent } from "convex/server"; export default defineComponent("box");`,
  "store.ts": `
import { queryGeneric as query, internalMutationGeneric as internalMutation, internalActionGeneric as internalAction,
  makeFunctionReference } from "convex/server";
import { v } from "convex/values";
export const put = internalMutation({ args: { text: v.string() }, returns: v.null(),
  handler: async (ctx, args) => { await ctx.db.insert("texts", args); return null; } });
export const act = internalAction({ args: {}, returns: v.null(),
  handler: async (ctx) => { await ctx.runMutation(makeFunctionReference("store:put"), { text: "acted" }); return null; } });
export const list = query({ args: {}, returns: v.array(v.string()),
  handler: async (ctx) => (await ctx.db.query("texts").collect()).map(({ text }) => text) });`,
  "crons.ts": `
import { cronJobs, makeFunctionReference } from "convex/server";
const crons = cronJobs();
crons.interval("inside", { seconds: 1 }, makeFunctionReference("store:put"), { text: "put" });
crons.interval("act inside", { seconds: 1 }, makeFunctionReference("store:act"), {});
export default crons;`,
};

test("a component has cron jobs of its own, which end when it is unmounted", async () => {
  mkdirSync(path.join(project.dir, "box"));
  for (const [name, text] of Object.entries(BOX)) writeFileSync(path.join(project.dir, "box", name), text);
  project.write({
    "crons.ts": null,
    "convex.config.ts": `import { defineApp } from "convex/server"; import box from "../box/convex.config.js";
      const app = defineApp(); app.use(box); export default app;`,
    "boxed.ts": `import { queryGeneric as query, componentsGeneric } from "convex/server";
      export const list = query({ handler: (ctx) => ctx.runQuery(componentsGeneric().box.store.list, {}) });`,
  });
  await backend.push(project.dir);
  const list = () => http.query(query("boxed:list"), {}) as Promise<string[]>;
  const many = (text: string, all: string[]) => all.filter((one) => one === text).length > 2;
  await vi.waitFor(async () => {
    const all = await list();
    expect(many("put", all) && many("acted", all)).toBe(true);
  }, WAIT);
  expect(await cronRows()).toEqual({});
  expect(
    (await logged()).some(({ identifier, caller }) => identifier === "store:put" && caller === "Cron"),
  ).toBe(true);

  project.write({ "convex.config.ts": null, "boxed.ts": null });
  await pushCrons(INTERVALS[0] ?? "");
  const pulses = (await runsOf("pulse")).length;
  await untilRuns("pulse", pulses + 1);
  const runs = async () => (await logged()).filter(({ identifier }) => identifier === "store:put").length;
  const before = await runs();
  await untilRuns("pulse", pulses + 4);
  expect(await runs()).toBe(before);
}, 90_000);
