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

  it("go through a date field and back", () => {
    expect(fromLocalField(toLocalField(at("2026-01-02T03:04")))).toBe(at("2026-01-02T03:04"));
    expect(fromLocalField("")).toBeNaN();
  });
});
