import { v } from "convex/values";
import { ANALYTICS_DAYS_DEFAULT, ANALYTICS_DAYS_MAX } from "../lib/limits";
import { internal } from "./_generated/api";
import { refusal } from "./errors";
import { internalMutation, operatorQuery } from "./functions";
import { parseDay, zonedClock } from "./logic/zonedDays";
import { overviewOf } from "./model/analytics";
import { scopeOf } from "./model/inbox";
import { backfillPage, foldSamples } from "./model/metricFold";
import { requireColleague } from "./model/operators";
import { clampLimit } from "./model/paging";
import { channel } from "./validators";
import { analyticsOverview } from "./validators/metrics";

/** Figures of a period of whole days in the asker's time zone, within all the operator's brands or one of them. */
export const overview = operatorQuery({
  args: {
    days: v.optional(v.number()), // 14, at most 90
    until: v.optional(v.string()), // the last day, "2026-11-19"; absent: today
    timeZone: v.optional(v.string()), // UTC
    brandId: v.optional(v.string()),
    channel: v.optional(channel),
    operatorId: v.optional(v.string()), // who answered or resolved; then nothing is told of starts
  },
  returns: analyticsOverview,
  handler: async (ctx, { days, until, timeZone = "UTC", brandId, channel, operatorId }) => {
    const clock = zonedClock(timeZone);
    if (clock === null) {
      throw refusal("VALIDATION", "There is no such time zone. Name one like Europe/Berlin.", {
        field: "timeZone",
      });
    }
    const today = clock(Date.now()).day;
    const lastDay = until === undefined ? today : parseDay(until);
    if (lastDay === null) {
      throw refusal("VALIDATION", "Write the last day like 2026-11-19.", { field: "until" });
    }
    const scope = await scopeOf(ctx.db, ctx.operator, brandId);
    const operator =
      operatorId === undefined ? undefined : await requireColleague(ctx.db, ctx.operator, operatorId);
    const wanted = clampLimit(days, ANALYTICS_DAYS_DEFAULT, ANALYTICS_DAYS_MAX);
    const period = { lastDay, days: wanted, timeZone, clock, today };
    return await overviewOf(ctx.db, scope, period, { channel, operatorId: operator?._id });
  },
});

/** Folds samples into sums, and counts conversations that are older than the counting: a page of each, then more. */
export const fold = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    const moreSamples = await foldSamples(ctx, Date.now());
    const moreConversations = await backfillPage(ctx);
    if (moreSamples || moreConversations) await ctx.scheduler.runAfter(0, internal.analytics.fold, {});
    return null;
  },
});
