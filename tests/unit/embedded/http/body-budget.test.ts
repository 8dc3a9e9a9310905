import { expect, test } from "vitest";
import { BodyBudget } from "@/embedded/http/body-budget";

const MiB = 1024 * 1024;

test("refuses what goes beyond the sum, and has room again once others are answered", () => {
  const budget = new BodyBudget(100 * MiB);
  const [first, second] = [budget.share(), budget.share()];
  first.take(60 * MiB);
  expect(() => second.take(41 * MiB)).toThrow(expect.objectContaining({ status: 503, code: "Overloaded" }));
  second.take(40 * MiB);
  first.release();
  first.release();
  second.take(60 * MiB);
  second.release();
});

test("one alone may have more than all together: its route bounds it", () => {
  const budget = new BodyBudget(100 * MiB);
  const only = budget.share();
  only.take(90 * MiB);
  only.take(90 * MiB);
  expect(() => budget.share().take(MiB)).toThrow("Try again in a moment.");
});

test("small bodies always have room, and are counted", () => {
  const budget = new BodyBudget(MiB);
  const [large, small] = [budget.share(), budget.share()];
  large.take(MiB);
  small.take(65_000);
  small.take(536);
  expect(() => small.take(1)).toThrow(expect.objectContaining({ status: 503 }));
  large.release();
  expect(() => budget.share().take(MiB)).toThrow(expect.objectContaining({ status: 503 }));
  small.release();
  budget.share().take(MiB);
});
