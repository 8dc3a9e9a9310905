"use client";

import { numberText } from "@/components/format/formats";
import { CHANNEL_LOOK } from "@/components/inbox/channel";
import { CHANNELS } from "@/components/hooks/use-analytics";
import type { AnalyticsFigures, AnalyticsOverview } from "@/convex/validators/metrics";
import { bucketStart } from "@/lib/histogram";
import { BarChart, Legend, type Bar, type PartKind } from "./bar-chart";
import { ChartSection } from "./chart-section";
import { dayName, durationText, hourText, unanswered, type Counted } from "./figures-text";
import { weekdaysOf } from "./weekdays";

const KINDS: PartKind[] = ["person", "atlas", "program", "nobody"];

const partsOf = (figures: Counted): Bar["parts"] => [
  { kind: "person", value: figures.answered },
  { kind: "atlas", value: figures.answeredByAtlas },
  { kind: "program", value: figures.answeredByProgram },
  { kind: "nobody", value: unanswered(figures) },
];

/** Columns of HEAD that are counts. */
const PART_COLUMNS = 5;
const HEAD = ["Started", "By operators", "By Atlas", "By programs", "By nobody", "First reply", "9 in 10"];
const cellsOf = (figures: AnalyticsFigures): string[] => [
  numberText(figures.started),
  numberText(figures.answered),
  numberText(figures.answeredByAtlas),
  numberText(figures.answeredByProgram),
  numberText(unanswered(figures)),
  durationText(figures.firstResponse.median),
  durationText(figures.firstResponse.p90),
];

type Props = { overview: AnalyticsOverview };

/** Conversations by the day on which they began, and who answered first. */
export function DayChart({ overview: { days } }: Props) {
  const isOpen = days.some((day) => !day.isOver);
  return (
    <ChartSection
      title="Who answered first"
      hint={`Conversations started per day.${isOpen ? " Today is not over." : ""}`}
      legend={<Legend kinds={KINDS} />}
      table={{
        head: ["Day", ...HEAD],
        rows: days.map((day) => [
          `${dayName(day.day)}${day.isOver ? "" : " (so far)"}, ${day.day}`,
          ...cellsOf(day),
        ]),
      }}
    >
      <BarChart
        label="Conversations started per day, by who answered first"
        bars={days.map((day) => ({
          key: day.day,
          label: dayName(day.day),
          isOpen: !day.isOver,
          parts: partsOf(day),
        }))}
      />
    </ChartSection>
  );
}

/** The same by the hour of the day. */
export function HourChart({ overview: { hours, days, timeZone } }: Props) {
  return (
    <ChartSection
      title="When visitors begin"
      hint={`Conversations by hour, sum of ${days.length} days, ${timeZone} time.`}
      legend={<Legend kinds={KINDS} />}
      table={{
        head: ["Hour", ...HEAD],
        rows: hours.map((hour) => [hourText(hour.hour), ...cellsOf(hour)]),
      }}
    >
      <BarChart
        label="Conversations started by hour of the day, by who answered first"
        bars={hours.map((hour) => ({
          key: String(hour.hour),
          label: hourText(hour.hour).slice(0, 2),
          parts: partsOf(hour),
        }))}
      />
    </ChartSection>
  );
}

/** The same by the day of the week, where the period has each more than once. */
export function WeekdayChart({ overview: { days, timeZone } }: Props) {
  const weekdays = weekdaysOf(days);
  if (weekdays.some(({ days: count }) => count < 2)) return null;
  return (
    <ChartSection
      title="On which days visitors begin"
      hint={`Conversations by day of the week, sum of ${days.length} days, ${timeZone} time.`}
      legend={<Legend kinds={KINDS} />}
      table={{
        head: ["Weekday", "Days", ...HEAD.slice(0, PART_COLUMNS)],
        rows: weekdays.map((weekday) => [
          weekday.name,
          numberText(weekday.days),
          numberText(weekday.started),
          ...partsOf(weekday).map(({ value }) => numberText(value)),
        ]),
      }}
    >
      <BarChart
        label="Conversations started by day of the week, by who answered first"
        bars={weekdays.map((weekday) => ({
          key: weekday.name,
          label: weekday.name,
          parts: partsOf(weekday),
        }))}
      />
    </ChartSection>
  );
}

const MINUTE = 60_000;
/** Bounds of the steps in minutes, each twice the one before: bounds of the buckets, too. */
const STEPS = [0, 1, 2, 4, 8, 16, 32, 64];

/** How long people took for the first reply. */
export function ResponseChart({ overview: { firstResponses, totals } }: Props) {
  const { count, median, p90 } = totals.firstResponse;
  const steps = STEPS.map((from, index) => {
    const to = STEPS[index + 1] ?? Infinity;
    const label = to === Infinity ? `>${from}` : `${from}–${to}`;
    const within = firstResponses.filter(({ bucket }) => {
      const start = bucketStart(bucket);
      return start >= from * MINUTE && start < to * MINUTE;
    });
    return { label, value: within.reduce((sum, each) => sum + each.count, 0) };
  });
  return (
    <ChartSection
      title="Time to first reply"
      hint={
        count === 0
          ? "No conversation was answered by a person."
          : `${numberText(count)} conversations a person answered: half within ${durationText(median)}, 9 in 10 within ${durationText(p90)}. In minutes; each step is twice as wide.`
      }
      table={{
        head: ["Minutes", "Conversations"],
        rows: steps.map(({ label, value }) => [label, numberText(value)]),
      }}
    >
      <BarChart
        label="Conversations by the minutes to the first reply of a person"
        bars={steps.map(({ label, value }) => ({ key: label, label, parts: [{ kind: "person", value }] }))}
      />
    </ChartSection>
  );
}

const BREAKDOWN = ["Started", "By operators", "First reply", "Resolved", "Time to resolve"];
const brokenDown = (figures: AnalyticsFigures): string[] => [
  numberText(figures.started),
  numberText(figures.answered),
  durationText(figures.firstResponse.median),
  numberText(figures.resolved),
  durationText(figures.resolution.median),
];

/** By brand, by channel and by operator: the last by name, since people are not ranked. */
export function Breakdowns({ overview: { brands, channels, operators } }: Props) {
  const word = (channel: string) => {
    const known = CHANNELS.find((each) => each === channel);
    return known === undefined ? channel : CHANNEL_LOOK[known].word;
  };
  return (
    <>
      <ChartSection
        title="By brand"
        hint="Half of the times are shorter than what is shown."
        table={{ head: ["Brand", ...BREAKDOWN], rows: brands.map((row) => [row.name, ...brokenDown(row)]) }}
      />
      <ChartSection
        title="By channel"
        hint="Half of the times are shorter than what is shown."
        table={{
          head: ["Channel", ...BREAKDOWN],
          rows: channels.map((row) => [word(row.channel), ...brokenDown(row)]),
        }}
      />
      <ChartSection
        title="By operator"
        hint="By name. People are not ranked."
        table={{
          head: ["Operator", "Answered first", "First reply", "Resolved", "Time to resolve"],
          rows: operators.map((row) => [row.name, ...brokenDown(row).slice(1)]),
        }}
      />
    </>
  );
}
