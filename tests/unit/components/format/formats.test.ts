import { afterEach, describe, expect, it } from "vitest";
import { numberText, setFormats, shownTimeZone } from "@/components/format/formats";
import { clockTime, dayHeading, dayKey, fullTime, timeOrDate } from "@/components/format/time";
import { FORMAT_LOCALES } from "@/lib/formats";

describe("how a person reads dates and numbers", () => {
  afterEach(() => setFormats({}));

  it.each([
    [{ locale: "de-DE", timeZone: "Europe/Berlin" }, "25. Oktober 2026 um 02:30", "1.234,5"],
    [{ locale: "en-US", timeZone: "America/New_York" }, "October 24, 2026 at 8:30 PM", "1,234.5"],
    [{ locale: "fr-FR", timeZone: "Asia/Kolkata" }, "25 octobre 2026 à 06:00", "1\u202f234,5"],
    [{ locale: "ja-JP", timeZone: "Pacific/Auckland" }, "2026年10月25日 13:30", "1,234.5"],
  ])("is as chosen: %o", (chosen, time, number) => {
    setFormats(chosen);
    // Narrow and wide spaces differ between versions of the data.
    expect(fullTime(Date.UTC(2026, 9, 25, 0, 30)).replace(/\s/gu, " ")).toBe(time);
    expect(numberText(1234.5)).toBe(number);
    expect(shownTimeZone()).toBe(chosen.timeZone);
  });

  it("counts days in the chosen zone, on days of 23 and 25 hours too", () => {
    setFormats({ locale: "en-GB", timeZone: "Europe/Berlin" });
    // Clocks are set back in the night to 25 October: it has 25 hours.
    const now = Date.UTC(2026, 9, 25, 22, 59);
    expect(timeOrDate(Date.UTC(2026, 9, 24, 22, 0), { now })).toBe("00:00");
    expect(timeOrDate(Date.UTC(2026, 9, 24, 21, 59), { now })).toBe("24 Oct");
    // Half past midnight there.
    expect(timeOrDate(Date.UTC(2026, 9, 22, 22, 30), { now })).toBe("23 Oct");
    expect(dayHeading(Date.UTC(2026, 9, 22, 22, 30), { now })).toBe("Friday 23 October");
    expect(dayKey(now + 60_000)).toBe("2026-10-26");
    expect(clockTime(Date.UTC(2026, 9, 25, 0, 30))).toBe("02:30");
    expect(clockTime(Date.UTC(2026, 9, 25, 1, 30))).toBe("02:30");
    expect(dayHeading(Date.UTC(2026, 9, 24, 21), { now })).toBe("Yesterday, Saturday 24 October");
    expect(dayHeading(Date.UTC(2026, 2, 29, 21), { now: Date.UTC(2026, 2, 29, 21, 30) })).toBe(
      "Today, Sunday 29 March",
    );
  });

  it("gives way to what a caller says", () => {
    setFormats({ locale: "de-DE", timeZone: "Asia/Kolkata" });
    expect(clockTime(0, { locale: "en-GB", timeZone: "UTC" })).toBe("00:00");
    expect(numberText(1234.5, "en-GB")).toBe("1,234.5");
  });

  it("offers what browsers know", () => {
    expect(Intl.DateTimeFormat.supportedLocalesOf(FORMAT_LOCALES)).toEqual(FORMAT_LOCALES);
  });
});
