/** Wall-clock times in a time zone, which a `Date` has for this computer's own zone alone. */
const DAY = 24 * 60 * 60 * 1000;

/** As a calendar and a clock on the wall show it. `month` from 1. */
export type WallTime = { year: number; month: number; day: number; hour: number; minute: number };

/** What the wall shows at a time. Without a zone: this computer's. */
export function wallTimeAt(at: number, timeZone?: string): WallTime {
  const parts = new Intl.DateTimeFormat("en-GB", {
    calendar: "gregory",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    timeZone,
  }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((each) => each.type === type)?.value);
  const [year, month, day] = [part("year"), part("month"), part("day")];
  return { year, month, day, hour: part("hour"), minute: part("minute") };
}

const asUtc = ({ year, month, day, hour, minute }: WallTime): number =>
  Date.UTC(year, month - 1, day, hour, minute);

/** Days and hours beyond the end of a month or day count on. */
export function addDays(time: WallTime, days: number): WallTime {
  return wallTimeAt(asUtc(time) + days * DAY, "UTC");
}

/**
 * When the wall shows this. Of a time that comes twice, when clocks are set back, the first; for one that never comes, when
 * they are set forward, as long after the change as it says.
 */
export function atWallTime(time: WallTime, timeZone?: string): number {
  const wanted = asUtc(time);
  // How far the zone is ahead of UTC on the days around: only one of them changes its clocks.
  const offsetAt = (at: number) => asUtc(wallTimeAt(at, timeZone)) - Math.floor(at / 60_000) * 60_000;
  const [before, after] = [offsetAt(wanted - DAY), offsetAt(wanted + DAY)];
  const found = [wanted - before, wanted - after].find((at) => asUtc(wallTimeAt(at, timeZone)) === wanted);
  return found ?? wanted - before;
}
