"use client";

import { parseAsNumberLiteral, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useCallback, useMemo } from "react";
import { shownTimeZone } from "@/components/format/formats";
import { api } from "@/convex/_generated/api";
import type { AnalyticsOverview } from "@/convex/validators/metrics";
import { useBrandOf } from "./use-inbox";
import { useLiveQuery, type Live } from "./use-live-query";

export const PERIODS = [7, 14, 30, 90] as const;
export const CHANNELS = ["web_chat", "email", "whatsapp", "voice", "sms"] as const;

const params = {
  days: parseAsNumberLiteral(PERIODS).withDefault(14),
  until: parseAsString,
  brand: parseAsString,
  channel: parseAsStringLiteral(CHANNELS),
  operator: parseAsString,
};

const DAY = 24 * 60 * 60 * 1000;

/** The day so many days after "2026-11-19". */
export function shiftDay(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

/** The figures that the address asks for, and how to ask for others. */
export function useAnalytics() {
  const [inAddress, set] = useQueryStates(params, { history: "push" });
  const brand = useBrandOf(inAddress.brand);
  const asked = useMemo(() => ({ ...inAddress, brand }), [inAddress, brand]);
  const { days, until, channel, operator } = asked;
  const overview: Live<AnalyticsOverview> = useLiveQuery(api.analytics.overview, {
    days,
    timeZone: shownTimeZone(),
    ...(until === null ? {} : { until }),
    ...(brand === null ? {} : { brandId: brand }),
    ...(channel === null ? {} : { channel }),
    ...(operator === null ? {} : { operatorId: operator }),
  });
  const to = overview.data?.to;
  const isNow = overview.data?.days.at(-1)?.isOver === false;
  const earlier = useCallback(() => {
    if (to !== undefined) void set({ until: shiftDay(to, -days) });
  }, [set, to, days]);
  const later = useCallback(() => {
    if (to !== undefined && !isNow) void set({ until: shiftDay(to, days) });
  }, [set, to, days, isNow]);
  const reset = useCallback(
    () => void set({ days: null, until: null, brand: null, channel: null, operator: null }),
    [set],
  );
  return useMemo(
    () => ({ asked, overview, isNow, set, earlier, later, reset }),
    [asked, overview, isNow, set, earlier, later, reset],
  );
}
