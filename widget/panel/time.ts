import type { Texts } from "./texts";

/** Times and sizes as they are written where the visitor is, in the panel's language and the browser's time zone. */
const write = (at: number, locale: string, options: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat(locale, options).format(at);

/** The visitor's own form of the language ("en-GB" of "en"), which says how times are written; else the language. */
export function localeOf(language: string, preferred: readonly string[]): string {
  return preferred.find((tag) => tag.split("-")[0]?.toLowerCase() === language) ?? language;
}

export function timeOfDay(at: number, locale: string): string {
  return write(at, locale, { hour: "2-digit", minute: "2-digit" });
}

export function fullTime(at: number, locale: string): string {
  return write(at, locale, { dateStyle: "full", timeStyle: "short" });
}

/** "Today", "Yesterday", else the date; the year only where it is not this one. */
export function dayName(at: number, now: number, locale: string, texts: Texts): string {
  const date = new Date(at);
  const today = new Date(now);
  const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1);
  if (date.toDateString() === today.toDateString()) return texts.today;
  if (date.toDateString() === yesterday.toDateString()) return texts.yesterday;
  const year = date.getFullYear() === today.getFullYear() ? undefined : "numeric";
  return write(at, locale, { weekday: "long", day: "numeric", month: "long", year });
}

/** A time within the coming week: the weekday too, unless it is today. */
export function whenSoon(at: number, now: number, locale: string): string {
  const isToday = new Date(at).toDateString() === new Date(now).toDateString();
  const weekday = isToday ? undefined : "long";
  return write(at, locale, { weekday, hour: "2-digit", minute: "2-digit" });
}
