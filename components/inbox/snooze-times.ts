/** The hour at which a day's work begins, for snoozes until another day. */
const MORNING = 9;
/** "Later today" is so many hours on, while that is the same day before this hour. */
const LATER_HOURS = 3;
const EVENING = 20;

export type SnoozeTime = { word: string; at: number };

/** When a snooze may end, in the zone of this computer. */
export function snoozeTimes(now: number): SnoozeTime[] {
  const later = new Date(now);
  later.setHours(later.getHours() + LATER_HOURS, 0, 0, 0);
  const isToday = later.getDate() === new Date(now).getDate() && later.getHours() <= EVENING;
  // Sunday is 0: the next Monday is 1 to 7 days on.
  const toMonday = (8 - new Date(now).getDay()) % 7 || 7;
  return [
    ...(isToday ? [{ word: "Later today", at: later.getTime() }] : []),
    { word: "Tomorrow", at: morning(now, 1) },
    { word: "Next week", at: morning(now, toMonday) },
  ];
}

function morning(now: number, days: number): number {
  const date = new Date(now);
  date.setDate(date.getDate() + days);
  return date.setHours(MORNING, 0, 0, 0);
}

/** A time as a `datetime-local` field holds it, and back; NaN for what is no time. */
export function toLocalField(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

export function fromLocalField(text: string): number {
  return new Date(text).getTime();
}
