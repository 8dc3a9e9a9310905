import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Functions } from "../../../../embedded/runtime/functions";
import type { RunRequest } from "../../../../embedded/runtime/types";
import { documents, tableScan } from "../../../../embedded/deploy/documents";
import { markFinished, type Job } from "../../../../embedded/scheduler/jobs";
import { Scheduler } from "../../../../embedded/scheduler/scheduler";
import { Engine } from "../engine/engine";
import { WAIT } from "../../../helpers/wait";

const HOUR = 60 * 60 * 1000;

let engine: Engine;
let scheduler: Scheduler;
let now: number;
let ran: string[];
/** Whether the deployment fails every run. */
let failing: boolean;
const errors: unknown[] = [];

beforeEach(async () => {
  engine = await Engine.create();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  now = 1_800_000_000_000;
  ran = [];
  failing = false;
  scheduler = new Scheduler({
    committer: engine.committer,
    functions: functions as unknown as Functions,
    now: () => now,
    newRequestId: () => "request",
    onError: (error) => errors.push(error),
  });
});
afterEach(async () => {
  scheduler.stop();
  vi.useRealTimers();
  await engine.destroy();
  expect(errors).toEqual([]);
});

/** Mutations that note their name; like the real ones they end their job in their own transaction. */
const functions: Pick<Functions, "lookup" | "mutation"> = {
  lookup: () => null,
  mutation: async ({ path, scheduledJob }: RunRequest) => {
    ran.push(path);
    if (failing) {
      const failure = { kind: "system", code: "Overloaded", status: 503, message: "later" } as const;
      return { ok: false, failure, logLines: [] };
    }
    const { id = "", component = "" } = scheduledJob ?? {};
    await engine.committer.execute((tx) => markFinished(tx, id, { kind: "success" }, now), { component });
    return { ok: true, value: "null", logLines: [] } as unknown as Awaited<ReturnType<Functions["mutation"]>>;
  },
};

const schedule = (name: string, nextTs: number, { state = "pending", copies = 1, component = "" } = {}) =>
  engine.committer.execute(
    (tx) => {
      const job = { name, component, args: [{}], scheduledTime: nextTs, nextTs, state: { kind: state } };
      for (let i = 0; i < copies; i++) tx.insert("_scheduled_jobs", job);
    },
    { component },
  );

const jobs = () =>
  engine.committer.read((tx) =>
    [...documents(tx, tableScan("_scheduled_jobs"))].map((text) => JSON.parse(text) as Job),
  );

/** Lets everything happen that waits for no timer. */
async function settle(): Promise<void> {
  for (let round = 0; round < 12; round++) {
    for (let turn = 0; turn < 5; turn++) await setImmediate();
    await engine.committer.drain();
  }
}

test("runs a job when it is due, and not before", async () => {
  await schedule("a.js:run", now + 3 * HOUR);
  scheduler.start();
  await settle();
  now += 3 * HOUR - 1000;
  vi.advanceTimersByTime(3 * HOUR - 1000);
  await settle();
  expect(ran).toEqual([]);
  now += 1000;
  vi.advanceTimersByTime(1000);
  await settle();
  expect(ran).toEqual(["a.js:run"]);
});

test("notices within a minute that the clock has jumped, as after a machine's sleep", async () => {
  await schedule("a.js:run", now + 3 * HOUR);
  scheduler.start();
  await settle();
  now += 3 * HOUR;
  vi.advanceTimersByTime(60_000);
  await settle();
  expect(ran).toEqual(["a.js:run"]);
});

test("begins beside any number of jobs that are not due, and fails what a crash cut off once", async () => {
  for (let i = 0; i < 3; i++) await schedule("later.js:run", now + HOUR, { copies: 11_000 });
  await schedule("cut.js:off", now - HOUR, { state: "inProgress" });
  await schedule("a.js:run", now);
  scheduler.start();
  const cutOff = () => jobs().find(({ name }) => name === "cut.js:off");
  while (cutOff()?.nextTs !== null) await settle();
  expect(ran).toEqual(["a.js:run"]);
  expect(cutOff()).toMatchObject({
    state: { kind: "failed", error: "Transient error while executing action" },
    nextTs: null,
    completedTime: now,
  });
});

test("a row that is no job fails and keeps no other from running", async () => {
  await engine.committer.execute((tx) => {
    for (let i = 0; i < 300; i++) tx.insert("_scheduled_jobs", { nextTs: now - HOUR + i, name: i });
    tx.insert("_scheduled_jobs", { nextTs: "soon" });
  });
  await schedule("a.js:run", now);
  scheduler.start();
  await vi.waitFor(() => expect(jobs().every(({ nextTs }) => nextTs === null)).toBe(true), WAIT);
  expect(ran).toEqual(["a.js:run"]);
  expect(jobs()[0]?.state).toEqual({
    kind: "failed",
    error: "The record of this scheduled function cannot be read.",
  });
  expect(errors.splice(0)).toHaveLength(301);
});

test("jobs of every component run, the earliest first", async () => {
  await engine.committer.prepareSchema("counter", null);
  await schedule("late.js:run", now - 1000);
  await schedule("early.js:run", now - 2000, { component: "counter" });
  scheduler.start();
  await settle();
  expect(ran).toEqual(["early.js:run", "late.js:run"]);
  await schedule("new.js:run", now, { component: "counter" });
  await settle();
  expect(ran.at(-1)).toBe("new.js:run");
});

test("before the start nothing runs, whatever is paused or resumed", async () => {
  await schedule("a.js:run", now);
  scheduler.setPaused(true);
  scheduler.setPaused(false);
  await settle();
  expect(ran).toEqual([]);
  scheduler.start();
  await settle();
  expect(ran).toEqual(["a.js:run"]);
});

test("while paused jobs wait, and then run", async () => {
  scheduler.setPaused(true);
  scheduler.start();
  await schedule("a.js:run", now - 1000);
  await settle();
  expect(ran).toEqual([]);
  scheduler.setPaused(false);
  await settle();
  expect(ran).toEqual(["a.js:run"]);
});

test("the deployment's own failures put a job off, further each time", async () => {
  failing = true;
  await schedule("a.js:run", now);
  scheduler.start();
  for (const wait of [500, 1000, 2000]) {
    await settle();
    expect(jobs()[0]?.nextTs).toBe(now + wait);
    now += wait;
    vi.advanceTimersByTime(wait);
  }
  await settle();
  expect(jobs()[0]).toMatchObject({ attempts: 4, state: { kind: "pending" } });
  expect(ran).toHaveLength(4);
});
