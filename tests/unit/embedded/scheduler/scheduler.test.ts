import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Functions } from "../../../../embedded/runtime/functions";
import type { RunRequest } from "../../../../embedded/runtime/types";
import { documents, tableScan } from "../../../../embedded/deploy/documents";
import { markFinished, type Job } from "../../../../embedded/scheduler/jobs";
import { Scheduler } from "../../../../embedded/scheduler/scheduler";
import { Engine } from "../engine/engine";

const HOUR = 60 * 60 * 1000;

let engine: Engine;
let scheduler: Scheduler;
let now: number;
let ran: string[];
const errors: unknown[] = [];

beforeEach(async () => {
  engine = await Engine.create();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  now = 1_800_000_000_000;
  ran = [];
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
    await engine.committer.execute((tx) =>
      markFinished(tx, scheduledJob?.id ?? "", { kind: "success" }, now),
    );
    return { ok: true, value: "null", logLines: [] } as unknown as Awaited<ReturnType<Functions["mutation"]>>;
  },
};

const schedule = (name: string, nextTs: number, { state = "pending", copies = 1 } = {}) =>
  engine.committer.execute((tx) => {
    const job = { name, component: "", args: [{}], scheduledTime: nextTs, nextTs, state: { kind: state } };
    for (let i = 0; i < copies; i++) tx.insert("_scheduled_jobs", job);
  });

const jobs = () =>
  engine.committer.read((tx) =>
    [...documents(tx, tableScan("_scheduled_jobs"))].map((text) => JSON.parse(text) as Job),
  );

/** Lets everything happen that waits for no timer. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await setImmediate();
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

test("a job that cannot be read is reported and does not end the process", async () => {
  await engine.committer.execute((tx) => tx.insert("_scheduled_jobs", { nextTs: now - HOUR }));
  scheduler.start();
  await settle();
  expect(errors.splice(0)).toHaveLength(1);
});
