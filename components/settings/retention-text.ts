import { numberText } from "@/components/format/formats";
import type { Retention } from "@/convex/validators/retention";
import type { Checked } from "@/lib/validation";

/** A number of days as somebody typed it. */
export function daysIn(text: string, min: number, max: number): Checked<number> {
  const typed = text.trim();
  const days = /^\d{1,5}$/.test(typed) ? Number(typed) : NaN;
  return days >= min && days <= max
    ? { ok: true, value: days }
    : { ok: false, reason: `Give a whole number of days from ${min} to ${max}.` };
}

/** Whether a change makes something go that stayed before, and so has to be asked about. */
export function deletesMore(saved: Retention, wanted: Retention): boolean {
  const goodFor = ({ conversationDays }: Retention) => conversationDays ?? Infinity;
  return goodFor(wanted) < goodFor(saved) || wanted.webhookDays < saved.webhookDays;
}

/** "About 12 conversations would be deleted tonight." */
export function affectedText({ count, isMore }: { count: number; isMore: boolean }): string {
  if (count === 0) return "No conversation would be deleted tonight.";
  if (count === 1 && !isMore) return "About 1 conversation would be deleted tonight.";
  return `${isMore ? "More than" : "About"} ${numberText(count)} conversations would be deleted tonight.`;
}

export const daysText = (days: number): string => `${days} ${days === 1 ? "day" : "days"}`;
