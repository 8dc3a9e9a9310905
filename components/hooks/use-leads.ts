"use client";

import type { FunctionReturnType } from "convex/server";
import { useConvex } from "convex/react";
import { useCallback, useMemo } from "react";
import { useSession } from "@/components/session/session-provider";
import { api } from "@/convex/_generated/api";
import type { LeadStatus } from "@/convex/validators/leads";
import { LEADS_BULK_MAX, PAGE_SIZE_MAX, SEARCH_QUERY_MIN } from "@/lib/limits";
import { useLivePages, type LivePages } from "./use-live-pages";
import { useLiveQuery, type Live } from "./use-live-query";
import { useOperatorMutation } from "./use-operator-call";
import { NOBODY } from "./use-leads-url";

const PAGE_SIZE = 50;

export type LeadRow = FunctionReturnType<typeof api.leads.listPage>["page"][number];
export type Remark = FunctionReturnType<typeof api.leads.listRemarks>[number];

/** What the list is narrowed to; null: not at all. An owner is an operator's id, or nobody. */
export type LeadFilter = { status: LeadStatus | null; owner: string | null; brand: string | null };

function argsOf({ status, owner, brand }: LeadFilter) {
  return {
    ...(status === null ? {} : { status }),
    ...(owner === null ? {} : { assignee: owner === NOBODY ? null : owner }),
    ...(brand === null ? {} : { brandId: brand }),
  };
}

/** Leads, newest change first, page by page. */
export function useLeadPages(filter: LeadFilter): LivePages<LeadRow> {
  return useLivePages(api.leads.listPage, argsOf(filter), PAGE_SIZE, { trims: true });
}

/** Whether a text is long enough to be searched for. */
export const isSearch = (text: string): boolean => text.trim().length >= SEARCH_QUERY_MIN;

/** The best leads for a text within the filter. */
export function useLeadSearch(
  filter: LeadFilter,
  query: string,
): Live<FunctionReturnType<typeof api.leadDesk.search>> {
  return useLiveQuery(api.leadDesk.search, isSearch(query) ? { ...argsOf(filter), query } : "skip");
}

/** One lead; null data: there is none such. */
export function useLead(leadId: string | null): Live<LeadRow | null> {
  return useLiveQuery(api.leads.getById, leadId === null ? "skip" : { leadId });
}

export function useRemarks(leadId: string): Live<Remark[]> {
  return useLiveQuery(api.leads.listRemarks, { leadId });
}

/** Other leads with this email or phone. */
export function useSameLeads(
  contact: { email?: string; phone?: string; exceptId?: string } | null,
): Live<LeadRow[]> {
  return useLiveQuery(api.leadDesk.findSame, contact ?? "skip");
}

/** Which of the first leads of the list are there more than once. */
export function useDuplicated(rows: readonly LeadRow[]): ReadonlySet<string> {
  const leadIds = rows.slice(0, LEADS_BULK_MAX).map(({ _id }) => _id);
  const { data } = useLiveQuery(api.leadDesk.listDuplicated, leadIds.length === 0 ? "skip" : { leadIds });
  return useMemo(() => new Set(data ?? []), [data]);
}

export const useCreateLead = () => useOperatorMutation(api.leads.create);
export const useUpdateLead = () => useOperatorMutation(api.leads.update);
export const useUpdateLeads = () => useOperatorMutation(api.leadDesk.updateMany);
export const useRemoveLeads = () => useOperatorMutation(api.leadDesk.removeMany);
export const useRestoreLeads = () => useOperatorMutation(api.leadDesk.restore);
export const useMergeLeads = () => useOperatorMutation(api.leadDesk.merge);
export const useImportBatch = () => useOperatorMutation(api.leadDesk.importBatch);
export const useAddRemark = () => useOperatorMutation(api.leads.addRemark);
export const useDeleteRemark = () => useOperatorMutation(api.leads.deleteRemark);

/**
 * Reads every lead of a filter, oldest change first: one that changes meanwhile moves to the end, where it is read again,
 * so that none is missed. The last reading of each counts.
 */
export function useReadAllLeads(): (filter: LeadFilter) => Promise<LeadRow[]> {
  const convex = useConvex();
  const { sessionToken, renew } = useSession();
  return useCallback(
    async (filter) => {
      const token = (await renew()) ?? sessionToken;
      const found = new Map<string, LeadRow>();
      for (let cursor: string | null = null, isDone = false; !isDone;) {
        const result: Page = await convex.query(api.leads.listPage, {
          ...argsOf(filter),
          sessionToken: token,
          order: "asc",
          paginationOpts: { numItems: PAGE_SIZE_MAX, cursor },
        });
        for (const lead of result.page) found.set(lead._id, lead);
        ({ isDone, continueCursor: cursor } = result);
      }
      return [...found.values()];
    },
    [convex, sessionToken, renew],
  );
}
type Page = FunctionReturnType<typeof api.leads.listPage>;
