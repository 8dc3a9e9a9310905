import { afterEach, beforeEach, expect, test } from "vitest";
import { documents, tableScan } from "../../../../embedded/deploy/documents";
import { Retention } from "../../../../embedded/scheduler/retention";
import { Engine } from "../engine/engine";

const DAY = 24 * 60 * 60 * 1000;

let engine: Engine;
let now: number;
const errors: unknown[] = [];

beforeEach(async () => {
  now = Date.now();
  engine = await Engine.create({ now: () => now });
});
afterEach(async () => {
  await engine.destroy();
  expect(errors).toEqual([]);
});

const sweep = () =>
  new Retention({
    committer: engine.committer,
    now: () => now,
    onError: (error) => errors.push(error),
  }).sweep();
const names = (table: string) =>
  engine.committer.read((tx) =>
    [...documents(tx, tableScan(table))].map((text) => (JSON.parse(text) as { name: string }).name),
  );
const job = (name: string, completedTime: number | null) => ({
  name,
  component: "",
  args: [{}],
  scheduledTime: 0,
  nextTs: completedTime === null ? now + DAY : null,
  ...(completedTime === null ? {} : { completedTime }),
  state: { kind: completedTime === null ? "pending" : "success" },
});

test("results of scheduled functions go a week after their end, however many; what waits stays", async () => {
  await engine.committer.execute((tx) => {
    for (let i = 0; i < 250; i++) tx.insert("_scheduled_jobs", job(`old ${i}`, now - 7 * DAY - 1 - i));
    // One that could not be read, and was set aside.
    tx.insert("_scheduled_jobs", { completedTime: now - 8 * DAY, nextTs: null });
    tx.insert("_scheduled_jobs", job("recent", now - 7 * DAY + 60_000));
    tx.insert("_scheduled_jobs", job("pending", null));
  });
  await sweep();
  expect(names("_scheduled_jobs").sort()).toEqual(["pending", "recent"]);
});

test("in every component", async () => {
  await engine.committer.prepareSchema("counter", null);
  await engine.committer.execute((tx) => tx.insert("_scheduled_jobs", job("old", now - 8 * DAY)), {
    component: "counter",
  });
  await sweep();
  const left = engine.committer.read((tx) => [...documents(tx, tableScan("_scheduled_jobs"))], {
    component: "counter",
  });
  expect(left).toEqual([]);
});

test("records of requests go two weeks after them", async () => {
  const insert = (name: string) => engine.committer.execute((tx) => tx.insert("_session_requests", { name }));
  await insert("old");
  now += 14 * DAY + 1;
  await insert("new");
  await sweep();
  expect(names("_session_requests")).toEqual(["new"]);
});
