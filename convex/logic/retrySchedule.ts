/** When a webhook delivery is tried again. Delays in ms, from the end of the attempt that failed. */
import type { Checked } from "../../lib/validation";
import { WEBHOOK_ATTEMPTS } from "../../lib/limits";

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** 30 s, 2 min, 10 min, 1 h, 6 h. */
export const DEFAULT_RETRY_SCHEDULE: readonly number[] = [30, 120, 600, 3_600, 21_600].map((s) => s * 1_000);

const DELAY = /^([1-9]\d{0,8})(ms|s|m|h)$/;
/** Of all delays together: doubled by receivers they still end before the log forgets the delivery. */
const SCHEDULE_MAX = 12 * 24 * UNITS.h;
/** How much later than its delay an attempt may come, so that what failed together does not come back together. */
const JITTER = 0.1;
/** A receiver may ask for up to this many times the delay. */
const RETRY_AFTER_FACTOR = 2;

/** The delays after the first failed attempt, the second, and so on, in the text of PRAXTALK_WEBHOOK_RETRY_SCHEDULE. */
export function parseRetrySchedule(text: string): Checked<number[]> {
  const delays = text.split(",").flatMap((part) => parseDelay(part.trim()) ?? []);
  const total = delays.reduce((sum, delay) => sum + delay, 0);
  const isWhole = delays.length === WEBHOOK_ATTEMPTS - 1 && text.split(",").length === delays.length;
  if (!isWhole || total > SCHEDULE_MAX) {
    const example = "30s,2m,10m,1h,6h";
    return {
      ok: false,
      reason: `Give ${WEBHOOK_ATTEMPTS - 1} delays of at most 12 days together, like ${example}.`,
    };
  }
  return { ok: true, value: delays };
}

function parseDelay(text: string): number | null {
  const [, count, unit] = DELAY.exec(text) ?? [];
  if (count === undefined || unit === undefined) return null;
  return Number(count) * UNITS[unit as keyof typeof UNITS];
}

const IMF_FIXDATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
const RFC_850_DATE = /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/;
const ASCTIME_DATE = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/;

/** Ms that the text of a Retry-After field asks to wait: seconds, or any of HTTP's three forms of a date (RFC 9110). */
export function parseRetryAfter(text: string, now: number): number | null {
  const value = text.trim();
  if (/^\d+$/.test(value)) return Number(value) * 1_000;
  const isDate = IMF_FIXDATE.test(value) || RFC_850_DATE.test(value);
  const at = isDate ? Date.parse(value) : ASCTIME_DATE.test(value) ? Date.parse(`${value} GMT`) : NaN;
  return Number.isNaN(at) ? null : at - now;
}

export type FailedAttempt = {
  /** Of the automatic attempts, from 1. */
  number: number;
  endedAt: number;
  /** The reply's Retry-After field. */
  retryAfter?: string;
};

/**
 * When the next attempt is due, or null after the last. Never before the schedule's delay, and at most a tenth later;
 * a receiver that asks for more time gets up to twice the delay. `random`: 0 to 1.
 */
export function nextAttemptAt(
  { number, endedAt, retryAfter }: FailedAttempt,
  schedule: readonly number[],
  random: number,
): number | null {
  const delay = schedule[number - 1];
  if (delay === undefined) return null;
  const asked = retryAfter === undefined ? null : parseRetryAfter(retryAfter, endedAt);
  const wait = Math.min(Math.max(asked ?? 0, delay), delay * RETRY_AFTER_FACTOR);
  return endedAt + Math.floor(wait * (1 + JITTER * random));
}
