import { describe, expect, it } from "vitest";
import { addDays, atWallTime, wallTimeAt, type WallTime } from "../../../lib/zoned-time";

const ZONES = [
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "Asia/Kolkata",
  "Pacific/Apia",
  "Australia/Lord_Howe",
];
const HOUR = 60 * 60 * 1000;

const wall = (text: string): WallTime => {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = text.split(/\D/).map(Number);
  return { year, month, day, hour, minute };
};
const iso = (at: number) => new Date(at).toISOString();

describe("a time on the wall", () => {
  it("leads back to itself at every hour of a year, in zones of all kinds", () => {
    for (const zone of ZONES) {
      const start = Date.UTC(2026, 0, 1);
      for (let at = start; at < start + 366 * 24 * HOUR; at += 7 * HOUR) {
        const back = atWallTime(wallTimeAt(at, zone), zone);
        // Of two equal ones, when clocks are set back, it is the first.
        const isTwin = back !== at && iso(wallMs(back, zone)) === iso(wallMs(at, zone)) && back < at;
        if (!isTwin) expect(iso(back), zone).toBe(iso(at));
      }
    }
  });
  const wallMs = (at: number, zone: string) => {
    const { year, month, day, hour, minute } = wallTimeAt(at, zone);
    return Date.UTC(year, month - 1, day, hour, minute);
  };

  it("that comes twice is the first", () => {
    expect(iso(atWallTime(wall("2026-10-25 02:30"), "Europe/Berlin"))).toBe("2026-10-25T00:30:00.000Z");
    expect(iso(atWallTime(wall("2026-11-01 01:30"), "America/New_York"))).toBe("2026-11-01T05:30:00.000Z");
  });

  it("that never comes is as long after the change", () => {
    expect(iso(atWallTime(wall("2026-03-29 02:30"), "Europe/Berlin"))).toBe("2026-03-29T01:30:00.000Z");
    expect(iso(atWallTime(wall("2026-03-08 02:30"), "America/New_York"))).toBe("2026-03-08T07:30:00.000Z");
  });

  it("counts days by the calendar, over months and changes of clocks", () => {
    const nine = addDays(wall("2026-03-28 09:00"), 1);
    expect(iso(atWallTime(nine, "Europe/Berlin"))).toBe("2026-03-29T07:00:00.000Z");
    expect(addDays(wall("2026-12-31 23:59"), 1)).toEqual(wall("2027-01-01 23:59"));
    expect(addDays(wall("2028-03-01 00:00"), -1)).toEqual(wall("2028-02-29 00:00"));
  });
});
