/** When cron jobs run: schedules as `crons.ts` exports them, as they are stored, and the times that follow from them. */
import * as z from "zod";
import { CronExpression } from "./cron-expression";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAYS_OF_WEEK = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"] as const;

/** In UTC. Without a minute a job runs at some minute of its hour. `dayOfWeek`: Sunday is 0. */
export const cronSchedule = z.discriminatedUnion("type", [
  z.object({ type: z.literal("interval"), seconds: z.number() }),
  z.object({ type: z.literal("hourly"), minuteUTC: z.number().optional() }),
  z.object({ type: z.literal("daily"), hourUTC: z.number(), minuteUTC: z.number().optional() }),
  z.object({
    type: z.literal("weekly"),
    dayOfWeek: z.number(),
    hourUTC: z.number(),
    minuteUTC: z.number().optional(),
  }),
  z.object({
    type: z.literal("monthly"),
    day: z.number(),
    hourUTC: z.number(),
    minuteUTC: z.number().optional(),
  }),
  z.object({ type: z.literal("cron"), cronExpr: z.string() }),
]);
export type CronSchedule = z.infer<typeof cronSchedule>;

const integer = z.number().int();
const exported = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("interval"),
    seconds: integer.optional(),
    minutes: integer.optional(),
    hours: integer.optional(),
  }),
  z.object({ type: z.literal("hourly"), minuteUTC: integer.optional() }),
  z.object({ type: z.literal("daily"), hourUTC: integer, minuteUTC: integer.optional() }),
  z.object({
    type: z.literal("weekly"),
    dayOfWeek: z.enum(DAYS_OF_WEEK),
    hourUTC: integer,
    minuteUTC: integer.optional(),
  }),
  z.object({ type: z.literal("monthly"), day: integer, hourUTC: integer, minuteUTC: integer.optional() }),
  z.object({ type: z.literal("cron"), cron: z.string() }),
]);
type Exported = z.infer<typeof exported>;

/** What a cron job cannot be scheduled by; the text is for the developer. */
export class CronScheduleError extends Error {
  override name = "CronScheduleError";
}

/** The schedule as `crons.ts` exports it, checked once more. Throws CronScheduleError or CronExpressionError. */
export function parseSchedule(json: unknown): CronSchedule {
  const { data: schedule } = exported.safeParse(json);
  if (schedule === undefined) throw new CronScheduleError("Invalid JSON");
  const check = (name: string, value: number | undefined, min: number, max: number) => {
    if (value === undefined || (value >= min && value <= max)) return;
    throw new CronScheduleError(`${name} must be ${min}-${max} in ${JSON.stringify(json, null, 2)}`);
  };
  if ("minuteUTC" in schedule) check("minuteUTC", schedule.minuteUTC, 0, 59);
  if ("hourUTC" in schedule) check("hourUTC", schedule.hourUTC, 0, 23);
  if ("day" in schedule) check("day of month", schedule.day, 1, 31);
  switch (schedule.type) {
    case "interval":
      return { type: "interval", seconds: intervalSeconds(schedule) };
    case "weekly":
      return { ...schedule, dayOfWeek: DAYS_OF_WEEK.indexOf(schedule.dayOfWeek) };
    case "cron":
      return { type: "cron", cronExpr: checkedExpression(schedule.cron) };
    default:
      return schedule;
  }
}

function intervalSeconds({ seconds, minutes, hours }: Extract<Exported, { type: "interval" }>): number {
  const given = [seconds, minutes, hours].filter((value) => value !== undefined);
  if (given.length !== 1) {
    throw new CronScheduleError("Exactly one of (seconds, minutes, hours) should be specified");
  }
  if (given.some((value) => value <= 0)) {
    throw new CronScheduleError("Interval must be an integer greater than 0");
  }
  return (seconds ?? 0) + 60 * (minutes ?? 0) + 3600 * (hours ?? 0);
}

function checkedExpression(text: string): string {
  new CronExpression(text);
  return text;
}

/**
 * A delay that a job keeps for its life, ms: so that not all jobs of a minute, or of an hour where no minute is named,
 * begin in the same moment. Intervals have none. `random` in [0, 1).
 */
export function drawSplay(schedule: CronSchedule, random: () => number): number {
  if (schedule.type === "interval") return 0;
  const room = schedule.type === "cron" || schedule.minuteUTC !== undefined ? MINUTE_MS : HOUR_MS;
  return Math.floor(random() * room);
}

/** When a job first runs that was added at `now`: an interval at once. Unix ms. */
export function firstRun(schedule: CronSchedule, splay: number, now: number): number {
  return schedule.type === "interval" ? now : clockRunAfter(schedule, splay, now);
}

/**
 * When a job runs next whose run planned for `planned` ended at `now`; how many runs of an interval are left out because
 * their time is over. Unix ms.
 */
export function nextRun(
  schedule: CronSchedule,
  splay: number,
  planned: number,
  now: number,
): { time: number; skipped: number } {
  // The later of the two: a clock that was set back must not bring the same tick again.
  if (schedule.type !== "interval")
    return { time: clockRunAfter(schedule, splay, Math.max(planned, now)), skipped: 0 };
  const interval = schedule.seconds * 1000;
  const skipped = Math.max(0, Math.ceil((now - planned - interval) / interval));
  return { time: planned + (1 + skipped) * interval, skipped };
}

function clockRunAfter(
  schedule: Exclude<CronSchedule, { type: "interval" }>,
  splay: number,
  time: number,
): number {
  const occurrence = new CronExpression(expressionOf(schedule)).after(time - splay);
  if (occurrence === null) throw new CronScheduleError("Could not compute next timestamp for cron");
  return occurrence + splay;
}

function expressionOf(schedule: Exclude<CronSchedule, { type: "interval" }>): string {
  if (schedule.type === "cron") return schedule.cronExpr;
  const minute = schedule.minuteUTC ?? 0;
  switch (schedule.type) {
    case "hourly":
      return `${minute} * * * *`;
    case "daily":
      return `${minute} ${schedule.hourUTC} * * *`;
    case "weekly":
      return `${minute} ${schedule.hourUTC} * * ${schedule.dayOfWeek}`;
    case "monthly":
      return `${minute} ${schedule.hourUTC} ${schedule.day} * *`;
  }
}
