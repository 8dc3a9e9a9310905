import { formats } from "@/components/format/formats";
import { addDays, atWallTime, wallTimeAt, type WallTime } from "@/lib/zoned-time";

/** The hour at which a day's work begins, for snoozes until another day. */
const MORNING = 9;
/** "Later today" is so many hours on, while that is the same day before this hour. */
const LATER_HOURS = 3;
const EVENING = 20;
const HOUR = 60 * 60 * 1000;

export type SnoozeTime = { word: string; at: number };

/** When a snooze may end, in the person's zone. */
export function snoozeTimes(now: number, timeZone = formats().timeZone): SnoozeTime[] {
  const today = wallTimeAt(now, timeZone);
  const later = { ...wallTimeAt(now + LATER_HOURS * HOUR, timeZone), minute: 0 };
  const isToday = later.day === today.day && later.hour <= EVENING;
  // Sunday is 0: the next Monday is 1 to 7 days on.
  const weekday = new Date(Date.UTC(today.year, today.month - 1, today.day)).getUTCDay();
  const toMonday = (8 - weekday) % 7 || 7;
  const morning = (days: number) =>
    atWallTime(addDays({ ...today, hour: MORNING, minute: 0 }, days), timeZone);
  return [
    ...(isToday ? [{ word: "Later today", at: atWallTime(later, timeZone) }] : []),
    { word: "Tomorrow", at: morning(1) },
    { word: "Next week", at: morning(toMonday) },
  ];
}

/** A time as a `datetime-local` field holds it, and back; NaN for what is no time. */
export function toLocalField(at: number, timeZone = formats().timeZone): string {
  const { year, month, day, hour, minute } = wallTimeAt(at, timeZone);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}`;
}

const LOCAL_FIELD = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)/;

export function fromLocalField(text: string, timeZone = formats().timeZone): number {
  const [, ...parts] = LOCAL_FIELD.exec(text) ?? [];
  if (parts.length === 0) return NaN;
  const [year, month, day, hour, minute] = parts.map(Number) as [number, number, number, number, number];
  const time: WallTime = { year, month, day, hour, minute };
  return atWallTime(time, timeZone);
}
