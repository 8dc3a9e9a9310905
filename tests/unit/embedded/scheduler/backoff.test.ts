import { expect, test } from "vitest";
import { Backoff } from "../../../../embedded/scheduler/backoff";

test("doubles up to the longest delay of its reason, for each job on its own", () => {
  const backoff = new Backoff();
  const conflicts = Array.from({ length: 12 }, () => backoff.next("a", "conflict"));
  expect(conflicts.slice(0, 4)).toEqual([100, 200, 400, 800]);
  expect(conflicts.at(-1)).toBe(60_000);
  expect(backoff.next("b", "other")).toBe(500);
});

test("begins anew after a success", () => {
  const backoff = new Backoff();
  backoff.next("a", "other");
  backoff.next("a", "other");
  backoff.forget("a");
  expect(backoff.next("a", "other")).toBe(500);
});
