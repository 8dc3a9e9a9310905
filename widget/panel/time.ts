import type { Texts } from "./texts";

/** Times as the visitor's browser writes them, in its own time zone. */
export function timeOfDay(at: number): string {
  return new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" }).format(at);
}

export function fullTime(at: number): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" }).format(at);
}

/** "Today", "Yesterday", else the date; the year only where it is not this one. */
export function dayName(at: number, now: number, texts: Texts): string {
  const date = new Date(at);
  const today = new Date(now);
  const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1);
  if (date.toDateString() === today.toDateString()) return texts.today;
  if (date.toDateString() === yesterday.toDateString()) return texts.yesterday;
  const year = date.getFullYear() === today.getFullYear() ? undefined : "numeric";
  return new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long", year }).format(
    at,
  );
}

/** A time within the coming week: the weekday too, unless it is today. */
export function whenSoon(at: number, now: number): string {
  const isToday = new Date(at).toDateString() === new Date(now).toDateString();
  const weekday = isToday ? undefined : "long";
  return new Intl.DateTimeFormat(undefined, { weekday, hour: "2-digit", minute: "2-digit" }).format(at);
}
