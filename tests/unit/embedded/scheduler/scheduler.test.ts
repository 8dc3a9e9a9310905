import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Functions } from "../../../../embedded/runtime/functions";
import type { RunRequest } from "../../../../embedded/runtime/types";
import { markFinished } from "../../../../embedded/scheduler/jobs";
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
  mutation: async ({ path, scheduledJobId }: RunRequest) => {
    ran.push(path);
    await engine.committer.execute((tx) => markFinished(tx, scheduledJobId ?? "", { kind: "success" }, now));
    return { ok: true, value: "null", logLines: [] } as unknown as Awaited<ReturnType<Functions["mutation"]>>;
  },
};

const schedule = (name: string, nextTs: number) =>
  engine.committer.execute((tx) => {
    const state = { kind: "pending" };
    tx.insert("_scheduled_jobs", { name, component: "", args: [{}], scheduledTime: nextTs, nextTs, state });
  });

/** Lets everything happen that waits for no timer. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await setImmediate();
}

test("runs a job when it is due, and not before", async () => {
  await schedule("a.js:run", now + 3 * HOUR);
  await scheduler.start();
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
  await scheduler.start();
  await settle();
  now += 3 * HOUR;
  vi.advanceTimersByTime(60_000);
  await settle();
  expect(ran).toEqual(["a.js:run"]);
});
