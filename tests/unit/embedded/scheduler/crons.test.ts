import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  applyCrons,
  beginCronRun,
  completeCronRun,
  parseCron,
  type CronRow,
  type CronSpec,
} from "../../../../embedded/runtime/cron-rows";
import type { Functions } from "../../../../embedded/runtime/functions";
import type { MutationRequest, RunRequest } from "../../../../embedded/runtime/types";
import { documents, tableScan } from "../../../../embedded/deploy/documents";
import { Crons } from "../../../../embedded/scheduler/crons";
import { Engine } from "../engine/engine";

const START = 1_800_000_000_000;
const SECOND = 1000;

let engine: Engine;
let crons: Crons;
let now: number;
let ran: string[];
let reported: string[];
/** Called at the end of each action. */
let duringAction: () => Promise<unknown>;
/** How many of the next mutations the deployment itself fails. */
let failures: number;
const errors: unknown[] = [];

beforeEach(async () => {
  engine = await Engine.create();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  now = START;
  [ran, reported, failures] = [[], [], 0];
  duringAction = () => Promise.resolve();
  crons = startable();
});
afterEach(async () => {
  crons.stop();
  vi.useRealTimers();
  await engine.destroy();
  expect(errors.splice(0)).toEqual([]);
});

function startable(): Crons {
  return new Crons({
    committer: engine.committer,
    functions: functions as unknown as Functions,
    now: () => now,
    newRequestId: () => "request",
    onError: (error) => errors.push(error),
  });
}

const functions: Pick<Functions, "lookup" | "mutation" | "action" | "reportUnrun"> = {
  lookup: (path) =>
    ({ udfType: path === "a.js:act" ? "Action" : "Mutation" }) as ReturnType<Functions["lookup"]>,
  mutation: async ({ path, component, args, cronRun }: MutationRequest) => {
    if (failures-- > 0) {
      const failure = { kind: "system", code: "Overloaded", status: 503, message: "later" } as const;
      return { ok: false, failure, logLines: [] };
    }
    if (cronRun === undefined) throw new Error("not a cron job's run");
    try {
      await engine.committer.execute(
        (tx) => {
          beginCronRun(tx, cronRun, { path, args });
          completeCronRun(tx, cronRun, now);
        },
        { component },
      );
    } catch {
      const failure = { kind: "system", code: "CronRunOutdated", status: 409, message: "outdated" } as const;
      return { ok: false, failure, logLines: [] };
    }
    ran.push(`${path} ${args}`);
    return { ok: true, value: "null", logLines: [], ts: 0n };
  },
  action: async ({ path, args }: RunRequest) => {
    ran.push(`${path} ${args}`);
    await duringAction();
    return { ok: true, value: "null", logLines: [] };
  },
  reportUnrun: (_request, udfType, error) => void reported.push(`${udfType}: ${error}`),
};

const spec = (name: string, seconds: number, path = "a.js:change", args = "[{}]"): CronSpec => ({
  name,
  path,
  args,
  schedule: { type: "interval", seconds },
});

const push = async (...specs: CronSpec[]) =>
  (await engine.committer.execute((tx) => applyCrons(tx, specs, now))).value;

const rows = (): CronRow[] =>
  engine.committer.read((tx) => [...documents(tx, tableScan("_cron_jobs"))].map(parseCron));

async function settle(): Promise<void> {
  for (let round = 0; round < 12; round++) {
    for (let turn = 0; turn < 5; turn++) await setImmediate();
    await engine.committer.drain();
  }
}

async function pass(ms: number): Promise<void> {
  now += ms;
  vi.advanceTimersByTime(ms);
  await settle();
}

test("a push says what it added, updated and deleted", async () => {
  expect(await push(spec("a", 1), spec("b", 1), spec("c", 1))).toEqual({
    added: ["a", "b", "c"],
    updated: [],
    deleted: [],
  });
  const before = rows();
  expect(await push(spec("a", 1), spec("b", 1, "a.js:other"))).toEqual({
    added: [],
    updated: ["b"],
    deleted: ["c"],
  });
  expect(rows()[0]).toEqual(before[0]);
});

test("a new interval counts from the last run", async () => {
  await push(spec("a", 60));
  crons.start();
  await settle();
  await push(spec("a", 90));
  expect(rows()[0]).toMatchObject({ prevTs: START, nextTs: START + 90 * SECOND });
});

test("one run at a time; the next begins when the long one has ended", async () => {
  let end: () => void = () => undefined;
  duringAction = () => new Promise<void>((resolve) => (end = resolve));
  await push(spec("a", 1, "a.js:act"));
  crons.start();
  await settle();
  await pass(5 * SECOND + 1);
  expect(ran).toHaveLength(1);
  end();
  await settle();
  expect(reported).toEqual([
    `Action: Skipping 5 run(s) of job ${rows()[0]?._id} because multiple scheduled runs are in the past`,
  ]);
  await pass(SECOND);
  expect(ran).toHaveLength(2);
  expect(rows()[0]).toMatchObject({ state: "inProgress", nextTs: START + 6 * SECOND });
  end();
  await settle();
});

test("an action that a crash cut off is reported and waits for its next tick", async () => {
  await push(spec("a", 60, "a.js:act"));
  await engine.committer.execute((tx) => tx.patch(rows()[0]?._id ?? "", { state: "inProgress" }));
  crons.start();
  await settle();
  expect(ran).toEqual([]);
  expect(reported).toEqual(["Action: Transient error while executing action"]);
  expect(rows()[0]).toMatchObject({ state: "pending", prevTs: START, nextTs: START + 60 * SECOND });
});

test("a push that reschedules a running action keeps its new time; one that removes it, its end", async () => {
  await push(spec("a", 60, "a.js:act"), spec("b", 60, "a.js:act"));
  crons.start();
  await settle();
  duringAction = () => push(spec("a", 90, "a.js:act"));
  await pass(60 * SECOND);
  expect(rows()).toHaveLength(1);
  // 90 seconds after the last run that had ended when the push came.
  expect(rows()[0]).toMatchObject({ name: "a", state: "pending", nextTs: START + 90 * SECOND });
});

test("what the deployment itself fails is tried again until it is done, once", async () => {
  await push(spec("a", 60));
  failures = 3;
  crons.start();
  await settle();
  for (const wait of [500, 1000]) await pass(wait);
  expect(ran).toEqual([]);
  await pass(2000);
  expect(ran).toHaveLength(1);
  expect(rows()[0]).toMatchObject({ prevTs: START, nextTs: START + 60 * SECOND });
});

test("a run that a push has overtaken does not take place", async () => {
  await push(spec("a", 60));
  failures = 1;
  crons.start();
  await settle();
  await push(spec("a", 60, "a.js:change", '[{"new":true}]'));
  await pass(500);
  expect(ran).toEqual(['a.js:change [{"new":true}]']);
});

test("a row that cannot be read stops no other job, and the next push makes it anew", async () => {
  await push(spec("a", 60), spec("broken", 60));
  await engine.committer.execute((tx) => tx.patch(rows()[1]?._id ?? "", { schedule: 7 }));
  crons.start();
  await settle();
  expect(ran).toHaveLength(1);
  expect(errors.splice(0)).toHaveLength(1);
  expect((await push(spec("a", 60), spec("broken", 60))).added).toEqual(["broken"]);
  await settle();
  expect(ran).toHaveLength(2);
});

test("a component has cron jobs of its own", async () => {
  await engine.committer.prepareSchema("counter", null);
  await push(spec("a", 60));
  await engine.committer.execute((tx) => applyCrons(tx, [spec("a", 60, "b.js:change")], now), {
    component: "counter",
  });
  crons.start();
  await settle();
  expect(ran.sort()).toEqual(["a.js:change [{}]", "b.js:change [{}]"]);
});

test("nothing runs while paused", async () => {
  crons.setPaused(true);
  crons.start();
  await push(spec("a", 60));
  await settle();
  expect(ran).toEqual([]);
  now += 9.5 * 60 * SECOND;
  crons.setPaused(false);
  await settle();
  expect(ran).toHaveLength(1);
  expect(reported[0]).toContain("Mutation: Skipping 9 run(s)");
});
