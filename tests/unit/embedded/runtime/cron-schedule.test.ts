import { expect, test } from "vitest";
import { drawSplay, firstRun, nextRun, parseSchedule } from "../../../../embedded/runtime/cron-schedule";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A Monday. */
const NOW = Date.UTC(2026, 0, 5, 10, 30, 15);

test("an interval runs at once, then by its rhythm, whatever the length of a run", () => {
  const interval = parseSchedule({ type: "interval", seconds: 30 });
  expect(firstRun(interval, 0, NOW)).toBe(NOW);
  expect(nextRun(interval, 0, NOW, NOW + 700)).toEqual({ time: NOW + 30_000, skipped: 0 });
});

test("ticks of an interval that passed meanwhile are left out and counted", () => {
  const interval = parseSchedule({ type: "interval", minutes: 1 });
  expect(nextRun(interval, 0, NOW, NOW + MINUTE)).toEqual({ time: NOW + MINUTE, skipped: 0 });
  expect(nextRun(interval, 0, NOW, NOW + MINUTE + 1)).toEqual({ time: NOW + 2 * MINUTE, skipped: 1 });
  // A year without power costs one step, not half a million.
  const year = 365 * 24 * HOUR;
  expect(nextRun(interval, 0, NOW, NOW + year)).toEqual({ time: NOW + year, skipped: year / MINUTE - 1 });
});

test("a clock schedule looks ahead from now, and never to the tick that it has had", () => {
  const hourly = parseSchedule({ type: "hourly", minuteUTC: 5 });
  const tick = Date.UTC(2026, 0, 5, 11, 5);
  expect(firstRun(hourly, 0, NOW)).toBe(tick);
  expect(nextRun(hourly, 0, tick, tick)).toEqual({ time: tick + HOUR, skipped: 0 });
  expect(nextRun(hourly, 0, tick, tick + 10 * HOUR + 1)).toEqual({ time: tick + 11 * HOUR, skipped: 0 });
  // The clock was set back while it ran.
  expect(nextRun(hourly, 0, tick, tick - 3 * HOUR)).toEqual({ time: tick + HOUR, skipped: 0 });
});

test("a splay delays every tick alike", () => {
  const hourly = parseSchedule({ type: "hourly", minuteUTC: 30 });
  const splayed = Date.UTC(2026, 0, 5, 10, 30, 20);
  expect(firstRun(hourly, 20_000, NOW)).toBe(splayed);
  expect(nextRun(hourly, 20_000, splayed, splayed)).toEqual({ time: splayed + HOUR, skipped: 0 });
});

test("a splay is within the minute, within the hour where no minute is named, and none for intervals", () => {
  const almostOne = () => 0.999_999_999;
  expect(drawSplay(parseSchedule({ type: "daily", hourUTC: 1, minuteUTC: 0 }), almostOne)).toBe(MINUTE - 1);
  expect(drawSplay(parseSchedule({ type: "cron", cron: "* * * * *" }), almostOne)).toBe(MINUTE - 1);
  expect(drawSplay(parseSchedule({ type: "daily", hourUTC: 1 }), almostOne)).toBe(HOUR - 1);
  expect(drawSplay(parseSchedule({ type: "interval", hours: 1 }), almostOne)).toBe(0);
});

test.each([
  [{ type: "hourly", minuteUTC: 45 }, Date.UTC(2026, 0, 5, 10, 45)],
  [{ type: "hourly" }, Date.UTC(2026, 0, 5, 11, 0)],
  [{ type: "daily", hourUTC: 9, minuteUTC: 5 }, Date.UTC(2026, 0, 6, 9, 5)],
  [{ type: "weekly", dayOfWeek: "sunday", hourUTC: 0, minuteUTC: 0 }, Date.UTC(2026, 0, 11)],
  [{ type: "monthly", day: 31, hourUTC: 12, minuteUTC: 30 }, Date.UTC(2026, 0, 31, 12, 30)],
  [{ type: "cron", cron: "0 12 * * 1,5" }, Date.UTC(2026, 0, 5, 12)],
])("%j is next due in time", (json, expected) => {
  expect(firstRun(parseSchedule(json), 0, NOW)).toBe(expected);
});

test("a month without the day has no run", () => {
  const monthly = parseSchedule({ type: "monthly", day: 31, hourUTC: 0, minuteUTC: 0 });
  const january = Date.UTC(2026, 0, 31);
  expect(nextRun(monthly, 0, january, january).time).toBe(Date.UTC(2026, 2, 31));
});

test.each([
  [{ type: "interval" }, "Exactly one of (seconds, minutes, hours) should be specified"],
  [
    { type: "interval", seconds: 1, hours: 1 },
    "Exactly one of (seconds, minutes, hours) should be specified",
  ],
  [{ type: "interval", seconds: 0 }, "Interval must be an integer greater than 0"],
  [{ type: "interval", seconds: 1.5 }, "Invalid JSON"],
  [{ type: "hourly", minuteUTC: 60 }, "minuteUTC must be 0-59 in {"],
  [{ type: "daily", hourUTC: 24, minuteUTC: 0 }, "hourUTC must be 0-23 in {"],
  [{ type: "monthly", day: 0, hourUTC: 1, minuteUTC: 0 }, "day of month must be 1-31 in {"],
  [{ type: "weekly", dayOfWeek: "Sunday", hourUTC: 1 }, "Invalid JSON"],
  [{ type: "cron", cron: "0 0 31 2 *" }, "will never match any time"],
  [{ type: "yearly" }, "Invalid JSON"],
  [null, "Invalid JSON"],
])("%j is refused", (json, text) => {
  expect(() => parseSchedule(json)).toThrow(text);
});
