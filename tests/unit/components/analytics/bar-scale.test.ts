import { describe, expect, it } from "vitest";
import { axisTicks } from "../../../../components/analytics/bar-scale";

describe("an axis", () => {
  it("begins at zero, ends at or above the most, and has few lines at round numbers", () => {
    expect(axisTicks(118)).toEqual([0, 50, 100, 150]);
    expect(axisTicks(3)).toEqual([0, 1, 2, 3]);
    expect(axisTicks(0)).toEqual([0, 1]);
    for (let most = 1; most < 5_000; most += 7) {
      const ticks = axisTicks(most);
      expect(ticks[0]).toBe(0);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(most);
      expect(ticks.length).toBeLessThanOrEqual(6);
    }
  });
});
