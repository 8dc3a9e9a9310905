import { describe, expect, it } from "vitest";
import { clockTime, dayLabel, isSameDay, shortAge } from "../../../lib/time";

const now = Date.UTC(2026, 2, 14, 12, 0);
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

describe("shortAge", () => {
  it.each([
    [0, "now"],
    [minute - 1, "now"],
    [minute, "1m"],
    [hour - 1, "59m"],
    [hour, "1h"],
    [day - 1, "23h"],
    [day, "1d"],
    [7 * day - 1, "6d"],
    [7 * day, "7 Mar"],
    [-5 * minute, "now"], // the other side's clock is ahead
  ])("after %i ms is %s", (age, text) => {
    expect(shortAge(now - age, now, "UTC")).toBe(text);
  });
});

describe("days", () => {
  it("are those of the time zone", () => {
    const late = Date.UTC(2026, 2, 13, 23, 30);
    expect(clockTime(late, "UTC")).toBe("23:30");
    expect(clockTime(late, "Europe/Berlin")).toBe("00:30");
    expect(dayLabel(late, now, "UTC")).toBe("Yesterday");
    expect(dayLabel(late, now, "Europe/Berlin")).toBe("Today");
    expect(isSameDay(late, now, "UTC")).toBe(false);
    expect(isSameDay(late, now, "Europe/Berlin")).toBe(true);
  });

  it("further back have a date", () => {
    expect(dayLabel(now - 2 * day, now, "UTC")).toMatch(/^Thursday,? 12 March 2026$/);
    expect(dayLabel(now + 2 * day, now, "UTC")).toMatch(/^Monday,? 16 March 2026$/);
  });
});
