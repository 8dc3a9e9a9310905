import { describe, expect, it } from "vitest";
import { overBudget } from "../../../scripts/support/route-sizes.mjs";

describe("the budgets of routes", () => {
  const budgets = { "/": 170, "/app": 300 };

  it("hold a route that loads as much as it may", () => {
    const sizes = new Map([
      ["/", 170_000],
      ["/app", 12],
    ]);
    expect(overBudget(sizes, budgets)).toEqual([]);
  });

  it("name a route above its budget, one without any, and one that is gone", () => {
    const sizes = new Map([
      ["/", 171_500],
      ["/app/new", 12],
    ]);
    expect(overBudget(sizes, budgets)).toEqual([
      "/ loads 171.5 kB, 1.5 over its budget.",
      "/app/new has no budget in scripts/route-budgets.mjs.",
      "There is no route /app any more: take its budget away.",
    ]);
  });
});
