/** Times as operators read them. Locale and time zone are the browser's unless given. */
export type Clock = {
  /** Unix milliseconds. */
  now: number;
  locale?: string;
  timeZone?: string;
};

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Hours and minutes: "13:46". */
export function clockTime(at: number, { locale, timeZone }: Omit<Clock, "now"> = {}): string {
  return new Intl.DateTimeFormat(locale, { timeStyle: "short", timeZone }).format(at);
}

/** Clock time today, the date before that; the year only when it is another one. */
export function timeOrDate(at: number, clock: Clock): string {
  const { locale, timeZone, now } = clock;
  if (dayKey(at, timeZone) === dayKey(now, timeZone)) return clockTime(at, clock);
  const sameYear = dayKey(at, timeZone).slice(0, 4) === dayKey(now, timeZone).slice(0, 4);
  return new Intl.DateTimeFormat(locale, {
    day: "numeric",
    month: "short",
    year: sameYear ? undefined : "numeric",
    timeZone,
  }).format(at);
}

/** Date and time in full, for tooltips and details: "19 November 2026, 13:46". */
export function fullTime(at: number, { locale, timeZone }: Omit<Clock, "now"> = {}): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short", timeZone }).format(at);
}

/** The heading over a day's messages: "Today, Thursday 19 November". */
export function dayHeading(at: number, clock: Clock): string {
  const { locale, timeZone, now } = clock;
  const sameYear = dayKey(at, timeZone).slice(0, 4) === dayKey(now, timeZone).slice(0, 4);
  const date = new Intl.DateTimeFormat(locale, {
    weekday: "long",
    day: "numeric",
    month: "long",
    year: sameYear ? undefined : "numeric",
    timeZone,
  }).format(at);
  if (dayKey(at, timeZone) === dayKey(now, timeZone)) return `Today, ${date}`;
  if (dayKey(at, timeZone) === dayKey(now - DAY, timeZone)) return `Yesterday, ${date}`;
  return date;
}

/** The calendar day of a time, as "2026-11-19": equal for two times of one day. */
export function dayKey(at: number, timeZone?: string): string {
  return new Intl.DateTimeFormat("en-CA", {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    timeZone,
  }).format(at);
}

/** How long somebody has waited: "under 1 min", "12 min", "3 h", "2 days". A clock that runs behind never goes negative. */
export function waitingTime(since: number, now: number): string {
  const waited = Math.max(0, now - since);
  if (waited < MINUTE) return "under 1 min";
  if (waited < HOUR) return `${Math.floor(waited / MINUTE)} min`;
  if (waited < DAY) return `${Math.floor(waited / HOUR)} h`;
  const days = Math.floor(waited / DAY);
  return days === 1 ? "1 day" : `${days} days`;
}
