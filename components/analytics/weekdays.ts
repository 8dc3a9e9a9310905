import { formats } from "@/components/format/formats";
import type { AnalyticsOverview } from "@/convex/validators/metrics";
import type { Counted } from "./figures-text";

/** Conversations that began on one day of the week. */
export type Weekday = Counted & {
  /** In the person's language. */
  name: string;
  /** How often this day comes in the period. */
  days: number;
};

const DAY = 24 * 60 * 60 * 1000;
/** A Monday, as days count from it. */
const MONDAY = Date.UTC(2026, 0, 5);
const COUNTED = ["started", "answered", "answeredByAtlas", "answeredByProgram"] as const;

/** Some browsers have it as a property, some not at all. */
type WithWeek = Intl.Locale & {
  getWeekInfo?: () => { firstDay: number };
  weekInfo?: { firstDay: number };
};

/** With which day a week begins in the locale, 0 for Monday to 6 for Sunday. */
export function firstWeekday(locale: string): number {
  const place: WithWeek = new Intl.Locale(locale);
  const { firstDay } = place.getWeekInfo?.() ?? place.weekInfo ?? { firstDay: 1 };
  return firstDay - 1;
}

/** The days of the period by their day of the week, in the order of the person's week. */
export function weekdaysOf(
  days: AnalyticsOverview["days"],
  locale = formats().locale ?? new Intl.DateTimeFormat().resolvedOptions().locale,
): Weekday[] {
  const format = new Intl.DateTimeFormat(locale, { weekday: "short", timeZone: "UTC" });
  const first = firstWeekday(locale);
  return Array.from({ length: 7 }, (_, index) => {
    const weekday = (first + index) % 7;
    const own = days.filter(({ day }) => (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7 === weekday);
    const sums = COUNTED.map((kind) => [kind, own.reduce((sum, day) => sum + day[kind], 0)] as const);
    const name = format.format(MONDAY + weekday * DAY);
    return { name, days: own.length, ...(Object.fromEntries(sums) as Counted) };
  });
}
