/**
 * Cron expressions of five fields, in UTC: minute, hour, day of the month, month, day of the week. The dialect is
 * production's: weekdays are 0 to 6 or SUN to SAT, ranges may wrap (`FRI-MON`), a step may follow a single value
 * (`5/15`), and days may be `L`, `LW`, `L-3`, `L-3W`, `15W`, `5L` and `5#2`. No seconds, no `@daily`, no `?`.
 */

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** The 29th of February of a century that has none is 8 years away; what does not match in this time never does. */
const HORIZON_DAYS = 8 * 366 + 1;

type Field = { min: number; max: number; names: readonly string[] };
const MINUTE: Field = { min: 0, max: 59, names: [] };
const HOUR: Field = { min: 0, max: 23, names: [] };
const DAY: Field = { min: 1, max: 31, names: [] };
const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"] as const;
const MONTH: Field = { min: 1, max: 12, names: MONTHS };
const WEEKDAY: Field = { min: 0, max: 6, names: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"] };

/** A day as the rules for days see it: `day` and `month` from 1, `weekday` from Sunday = 0, `length` of its month. */
type CalendarDay = { day: number; month: number; weekday: number; length: number };
type DayRule = (date: CalendarDay) => boolean;

export class CronExpressionError extends Error {
  override name = "CronExpressionError";
}

export class CronExpression {
  readonly #minutes: readonly number[];
  readonly #hours: readonly number[];
  readonly #months: ReadonlySet<number>;
  /** Null: any day. With both rules a day matches that either of them matches. */
  readonly #dayOfMonth: DayRule | null;
  readonly #dayOfWeek: DayRule | null;

  /** Throws CronExpressionError for what is no expression, or matches no time. */
  constructor(text: string) {
    const [minute, hour, day, month, weekday, ...rest] = text.split(/[ \t]+/);
    if (weekday === undefined || rest.length > 0) throw unreadable();
    this.#minutes = sorted(valuesOf(minute ?? "", MINUTE));
    this.#hours = sorted(valuesOf(hour ?? "", HOUR));
    this.#months = valuesOf(month ?? "", MONTH);
    this.#dayOfMonth = dayOfMonthRule(day ?? "");
    this.#dayOfWeek = dayOfWeekRule(weekday);
    if (this.after(0) === null)
      throw new CronExpressionError(`The cron spec "${text}" will never match any time`);
  }

  /** First matching minute later than `time`; both in Unix ms. Null if there is none. */
  after(time: number): number | null {
    const first = Math.floor(time / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
    const firstDay = Math.floor(first / DAY_MS) * DAY_MS;
    for (let i = 0; i < HORIZON_DAYS; i++) {
      const day = firstDay + i * DAY_MS;
      if (!this.#matchesDay(day)) continue;
      for (const hour of this.#hours) {
        for (const minute of this.#minutes) {
          const candidate = day + (hour * 60 + minute) * MINUTE_MS;
          if (candidate >= first) return candidate;
        }
      }
    }
    return null;
  }

  #matchesDay(time: number): boolean {
    const date = new Date(time);
    const month = date.getUTCMonth() + 1;
    if (!this.#months.has(month)) return false;
    const length = new Date(Date.UTC(date.getUTCFullYear(), month, 0)).getUTCDate();
    const day = { day: date.getUTCDate(), month, weekday: date.getUTCDay(), length };
    const rules = [this.#dayOfMonth, this.#dayOfWeek].filter((rule) => rule !== null);
    return rules.length === 0 || rules.some((rule) => rule(day));
  }
}

/** The values that a field of lists, ranges and steps names. */
function valuesOf(text: string, field: Field): Set<number> {
  const values = new Set<number>();
  const items = text.split(",");
  for (const [i, item] of items.entries()) {
    // A star alone stands for everything; further down a list it is the field's least value.
    if (item === "*" && items.length > 1 && i === 0) throw unreadable();
    for (const value of itemValues(item, field, items.length === 1)) values.add(value);
  }
  return values;
}

function itemValues(item: string, field: Field, isAlone: boolean): number[] {
  const [, from, to, by] = /^([^-/]+)(?:-([^-/]+))?(?:\/(\d+))?$/.exec(item) ?? [];
  if (from === undefined) throw unreadable();
  const start = from === "*" ? field.min : valueOf(from, field);
  const step = by === undefined ? 1 : numberIn(by, 1, field.max - field.min);
  if (from === "*" && to === undefined && (isAlone || by !== undefined)) {
    return stepped(field.min, field.max, step, field);
  }
  if (to !== undefined) return stepped(start, valueOf(to, field), step, field);
  return by === undefined ? [start] : stepped(start, field.max, step, field);
}

/** From `start` to `end`, around the field's end if `end` comes first. */
function stepped(start: number, end: number, step: number, field: Field): number[] {
  const size = field.max - field.min + 1;
  const last = end >= start ? end : end + size;
  const values: number[] = [];
  for (let value = start; value <= last; value += step) {
    values.push(field.min + ((value - field.min) % size));
  }
  return values;
}

function valueOf(text: string, { min, max, names }: Field): number {
  const name = names.indexOf(text.toUpperCase());
  return name === -1 ? numberIn(text, min, max) : name + min;
}

function numberIn(text: string, min: number, max: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) throw unreadable();
  return value;
}

function dayOfMonthRule(text: string): DayRule | null {
  if (text === "*") return null;
  const last = /^L(?:-(\d+))?(W)?$/.exec(text);
  if (last !== null) {
    const offset = last[1] === undefined ? 0 : numberIn(last[1], 1, 30);
    return last[2] === undefined
      ? ({ day, length }) => day === length - offset
      : (date) => isNearestWeekday(date, date.length - offset);
  }
  const near = /^(\d+)W$/.exec(text);
  if (near !== null) {
    const wanted = numberIn(near[1] ?? "", 1, 31);
    return (date) => isNearestWeekday(date, wanted);
  }
  const days = valuesOf(text, DAY);
  return ({ day }) => days.has(day);
}

/** Whether the date is the day from Monday to Friday, within its month, that is closest to the wanted day. */
function isNearestWeekday({ day, weekday, length }: CalendarDay, wanted: number): boolean {
  if (wanted < 1 || wanted > length) return false;
  const wantedWeekday = (((weekday + wanted - day) % 7) + 7) % 7;
  let nearest = wanted;
  if (wantedWeekday === 6) nearest = wanted === 1 ? 3 : wanted - 1;
  if (wantedWeekday === 0) nearest = wanted === length ? wanted - 2 : wanted + 1;
  return day === nearest;
}

function dayOfWeekRule(text: string): DayRule | null {
  if (text === "*") return null;
  if (text === "L") return ({ weekday }) => weekday === WEEKDAY.max;
  const last = /^(\w+)L$/.exec(text);
  if (last !== null) {
    const wanted = valueOf(last[1] ?? "", WEEKDAY);
    return ({ day, weekday, length }) => weekday === wanted && day + 7 > length;
  }
  const nth = /^(\w+)#(\d+)$/.exec(text);
  if (nth !== null) {
    const wanted = valueOf(nth[1] ?? "", WEEKDAY);
    const n = numberIn(nth[2] ?? "", 1, 5);
    return ({ day, weekday }) => weekday === wanted && Math.ceil(day / 7) === n;
  }
  const weekdays = valuesOf(text, WEEKDAY);
  return ({ weekday }) => weekdays.has(weekday);
}

function sorted(values: ReadonlySet<number>): number[] {
  return [...values].sort((a, b) => a - b);
}

function unreadable(): CronExpressionError {
  return new CronExpressionError("Failed to parse cron expression");
}
