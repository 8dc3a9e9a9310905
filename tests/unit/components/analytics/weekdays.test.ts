import { describe, expect, it } from "vitest";
import { firstWeekday, weekdaysOf } from "@/components/analytics/weekdays";
import type { AnalyticsOverview } from "@/convex/validators/metrics";

/** So many days from Thursday 1 January 2026 on; on the nth of them n conversations began. */
const days = (count: number): AnalyticsOverview["days"] =>
  Array.from({ length: count }, (_, index) => ({
    day: new Date(Date.UTC(2026, 0, 1 + index)).toISOString().slice(0, 10),
    isOver: true,
    ...{ started: index + 1, answered: 1, answeredByAtlas: 0, answeredByProgram: 0, resolved: 0 },
    ...{
      firstResponse: { count: 0, median: null, p90: null },
      resolution: { count: 0, median: null, p90: null },
    },
  }));

describe("conversations by day of the week", () => {
  it("are the sums of the period's days, each counted as often as it comes", () => {
    const weekdays = weekdaysOf(days(15), "en-GB");
    expect(
      weekdays.map(({ name, days: count, started, answered }) => [name, count, started, answered]),
    ).toEqual([
      ["Mon", 2, 5 + 12, 2],
      ["Tue", 2, 6 + 13, 2],
      ["Wed", 2, 7 + 14, 2],
      ["Thu", 3, 1 + 8 + 15, 3],
      ["Fri", 2, 2 + 9, 2],
      ["Sat", 2, 3 + 10, 2],
      ["Sun", 2, 4 + 11, 2],
    ]);
  });

  it("begin with the day with which the reader's week does", () => {
    expect(weekdaysOf(days(14), "en-US").map(({ name }) => name)[0]).toBe("Sun");
    expect(weekdaysOf(days(14), "de-DE").map(({ name }) => name)[0]).toBe("Mo");
    expect(["en-US", "en-GB", "ar-EG", "pt-BR"].map(firstWeekday)).toEqual([6, 0, 5, 6]);
  });
});
