"use client";

import { useCallback, useMemo } from "react";
import { reasonOf } from "@/components/hooks/refusals";
import { useRemoveLeads, useRestoreLeads, useUpdateLeads, type LeadRow } from "@/components/hooks/use-leads";
import { toastFailure, toastWithUndo } from "@/components/ui/toaster";
import type { LeadStatus } from "@/convex/validators/leads";
import { LEADS_BULK_MAX } from "@/lib/limits";
import { LEAD_LOOK, leadCount } from "./lead-status";

/** What a change sets; an owner of null is nobody. */
export type LeadChange = { status?: LeadStatus; operatorId?: string | null };

/** Changes and removes leads at once, and offers to take it back. */
export function useLeadChanges(nameOf: (operatorId: string) => string) {
  const updateMany = useUpdateLeads();
  const removeMany = useRemoveLeads();
  const restore = useRestoreLeads();

  const change = useCallback(
    (leads: readonly LeadRow[], { status, operatorId }: LeadChange) => {
      const changes = leads.map(({ _id }) => ({
        leadId: _id,
        ...(status === undefined ? {} : { status }),
        ...(operatorId === undefined ? {} : { operatorId }),
      }));
      const before = leads.map((lead) => ({
        leadId: lead._id,
        ...(status === undefined ? {} : { status: lead.status }),
        ...(operatorId === undefined ? {} : { operatorId: lead.assignedTo?._id ?? null }),
      }));
      const done =
        status !== undefined
          ? `${leadCount(leads.length)} set to ${LEAD_LOOK[status].word.toLowerCase()}.`
          : operatorId
            ? `${leadCount(leads.length)} given to ${nameOf(operatorId)}.`
            : `${leadCount(leads.length)} given to nobody.`;
      void inChunks(changes, (chunk) => updateMany({ changes: chunk })).then(
        () =>
          toastWithUndo(
            done,
            () => void inChunks(before, (chunk) => updateMany({ changes: chunk })).catch(fail),
          ),
        fail,
      );
    },
    [updateMany, nameOf],
  );

  const remove = useCallback(
    (leads: readonly LeadRow[]) => {
      const ids = leads.map(({ _id }) => _id);
      void inChunks(ids, (leadIds) => removeMany({ leadIds })).then(
        () =>
          toastWithUndo(
            `${leadCount(ids.length)} removed.`,
            () => void inChunks(ids, (leadIds) => restore({ leadIds })).catch(fail),
          ),
        fail,
      );
    },
    [removeMany, restore],
  );
  return useMemo(() => ({ change, remove }), [change, remove]);
}

const fail = (error: unknown): void => toastFailure(reasonOf(error));

/** As many at a time as one call takes. */
async function inChunks<T>(all: readonly T[], run: (chunk: T[]) => Promise<unknown>): Promise<void> {
  for (let start = 0; start < all.length; start += LEADS_BULK_MAX) {
    await run(all.slice(start, start + LEADS_BULK_MAX));
  }
}
