"use client";

import { createSerializer, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useCallback, useMemo } from "react";
import type { LeadStatus } from "@/convex/validators/leads";
import type { LeadFilter } from "./use-leads";

const STATUSES = ["new", "contacted", "qualified", "won", "lost"] as const satisfies readonly LeadStatus[];

/** In the address, nobody is a word: an operator's id is longer. */
export const NOBODY = "nobody";

const params = {
  status: parseAsStringLiteral(STATUSES),
  owner: parseAsString,
  brand: parseAsString,
  q: parseAsString.withDefault(""),
  lead: parseAsString,
};

const serialize = createSerializer(params);

/** The address of a lead. */
export function leadHref(leadId: string): string {
  return serialize("/app/leads", { lead: leadId });
}

/** What the address says: how the list is narrowed, what is searched for, and which lead is open. */
export function useLeadsUrl() {
  const [{ status, owner, brand, q, lead }, set] = useQueryStates(params, { history: "push" });
  const filter = useMemo<LeadFilter>(() => ({ status, owner, brand }), [status, owner, brand]);
  const narrow = useCallback((next: Partial<LeadFilter>) => void set({ ...next, lead: null }), [set]);
  const find = useCallback(
    (text: string) => void set({ q: text === "" ? null : text, lead: null }, { history: "replace" }),
    [set],
  );
  const open = useCallback((next: string | null) => void set({ lead: next }), [set]);
  const reset = useCallback(
    () => void set({ status: null, owner: null, brand: null, q: null, lead: null }),
    [set],
  );
  return { filter, query: q, leadId: lead, narrow, find, open, reset };
}
