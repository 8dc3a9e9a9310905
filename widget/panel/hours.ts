import type { BusinessHours } from "../../lib/widget-settings";

const DAY_MINUTES = 24 * 60;
const WEEK_MINUTES = 7 * DAY_MINUTES;
const MINUTE_MS = 60_000;
const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/**
 * When somebody is there again; null while somebody is, or where the browser cannot tell. `at` is null where no day has
 * hours.
 */
export function awayUntil(hours: BusinessHours | undefined, now: number): { at: number | null } | null {
  if (!hours || !isZone(hours.timezone)) return null;
  const minute = minuteOfWeek(now, hours.timezone);
  const spans = hours.days.flatMap((day, index) =>
    day
      ? [{ open: index * DAY_MINUTES + minutes(day.open), close: index * DAY_MINUTES + minutes(day.close) }]
      : [],
  );
  if (spans.some(({ open, close }) => minute >= open && minute < close)) return null;
  if (spans.length === 0) return { at: null };
  const waits = spans.map(({ open }) => (open - minute + WEEK_MINUTES) % WEEK_MINUTES);
  const wait = Math.min(...waits);
  const guess = Math.floor(now / MINUTE_MS) * MINUTE_MS + wait * MINUTE_MS;
  // The clocks may have been changed between now and then.
  const reached = minuteOfWeek(guess, hours.timezone);
  const wanted = (minute + wait) % WEEK_MINUTES;
  const shift = ((wanted - reached + WEEK_MINUTES * 1.5) % WEEK_MINUTES) - WEEK_MINUTES / 2;
  return { at: guess + shift * MINUTE_MS };
}

const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** Whether the browser knows the zone: those that are named anew are missing from older ones. */
function isZone(timeZone: string): boolean {
  try {
    return minuteOfWeek(0, timeZone) >= 0;
  } catch {
    return false;
  }
}

/** Minutes since Monday 00:00 on the clock of a time zone. */
function minuteOfWeek(at: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return WEEKDAYS.indexOf(parts.weekday ?? "") * DAY_MINUTES + Number(parts.hour) * 60 + Number(parts.minute);
}
