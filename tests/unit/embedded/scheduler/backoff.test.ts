import { expect, test } from "vitest";
import { retryDelay } from "../../../../embedded/scheduler/backoff";

test("doubles with each failure up to the longest delay of its reason", () => {
  expect([0, 1, 2, 3, 11].map((failures) => retryDelay(failures, "conflict"))).toEqual([
    100, 200, 400, 800, 60_000,
  ]);
  expect([0, 1, 20].map((failures) => retryDelay(failures, "other"))).toEqual([
    500,
    1000,
    2 * 60 * 60 * 1000,
  ]);
  expect([0, 5].map((failures) => retryDelay(failures, "cron"))).toEqual([500, 15_000]);
});
