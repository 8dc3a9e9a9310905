"use client";

import { parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useCallback, useMemo } from "react";
import type { DeliveryEventType, DeliveryStatus } from "@/convex/validators/webhooks";
import type { LogFilter } from "./use-webhooks";

/** The parts of the page, in the order in which they stand in the sidebar. */
export const INTEGRATIONS_VIEWS = ["overview", "keys", "tokens", "webhooks", "log"] as const;
export type IntegrationsView = (typeof INTEGRATIONS_VIEWS)[number];

/** What the event log can be narrowed to, in the order of its menus. */
export const LOG_STATUSES = [
  "retrying",
  "failed",
  "delivered",
  "pending",
  "skipped",
  "canceled",
] as const satisfies DeliveryStatus[];
export const LOG_EVENT_TYPES = [
  "conversation.created",
  "conversation.status_changed",
  "conversation.merged",
  "message.created",
  "lead.created",
  "lead.status_changed",
  "ping",
] as const satisfies DeliveryEventType[];

const params = {
  view: parseAsStringLiteral(INTEGRATIONS_VIEWS).withDefault("overview"),
  endpoint: parseAsString,
  status: parseAsStringLiteral(LOG_STATUSES),
  type: parseAsStringLiteral(LOG_EVENT_TYPES),
  delivery: parseAsString,
};

const NOTHING = { endpoint: null, status: null, type: null, delivery: null };
/** A place in the event log: one endpoint's rows, or one open row. */
type Place = { endpoint?: string | null; delivery?: string };

/** What the address says: which part of the page, how the event log is narrowed, and which of its rows is open. */
export function useIntegrationsUrl() {
  const [{ view, endpoint, status, type, delivery }, set] = useQueryStates(params, { history: "push" });
  const filter = useMemo<LogFilter>(() => ({ endpoint, status, type }), [endpoint, status, type]);
  const show = useCallback(
    (next: IntegrationsView, place: Place = {}) => void set({ ...NOTHING, ...place, view: next }),
    [set],
  );
  const narrow = useCallback((next: Partial<LogFilter>) => void set({ ...next, delivery: null }), [set]);
  const open = useCallback(
    (next: string | null) => void set({ delivery: next }, { history: "replace" }),
    [set],
  );
  return { view, filter, deliveryId: delivery, show, narrow, open };
}
