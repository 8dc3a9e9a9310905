import { formats } from "./formats";

/** Times as operators read them. Locale and time zone are the person's own unless given. */
export type Clock = {
  /** Unix milliseconds. */
  now: number;
  locale?: string;
  timeZone?: string;
};

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Hours and minutes: "13:46". */
export function clockTime(
  at: number,
  { locale = formats().locale, timeZone = formats().timeZone }: Omit<Clock, "now"> = {},
): string {
  return new Intl.DateTimeFormat(locale, { timeStyle: "short", timeZone }).format(at);
}

/** Hours, minutes and seconds, for logs: "13:46:07". */
export function clockSeconds(
  at: number,
  { locale = formats().locale, timeZone = formats().timeZone }: Omit<Clock, "now"> = {},
): string {
  return new Intl.DateTimeFormat(locale, { timeStyle: "medium", timeZone }).format(at);
}

/** A point in time in a sentence: "13:46" today, "20 Nov, 13:46" on another day. */
export function timeInSentence(at: number, clock: Clock): string {
  const time = clockTime(at, clock);
  const today = dayKey(at, clock.timeZone) === dayKey(clock.now, clock.timeZone);
  return today ? time : `${timeOrDate(at, clock)}, ${time}`;
}

/** The same with its preposition: "at 13:46", "on 20 Nov, 13:46". */
export function atTime(at: number, clock: Clock): string {
  const today = dayKey(at, clock.timeZone) === dayKey(clock.now, clock.timeZone);
  return `${today ? "at" : "on"} ${timeInSentence(at, clock)}`;
}

/** Clock time today, the date before that; the year only when it is another one. */
export function timeOrDate(at: number, clock: Clock): string {
  const { locale = formats().locale, timeZone, now } = clock;
  if (dayKey(at, timeZone) === dayKey(now, timeZone)) return clockTime(at, clock);
  const sameYear = dayKey(at, timeZone).slice(0, 4) === dayKey(now, timeZone).slice(0, 4);
  return new Intl.DateTimeFormat(locale, {
    day: "numeric",
    month: "short",
    year: sameYear ? undefined : "numeric",
    timeZone: timeZone ?? formats().timeZone,
  }).format(at);
}

/** A time of the coming days, for a choice of them: "16:00" today, "Mon 30 Nov, 09:00" on another day. */
export function comingTime(at: number, clock: Clock): string {
  const { locale = formats().locale, timeZone = formats().timeZone, now } = clock;
  const time = clockTime(at, clock);
  if (dayKey(at, timeZone) === dayKey(now, timeZone)) return time;
  const day = { weekday: "short", day: "numeric", month: "short", timeZone } as const;
  return `${new Intl.DateTimeFormat(locale, day).format(at)}, ${time}`;
}

/** Date and time in full, for tooltips and details: "19 November 2026, 13:46". */
export function fullTime(
  at: number,
  { locale = formats().locale, timeZone = formats().timeZone }: Omit<Clock, "now"> = {},
): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short", timeZone }).format(at);
}

/** The heading over a day's messages: "Today, Thursday 19 November". */
export function dayHeading(at: number, clock: Clock): string {
  const { locale = formats().locale, timeZone, now } = clock;
  const sameYear = dayKey(at, timeZone).slice(0, 4) === dayKey(now, timeZone).slice(0, 4);
  const date = new Intl.DateTimeFormat(locale, {
    weekday: "long",
    day: "numeric",
    month: "long",
    year: sameYear ? undefined : "numeric",
    timeZone: timeZone ?? formats().timeZone,
  }).format(at);
  if (dayKey(at, timeZone) === dayKey(now, timeZone)) return `Today, ${date}`;
  // By the calendar: days on which clocks change have 23 or 25 hours.
  const yesterday = new Date(Date.parse(dayKey(now, timeZone)) - DAY).toISOString().slice(0, 10);
  if (dayKey(at, timeZone) === yesterday) return `Yesterday, ${date}`;
  return date;
}

/** The calendar day of a time, as "2026-11-19": equal for two times of one day. */
export function dayKey(at: number, timeZone = formats().timeZone): string {
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

/** A length of time by its two largest units: "40 ms", "42 s", "4 min 12 s", "2 min", "5 h 58 min", "3 days". */
export function spanText(span: number): string {
  if (span < SECOND) return `${Math.max(0, Math.round(span))} ms`;
  if (span < MINUTE) return `${Math.floor(span / SECOND)} s`;
  if (span < HOUR) return twoUnits(Math.floor(span / SECOND), "min", "s");
  if (span < 2 * DAY) return twoUnits(Math.floor(span / MINUTE), "h", "min");
  return `${Math.floor(span / DAY)} days`;
}

function twoUnits(count: number, large: string, small: string): string {
  const rest = count % 60;
  return `${Math.floor(count / 60)} ${large}${rest === 0 ? "" : ` ${rest} ${small}`}`;
}

/** How long an answer took: "81 ms", "10.0 s". */
export function latencyText(latency: number): string {
  return latency < SECOND ? `${Math.round(latency)} ms` : `${(latency / SECOND).toFixed(1)} s`;
}
