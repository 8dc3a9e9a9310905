import { afterEach, expect, test, vi } from "vitest";
import { Health, type HealthChecks } from "@/embedded/operation/health";

const GOOD: HealthChecks = {
  commit: () => Promise.resolve(),
  runFunction: () => Promise.resolve(),
  freeDisk: () => Promise.resolve(1e12),
};
afterEach(() => {
  vi.useRealTimers();
});

test("ready when all of it works", async () => {
  const health = new Health(GOOD);
  expect(await health.report()).toEqual({
    isReady: true,
    checks: { commits: null, functions: null, disk: null },
  });
});

test("says what does not work, and why", async () => {
  const health = new Health({
    commit: () => Promise.reject(new Error("No space left on device")),
    runFunction: () => Promise.reject(new Error("No worker.")),
    freeDisk: () => Promise.resolve(10 * 1024 * 1024),
  });
  expect(await health.report()).toEqual({
    isReady: false,
    checks: { commits: "No space left on device", functions: "No worker.", disk: "Only 10 MiB are free." },
  });
});

test("what hangs does not hold up the answer", async () => {
  vi.useFakeTimers();
  const health = new Health({ ...GOOD, commit: () => new Promise(() => undefined) });
  const report = health.report();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await report).toMatchObject({ isReady: false, checks: { commits: "No answer within 5 s." } });
});

test("many who ask at once cost one look; a second later there is another one", async () => {
  const commit = vi.fn(() => Promise.resolve());
  let now = 0;
  const health = new Health({ ...GOOD, commit }, () => now);
  await Promise.all([health.report(), health.report(), health.report()]);
  expect(commit).toHaveBeenCalledTimes(1);
  now = 1_001;
  await health.report();
  expect(commit).toHaveBeenCalledTimes(2);
});
