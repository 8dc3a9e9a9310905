import { expect, test } from "vitest";
import { UserTimeJudge } from "@/embedded/runtime/user-time";

const worker = {};
let cpuMs = 0;
const judge = (): UserTimeJudge => new UserTimeJudge(1_000, () => cpuMs);

test("time is up when both the clock and the process's CPU time say so", () => {
  const time = judge();
  expect(time.isOver(worker, { run: 1, userMs: 20 })).toBe(false);
  cpuMs += 900;
  expect(time.isOver(worker, { run: 1, userMs: 1_100 })).toBe(false);
  cpuMs += 101;
  expect(time.isOver(worker, { run: 1, userMs: 1_200 })).toBe(true);
});

test("CPU time of others alone ends nothing, nor does that of earlier runs", () => {
  const time = judge();
  expect(time.isOver(worker, { run: 1, userMs: 0 })).toBe(false);
  cpuMs += 5_000;
  expect(time.isOver(worker, { run: 1, userMs: 1_000 })).toBe(false);
  expect(time.isOver(worker, { run: 2, userMs: 1_500 })).toBe(false);
  expect(time.isOver({}, { run: 1, userMs: 1_500 })).toBe(false);
});

test("a run that uses no CPU time ends at ten times its limit", () => {
  const time = judge();
  expect(time.isOver(worker, { run: 3, userMs: 10_000 })).toBe(false);
  expect(time.isOver(worker, { run: 3, userMs: 10_001 })).toBe(true);
});
