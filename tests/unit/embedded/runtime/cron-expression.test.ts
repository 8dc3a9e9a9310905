import { Cron } from "croner";
import fc from "fast-check";
import { expect, test } from "vitest";
import { CronExpression } from "../../../../embedded/runtime/cron-expression";

const START = Date.parse("2026-01-30T00:00:30Z");

function next(expression: string, count: number, from = START): string[] {
  const cron = new CronExpression(expression);
  const times: string[] = [];
  for (let time = from; times.length < count;) {
    time = cron.after(time) ?? NaN;
    times.push(new Date(time).toISOString().slice(0, 16));
  }
  return times;
}

test.each([
  ["* * * * *", ["2026-01-30T00:01", "2026-01-30T00:02"]],
  ["5/20 * * * *", ["2026-01-30T00:05", "2026-01-30T00:25", "2026-01-30T00:45", "2026-01-30T01:05"]],
  ["58-1 0 * * *", ["2026-01-30T00:01", "2026-01-30T00:58", "2026-01-30T00:59", "2026-01-31T00:00"]],
  ["0 22-2/2 * * *", ["2026-01-30T02:00", "2026-01-30T22:00", "2026-01-31T00:00"]],
  ["0 0 29 FEB *", ["2028-02-29T00:00", "2032-02-29T00:00"]],
  // Either day matches when both are named.
  ["0 0 1 * mon", ["2026-02-01T00:00", "2026-02-02T00:00", "2026-02-09T00:00"]],
  ["0 0 * * FRI-MON", ["2026-01-31T00:00", "2026-02-01T00:00", "2026-02-02T00:00", "2026-02-06T00:00"]],
  ["0 0 * * L", ["2026-01-31T00:00", "2026-02-07T00:00"]],
  ["0 0 * * FRIL", ["2026-02-27T00:00", "2026-03-27T00:00"]],
  ["0 0 * * 5#5", ["2026-05-29T00:00", "2026-07-31T00:00"]],
  ["0 0 L * *", ["2026-01-31T00:00", "2026-02-28T00:00"]],
  ["0 0 L-3 * *", ["2026-02-25T00:00", "2026-03-28T00:00"]],
  // The 31st of January 2026 is a Saturday, the 28th of February too; the 1st of August is a Saturday.
  ["0 0 LW * *", ["2026-02-27T00:00", "2026-03-31T00:00"]],
  ["0 0 L-30W * *", ["2026-03-02T00:00", "2026-05-01T00:00", "2026-07-01T00:00", "2026-08-03T00:00"]],
  ["0 0 1W 8 *", ["2026-08-03T00:00"]],
  ["0 0 15W * *", ["2026-02-16T00:00", "2026-03-16T00:00", "2026-04-15T00:00"]],
  ["0  12\t* * 1", ["2026-02-02T12:00"]],
])("%s", (expression, expected) => {
  expect(next(expression, expected.length)).toEqual(expected);
});

test.each([
  "",
  "* * * *",
  "* * * * * *",
  " * * * * *",
  "* * * * * ",
  "60 * * * *",
  "* 24 * * *",
  "* * 0 * *",
  "* * 32 * *",
  "* * * 13 *",
  "* * * * 7",
  "*/0 * * * *",
  "*/60 * * * *",
  "*,* * * * *",
  "1,, * * * *",
  "1- * * * *",
  "-1 * * * *",
  "1.5 * * * *",
  "? * * * *",
  "@daily",
  "* * L-31 * *",
  "* * L,3 * *",
  "* * * * 5#6",
  "* * * * MONDAY",
])("%s is no expression", (expression) => {
  expect(() => new CronExpression(expression)).toThrow("Failed to parse cron expression");
});

test.each(["0 0 31 2 *", "0 0 31 4,6,9,11 *", "0 0 31W FEB *"])("%s matches no time", (expression) => {
  expect(() => new CronExpression(expression)).toThrow(
    `The cron spec "${expression}" will never match any time`,
  );
});

/** A field of lists, ranges and steps that croner reads in the same way. */
const field = (min: number, max: number) => {
  const value = fc.integer({ min, max });
  const range = fc.tuple(value, value).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
  const step = fc.integer({ min: 1, max: max - min });
  const item = fc.oneof(
    value.map(String),
    range,
    step.map((by) => `*/${by}`),
    fc.tuple(range, step).map(([span, by]) => `${span}/${by}`),
  );
  return fc.oneof(
    fc.constant("*"),
    fc.array(item, { minLength: 1, maxLength: 3 }).map((items) => items.join(",")),
  );
};

test("agrees with croner where the dialects are the same", () => {
  const expressions = fc
    .tuple(field(0, 59), field(0, 23), field(1, 28), field(1, 12), field(0, 6))
    .map((fields) => fields.join(" "));
  const times = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2040, 0, 1) });
  fc.assert(
    fc.property(expressions, times, (expression, time) => {
      const oracle = new Cron(expression, { timezone: "UTC", mode: "5-part" });
      expect(new CronExpression(expression).after(time)).toBe(oracle.nextRun(new Date(time))?.getTime());
    }),
    { numRuns: process.env["PRAXTALK_LONG"] === "1" ? 20_000 : 500 },
  );
});
