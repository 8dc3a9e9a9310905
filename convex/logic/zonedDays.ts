/** Days and hours of a time zone, over quarters of an hour: no zone's day begins within one. */

export const QUARTER = 15 * 60_000;
const HOUR = 60 * 60_000;
export const DAY = 24 * HOUR;

/** A moment of the zone: its day, counted from 1970-01-01, and the hour of that day. */
export type ZonedTime = { day: number; hour: number };

/** Reads moments in the zone; null for one that does not exist. */
export function zonedClock(timeZone: string): ((at: number) => ZonedTime) | null {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-GB", {
      timeZone,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      hourCycle: "h23",
    });
  } catch {
    return null;
  }
  const known = new Map<number, ZonedTime>();
  return (at) => {
    const quarter = Math.floor(at / QUARTER);
    const found = known.get(quarter) ?? read(format, quarter * QUARTER);
    known.set(quarter, found);
    return found;
  };
}

function read(format: Intl.DateTimeFormat, at: number): ZonedTime {
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const [year = 0, month = 1, date = 1] = [parts.get("year"), parts.get("month"), parts.get("day")];
  return { day: Date.UTC(year, month - 1, date) / DAY, hour: parts.get("hour") ?? 0 };
}

/** "2026-11-19" of a day. */
export function dayText(day: number): string {
  return new Date(day * DAY).toISOString().slice(0, 10);
}

/** The day of "2026-11-19"; null for anything else. */
export function parseDay(text: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  const at = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(at) || dayText(at / DAY) !== text ? null : at / DAY;
}
