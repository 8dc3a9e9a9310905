import { describe, expect, it } from "vitest";
import { fromLocalField, snoozeTimes, toLocalField } from "@/components/inbox/snooze-times";

const at = (text: string) => new Date(text).getTime();
const times = (now: string) => snoozeTimes(at(now)).map(({ word, at }) => `${word} ${toLocalField(at)}`);

describe("times to snooze until", () => {
  it("are later today, tomorrow morning, and Monday morning, in the zone of this computer", () => {
    expect(times("2026-11-26T10:20")).toEqual([
      "Later today 2026-11-26T13:00",
      "Tomorrow 2026-11-27T09:00",
      "Next week 2026-11-30T09:00",
    ]);
  });

  it("leave today out when it is late", () => {
    expect(times("2026-11-26T17:59")[0]).toBe("Later today 2026-11-26T20:00");
    expect(times("2026-11-26T18:00")[0]).toBe("Tomorrow 2026-11-27T09:00");
    expect(times("2026-11-26T23:59")[0]).toBe("Tomorrow 2026-11-27T09:00");
  });

  it("mean by next week the Monday to come, from a Monday the one after", () => {
    expect(times("2026-11-30T08:00").at(-1)).toBe("Next week 2026-12-07T09:00");
    expect(times("2026-11-29T08:00").at(-1)).toBe("Next week 2026-11-30T09:00");
  });

  it("are of the zone that the person has chosen, also over a change of its clocks", () => {
    const now = Date.UTC(2026, 2, 7, 23, 30); // a Saturday; clocks are set forward in the coming night
    const shown = (timeZone: string) =>
      snoozeTimes(now, timeZone).map(({ word, at }) => `${word} ${new Date(at).toISOString()}`);
    expect(shown("America/New_York")).toEqual([
      "Tomorrow 2026-03-08T13:00:00.000Z",
      "Next week 2026-03-09T13:00:00.000Z",
    ]);
    expect(shown("Asia/Tokyo")).toEqual([
      "Later today 2026-03-08T02:00:00.000Z",
      "Tomorrow 2026-03-09T00:00:00.000Z",
      "Next week 2026-03-09T00:00:00.000Z",
    ]);
    const field = toLocalField(now, "America/New_York");
    expect(field).toBe("2026-03-07T18:30");
    expect(fromLocalField(field, "America/New_York")).toBe(now);
  });

  it("go through a date field and back", () => {
    expect(fromLocalField(toLocalField(at("2026-01-02T03:04")))).toBe(at("2026-01-02T03:04"));
    expect(fromLocalField("")).toBeNaN();
  });
});
