"use client";

import type { LeadRow } from "@/components/hooks/use-leads";
import { Button } from "@/components/ui/button";
import { NoteBox } from "@/components/ui/note-box";

type SameLeadsProps = {
  leads: readonly LeadRow[];
  onOpen: (leadId: string) => void;
  /** Absent where nothing can be merged: the lead is not saved yet, or the operator may not. */
  onMerge?: (lead: LeadRow) => void;
  /** Leads of other brands are shown, and stay. */
  brandId: string | null;
};

/** Other leads with the same email or phone, and what can be done about it. */
export function SameLeads({ leads, onOpen, onMerge, brandId }: SameLeadsProps) {
  if (leads.length === 0) return null;
  return (
    <NoteBox kind="warning">
      There {leads.length === 1 ? "is a lead" : "are leads"} with this email or phone already.
      <ul className="mt-1.5 grid gap-1.5">
        {leads.map((lead) => (
          <li key={lead._id} className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <span className="min-w-0 wrap-anywhere">
              {lead.name}
              {lead.brand === null ? null : <span className="text-ink-2">, {lead.brand.name}</span>}
            </span>
            <Button size="sm" onClick={() => onOpen(lead._id)}>
              Open it
            </Button>
            {onMerge && lead.brandId === brandId ? (
              <Button size="sm" onClick={() => onMerge(lead)}>
                Merge into this
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
    </NoteBox>
  );
}
