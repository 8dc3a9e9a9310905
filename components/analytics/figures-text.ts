import { formats } from "@/components/format/formats";
import { spanText } from "@/components/format/time";
import type { AnalyticsFigures, AnalyticsOverview } from "@/convex/validators/metrics";

const DAY = 24 * 60 * 60 * 1000;
const SECOND = 1000;

/** A duration that is known within a few hundredths: "2 min 6 s". */
export const durationText = (duration: number | null): string =>
  duration === null ? "none" : spanText(Math.round(duration / SECOND) * SECOND);

export type Counted = Pick<
  AnalyticsFigures,
  "started" | "answered" | "answeredByAtlas" | "answeredByProgram"
>;

/** Conversations that nobody has answered: not below none, where the figures are of one operator. */
export const unanswered = (figures: Counted): number =>
  Math.max(0, figures.started - figures.answered - figures.answeredByAtlas - figures.answeredByProgram);

const at = (day: string): number => Date.parse(`${day}T00:00:00Z`);

/** "6 – 19 Nov" in the person's own words. */
export function periodText({ from, to }: Pick<AnalyticsOverview, "from" | "to">): string {
  const format = new Intl.DateTimeFormat(formats().locale, {
    day: "numeric",
    month: "short",
    timeZone: "UTC",
  });
  return format.formatRange(at(from), at(to));
}

/** "Thu 19" of a day. */
export function dayName(day: string): string {
  return new Intl.DateTimeFormat(formats().locale, {
    weekday: "short",
    day: "numeric",
    timeZone: "UTC",
  }).format(at(day));
}

/** Days of a period, both ends included. */
export const daysOf = ({ from, to }: Pick<AnalyticsOverview, "from" | "to">): number =>
  (at(to) - at(from)) / DAY + 1;

/** "09:00" of an hour of the day. */
export const hourText = (hour: number): string => `${String(hour).padStart(2, "0")}:00`;
