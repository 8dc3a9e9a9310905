import { expect, test } from "vitest";
import { BodyBudget } from "@/embedded/http/body-budget";

test("refuses what goes beyond the sum, and has room again once others are answered", () => {
  const budget = new BodyBudget(100);
  const [first, second] = [budget.share(), budget.share()];
  first.take(60);
  expect(() => second.take(41)).toThrow(expect.objectContaining({ status: 503, code: "Overloaded" }));
  second.take(40);
  first.release();
  first.release();
  second.take(60);
  second.release();
});

test("one alone may have more than all together: its route bounds it", () => {
  const budget = new BodyBudget(100);
  const only = budget.share();
  only.take(90);
  only.take(90);
  expect(() => budget.share().take(1)).toThrow("Try again in a moment.");
});
