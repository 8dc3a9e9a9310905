import { describe, expect, it } from "vitest";
import {
  atTime,
  clockSeconds,
  clockTime,
  comingTime,
  dayHeading,
  latencyText,
  spanText,
  timeInSentence,
  timeOrDate,
  waitingTime,
} from "@/components/format/time";

const now = Date.UTC(2026, 10, 19, 13, 58);
const clock = { now, locale: "en-GB", timeZone: "UTC" };

describe("waitingTime", () => {
  it.each([
    [-5_000, "under 1 min"],
    [59_999, "under 1 min"],
    [60_000, "1 min"],
    [59 * 60_000, "59 min"],
    [60 * 60_000, "1 h"],
    [23 * 3_600_000, "23 h"],
    [24 * 3_600_000, "1 day"],
    [49 * 3_600_000, "2 days"],
  ])("%d ms is %s", (waited, words) => {
    expect(waitingTime(now - waited, now)).toBe(words);
  });
});

describe("timeOrDate", () => {
  it("is the clock today, the date before, the year when it is another", () => {
    expect(timeOrDate(Date.UTC(2026, 10, 19, 9, 5), clock)).toBe("09:05");
    expect(timeOrDate(Date.UTC(2026, 10, 18, 23, 59), clock)).toBe("18 Nov");
    expect(timeOrDate(Date.UTC(2025, 11, 31), clock)).toBe("31 Dec 2025");
  });

  it("counts days where the reader is", () => {
    const lateEvening = Date.UTC(2026, 10, 18, 23, 30);
    expect(timeOrDate(lateEvening, { ...clock, timeZone: "Europe/Berlin" })).toBe("00:30");
  });
});

it("clockTime follows the reader's locale", () => {
  expect(clockTime(now, { locale: "en-US", timeZone: "UTC" })).toMatch(/^1:58\sPM$/);
  expect(clockTime(now, { locale: "de-DE", timeZone: "UTC" })).toBe("13:58");
});

it("dayHeading names today and yesterday", () => {
  expect(dayHeading(now, clock)).toBe("Today, Thursday 19 November");
  expect(dayHeading(now - 86_400_000, clock)).toBe("Yesterday, Wednesday 18 November");
  expect(dayHeading(now - 2 * 86_400_000, clock)).toBe("Tuesday 17 November");
});

describe("spanText", () => {
  it.each([
    [-5, "0 ms"],
    [40, "40 ms"],
    [42_900, "42 s"],
    [120_000, "2 min"],
    [252_000, "4 min 12 s"],
    [3_600_000, "1 h"],
    [21_480_000, "5 h 58 min"],
    [86_399_000, "23 h 59 min"],
    [172_800_000, "2 days"],
  ])("%d ms is %s", (span, words) => {
    expect(spanText(span)).toBe(words);
  });
});

it("a time in a sentence carries its day when it is another", () => {
  expect(timeInSentence(now - 60_000, clock)).toBe("13:57");
  expect(atTime(now - 60_000, clock)).toBe("at 13:57");
  expect(timeInSentence(now + 86_400_000, clock)).toBe("20 Nov, 13:58");
  expect(atTime(now + 86_400_000, clock)).toBe("on 20 Nov, 13:58");
});

it("a time to choose says its day when it is another, as the person writes it", () => {
  const morning = Date.UTC(2026, 10, 20, 9, 0);
  expect(comingTime(now + 3_600_000, clock)).toBe("14:58");
  expect(comingTime(morning, clock)).toBe("Fri 20 Nov, 09:00");
  expect(comingTime(morning, { ...clock, locale: "en-US" }).replace(/\s/gu, " ")).toBe(
    "Fri, Nov 20, 9:00 AM",
  );
});

it("logs have seconds, and latencies their unit", () => {
  expect(clockSeconds(now + 7_000, clock)).toBe("13:58:07");
  expect(latencyText(81.4)).toBe("81 ms");
  expect(latencyText(10_040)).toBe("10.0 s");
});
