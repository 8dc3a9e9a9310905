/** What is counted of conversations, and the rows of analytics. */
import { v } from "convex/values";
import type { Infer } from "convex/values";

export const metric = v.union(
  v.literal("started"), // at the start
  v.literal("answered"), // first by a person; at the start, with the time to the answer
  v.literal("answeredByAtlas"), // the same, first by the AI agent
  v.literal("answeredByProgram"), // the same, first by a program with an API key
  v.literal("resolved"), // the first time; at that time, with the time since the start
);
export type Metric = Infer<typeof metric>;

/** Counts of one quarter of an hour, by the bucket of their duration; see lib/histogram.ts. */
export const metricCell = v.object({
  slot: v.number(), // of the day, 0 to 95
  metric,
  bucket: v.number(), // 0 where there is no duration
  count: v.number(),
});
export type MetricCell = Infer<typeof metricCell>;

/** How long something took, in milliseconds. */
const spread = v.object({
  count: v.number(),
  median: v.union(v.number(), v.null()), // null: of none
  p90: v.union(v.number(), v.null()),
});

const figures = {
  started: v.number(),
  answered: v.number(), // of those that started, first by a person
  answeredByAtlas: v.number(),
  answeredByProgram: v.number(),
  resolved: v.number(),
  firstResponse: spread, // by people
  resolution: spread,
};
export const analyticsFigures = v.object(figures);
export type AnalyticsFigures = Infer<typeof analyticsFigures>;

export const analyticsOverview = v.object({
  from: v.string(), // first day, "2026-11-06"
  to: v.string(), // last day
  timeZone: v.string(),
  totals: analyticsFigures,
  previous: analyticsFigures, // of as many days before
  days: v.array(v.object({ day: v.string(), isOver: v.boolean(), ...figures })),
  hours: v.array(v.object({ hour: v.number(), ...figures })), // of the day, 0 to 23, all days together
  brands: v.array(v.object({ brandId: v.id("brands"), name: v.string(), ...figures })),
  channels: v.array(v.object({ channel: v.string(), ...figures })),
  operators: v.array(v.object({ operatorId: v.id("operators"), name: v.string(), ...figures })), // by name
  firstResponses: v.array(v.object({ bucket: v.number(), count: v.number() })), // of people
});
export type AnalyticsOverview = Infer<typeof analyticsOverview>;
