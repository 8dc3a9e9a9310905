/** Figures of a period from the sums of its days. */
import { addTo, quantile, total } from "../../lib/histogram";
import type { Histogram } from "../../lib/histogram";
import { ANALYTICS_ROWS_MAX } from "../../lib/limits";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader } from "../_generated/server";
import { refusal } from "../errors";
import { DAY, dayText, QUARTER } from "../logic/zonedDays";
import type { ZonedTime } from "../logic/zonedDays";
import type { Channel } from "../validators";
import type { AnalyticsFigures, AnalyticsOverview, MetricCell } from "../validators/metrics";
import { loadBrands } from "./brands";
import type { Scope } from "./inbox";
import { loadOperators } from "./operators";

/** A period of whole days of a zone, ending with `lastDay`. */
export type Period = {
  lastDay: number;
  days: number;
  timeZone: string;
  clock: (at: number) => ZonedTime;
  today: number;
};
export type Narrowed = { channel?: Channel; operatorId?: Id<"operators"> };

/** Sums that are added up cell by cell. */
class Tally {
  #counts = { started: 0, answered: 0, answeredByAtlas: 0, answeredByProgram: 0, resolved: 0 };
  readonly firstResponses: Histogram = new Map();
  #resolutions: Histogram = new Map();

  add({ metric, bucket, count }: MetricCell): void {
    this.#counts[metric] += count;
    if (metric === "answered") addTo(this.firstResponses, bucket, count);
    if (metric === "resolved") addTo(this.#resolutions, bucket, count);
  }

  figures(): AnalyticsFigures {
    return {
      ...this.#counts,
      firstResponse: spreadOf(this.firstResponses),
      resolution: spreadOf(this.#resolutions),
    };
  }
}

const spreadOf = (histogram: Histogram) => ({
  count: total(histogram),
  median: quantile(histogram, 0.5),
  p90: quantile(histogram, 0.9),
});

/** One tally for each key, made when something falls to it. */
class Tallies<Key> {
  readonly #all = new Map<Key, Tally>();

  of(key: Key): Tally {
    const tally = this.#all.get(key) ?? new Tally();
    this.#all.set(key, tally);
    return tally;
  }

  entries(): [Key, AnalyticsFigures][] {
    return [...this.#all].map(([key, tally]) => [key, tally.figures()]);
  }
}

export async function overviewOf(
  db: DatabaseReader,
  scope: Scope,
  period: Period,
  narrowed: Narrowed,
): Promise<AnalyticsOverview> {
  const firstDay = period.lastDay - period.days + 1;
  // A zone's day reaches into the days of UTC beside it.
  const rows = await readDays(db, scope, firstDay - period.days - 1, period.lastDay + 1);
  const kept = rows.filter(
    ({ channel, operatorId }) =>
      (narrowed.channel === undefined || channel === narrowed.channel) &&
      (narrowed.operatorId === undefined || operatorId === narrowed.operatorId),
  );
  const [totals, previous] = [new Tally(), new Tally()];
  const [days, hours] = [new Tallies<number>(), new Tallies<number>()];
  const [brands, channels] = [new Tallies<Id<"brands">>(), new Tallies<Channel>()];
  const operators = new Tallies<Id<"operators">>();
  for (const row of kept) {
    for (const cell of row.cells) {
      const { day, hour } = period.clock(row.day * DAY + cell.slot * QUARTER);
      if (day > period.lastDay || day < firstDay - period.days) continue;
      if (day < firstDay) {
        previous.add(cell);
        continue;
      }
      const parts = [totals, days.of(day), hours.of(hour), brands.of(row.brandId), channels.of(row.channel)];
      for (const part of parts) part.add(cell);
      if (row.operatorId !== undefined) operators.of(row.operatorId).add(cell);
    }
  }
  const allDays = Array.from({ length: period.days }, (_, index) => firstDay + index);
  return {
    from: dayText(firstDay),
    to: dayText(period.lastDay),
    timeZone: period.timeZone,
    totals: totals.figures(),
    previous: previous.figures(),
    days: allDays.map((day) => ({
      day: dayText(day),
      isOver: day < period.today,
      ...days.of(day).figures(),
    })),
    hours: Array.from({ length: 24 }, (_, hour) => ({ hour, ...hours.of(hour).figures() })),
    brands: await namedBrands(db, brands.entries()),
    channels: channels.entries().map(([channel, figures]) => ({ channel, ...figures })),
    operators: await namedOperators(db, operators.entries()),
    firstResponses: [...totals.firstResponses]
      .sort(([a], [b]) => a - b)
      .map(([bucket, count]) => ({ bucket, count })),
  };
}

/** The rows of the days, both ends included: all of them, or a refusal. */
async function readDays(
  db: DatabaseReader,
  scope: Scope,
  first: number,
  last: number,
): Promise<Doc<"metricDays">[]> {
  const rows =
    scope.kind === "workspace"
      ? await db
          .query("metricDays")
          .withIndex("by_workspace_and_day", (q) =>
            q.eq("workspaceId", scope.workspaceId).gte("day", first).lte("day", last),
          )
          .take(ANALYTICS_ROWS_MAX + 1)
      : await readBrands(db, scope.kind === "brand" ? [scope.brandId] : scope.brandIds, first, last);
  if (rows.length <= ANALYTICS_ROWS_MAX) return rows;
  throw refusal("VALIDATION", "This is too much for one answer. Choose fewer days or one brand.", {
    field: "days",
  });
}

async function readBrands(db: DatabaseReader, brandIds: Id<"brands">[], first: number, last: number) {
  const rows: Doc<"metricDays">[] = [];
  for (const brandId of brandIds) {
    const more = await db
      .query("metricDays")
      .withIndex("by_brand_and_day", (q) => q.eq("brandId", brandId).gte("day", first).lte("day", last))
      .take(ANALYTICS_ROWS_MAX + 1 - rows.length);
    rows.push(...more);
    if (rows.length > ANALYTICS_ROWS_MAX) break;
  }
  return rows;
}

async function namedBrands(db: DatabaseReader, entries: [Id<"brands">, AnalyticsFigures][]) {
  const brands = await loadBrands(
    db,
    entries.map(([brandId]) => brandId),
  );
  return entries
    .map(([brandId, figures]) => ({
      brandId,
      name: brands.get(brandId)?.name ?? "A deleted brand",
      ...figures,
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** By name: people are not ranked. */
async function namedOperators(db: DatabaseReader, entries: [Id<"operators">, AnalyticsFigures][]) {
  const operators = await loadOperators(
    db,
    entries.map(([operatorId]) => operatorId),
  );
  return entries
    .map(([operatorId, figures]) => ({
      operatorId,
      name: operators.get(operatorId)?.name ?? "A former operator",
      ...figures,
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
}
