import { afterAll, beforeAll, expect, test } from "vitest";
import { request, startHarness, valueOf, type Harness } from "./harness";

let harness: Harness;
const query = async (path: string) => valueOf(await harness.functions.query(request(path, {})));

beforeAll(async () => {
  harness = await startHarness({ poolSize: 2 });
});
afterAll(() => harness.stop());

test("what waits while all threads are busy is run once, not once for each time it was moved", async () => {
  const busy = [query("failures:standsStill"), query("failures:standsStill")];
  const waiting = Array.from({ length: 10 }, () => query("failures:countsRuns"));
  const counts = await Promise.all(waiting);
  await Promise.all(busy);
  // Both threads are asked: each has at most the runs of all, and one more for each question.
  counts.push(...(await Promise.all(Array.from({ length: 30 }, () => query("failures:countsRuns")))));
  // A run that was sent ahead and taken back is run for nothing by the thread that had it: at most once.
  expect(Math.max(...(counts as number[]))).toBeLessThanOrEqual(2 * 10 + 30);
});
