/** Texts for points in time. Times are Unix milliseconds; the clock and the time zone are parameters. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long ago, in the few characters that a list row has: "now", "5m", "3h", "2d", then a date like "14 Mar". */
export function shortAge(at: number, now: number, timeZone?: string): string {
  const age = Math.max(0, now - at);
  if (age < MINUTE) return "now";
  if (age < HOUR) return `${Math.floor(age / MINUTE)}m`;
  if (age < DAY) return `${Math.floor(age / HOUR)}h`;
  if (age < 7 * DAY) return `${Math.floor(age / DAY)}d`;
  return new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone }).format(at);
}

/** Time of day beside a message, like "09:41". */
export function clockTime(at: number, timeZone?: string): string {
  return new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone }).format(at);
}

const dayKey = (at: number, timeZone?: string): string =>
  new Intl.DateTimeFormat("en-CA", { dateStyle: "short", timeZone }).format(at);

/** Heading above the messages of one day: "Today", "Yesterday", or like "Friday, 14 March 2025". */
export function dayLabel(at: number, now: number, timeZone?: string): string {
  const day = dayKey(at, timeZone);
  if (day === dayKey(now, timeZone)) return "Today";
  if (day === dayKey(now - DAY, timeZone)) return "Yesterday";
  return new Intl.DateTimeFormat("en-GB", {
    weekday: "long",
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone,
  }).format(at);
}

/** Whether two points in time fall on the same calendar day. */
export function isSameDay(a: number, b: number, timeZone?: string): boolean {
  return dayKey(a, timeZone) === dayKey(b, timeZone);
}
