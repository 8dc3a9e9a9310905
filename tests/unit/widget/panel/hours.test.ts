import { expect, test } from "vitest";
import { awayUntil } from "@/widget/panel/hours";

const day = { open: "09:00", close: "17:30" };
const BERLIN = { timezone: "Europe/Berlin", days: [day, day, day, day, day, null, null] };
const at = (iso: string) => Date.parse(iso);

test.each([
  ["Thursday noon", "2026-11-26T12:00+01:00"],
  ["the minute of opening", "2026-11-26T09:00+01:00"],
  ["the last minute", "2026-11-26T17:29:59+01:00"],
])("somebody is there on %s", (_, now) => {
  expect(awayUntil(BERLIN, at(now))).toBeNull();
});

test.each([
  ["before opening", "2026-11-26T08:59:30+01:00", "2026-11-26T09:00+01:00"],
  ["the minute of closing", "2026-11-26T17:30+01:00", "2026-11-27T09:00+01:00"],
  ["the weekend", "2026-11-28T12:00+01:00", "2026-11-30T09:00+01:00"],
  ["a night in which clocks go back", "2026-10-23T20:00+02:00", "2026-10-26T09:00+01:00"],
  ["a night in which clocks go forward", "2026-03-27T20:00+01:00", "2026-03-30T09:00+02:00"],
])("nobody is there %s, and when that ends is known", (_, now, until) => {
  expect(awayUntil(BERLIN, at(now))).toEqual({ at: at(until) });
});

test("a zone that the browser does not know says nothing", () => {
  expect(
    awayUntil({ timezone: "Europe/Nowhere", days: BERLIN.days }, at("2026-11-28T12:00+01:00")),
  ).toBeNull();
});

test("a brand without hours is always there, one without a day never", () => {
  expect(awayUntil(undefined, 0)).toBeNull();
  expect(awayUntil({ timezone: "UTC", days: Array<null>(7).fill(null) }, 0)).toEqual({ at: null });
  const allDay = { open: "00:00", close: "24:00" };
  expect(
    awayUntil({ timezone: "Asia/Kolkata", days: Array(7).fill(allDay) as (typeof allDay)[] }, 5),
  ).toBeNull();
});
