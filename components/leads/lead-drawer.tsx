"use client";

import { ArrowLeft, MessageSquare, Pencil, Trash2 } from "lucide-react";
import Link from "next/link";
import { useState, type ReactNode } from "react";
import { fullTime } from "@/components/format/time";
import type { Assignee } from "@/components/hooks/rows";
import { useLead, useMergeLeads, useSameLeads, type LeadRow } from "@/components/hooks/use-leads";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { useSession } from "@/components/session/session-provider";
import { Button } from "@/components/ui/button";
import { Drawer } from "@/components/ui/dialog";
import { SelectField } from "@/components/ui/select-field";
import { LEAD_LOOK, LEAD_STATUSES } from "./lead-status";
import { Remarks } from "./remarks";
import { SameLeads } from "./same-leads";
import type { LeadChange } from "./use-lead-changes";

type LeadDrawerProps = {
  leadId: string | null;
  owners: readonly Assignee[];
  onOpen: (leadId: string | null) => void;
  onChange: (leads: readonly LeadRow[], change: LeadChange) => void;
  onRemove: (leads: readonly LeadRow[]) => void;
  onEdit: (lead: LeadRow) => void;
};

/** One lead beside the list. */
export function LeadDrawer({ leadId, onOpen, ...props }: LeadDrawerProps) {
  const { status, data: lead } = useLead(leadId);
  return (
    <Drawer
      open={leadId !== null}
      onOpenChange={(open) => {
        if (!open) onOpen(null);
      }}
      title={lead?.name ?? "Lead"}
      back={
        <Button variant="quiet" size="icon-sm" aria-label="Back to the leads">
          <ArrowLeft size={16} aria-hidden="true" />
        </Button>
      }
    >
      {lead ? (
        <LeadDetail key={lead._id} lead={lead} onOpen={onOpen} {...props} />
      ) : status === "loading" ? null : (
        <p className="px-[18px] py-4 text-13 text-ink-2">
          {status === "failed"
            ? "The lead did not load. Go back and open it again."
            : "This lead does not exist. Somebody may have removed it."}
        </p>
      )}
    </Drawer>
  );
}

type LeadDetailProps = Omit<LeadDrawerProps, "leadId"> & { lead: LeadRow };

function LeadDetail({ lead, owners, onOpen, onChange, onRemove, onEdit }: LeadDetailProps) {
  const { operator } = useSession();
  const same = useSameLeads({ email: lead.email, phone: lead.phone, exceptId: lead._id });
  const [merging, setMerging] = useState<LeadRow | null>(null);
  const mayRemove = operator.role !== "agent";
  return (
    <>
      <div className="grid gap-3 border-b border-line-faint px-[18px] py-[13px]">
        <SelectField
          label="Status"
          value={lead.status}
          onChange={(event) => {
            const status = LEAD_STATUSES.find((each) => each === event.target.value);
            if (status !== undefined) onChange([lead], { status });
          }}
        >
          {LEAD_STATUSES.map((each) => (
            <option key={each} value={each}>
              {LEAD_LOOK[each].word}
            </option>
          ))}
        </SelectField>
        <SelectField
          label="Owner"
          value={lead.assignedTo?._id ?? ""}
          onChange={(event) => onChange([lead], { operatorId: event.target.value || null })}
        >
          <option value="">Nobody</option>
          {owners
            .filter(({ brandAccess }) => brandAccess === "all" || brandAccess.includes(lead.brandId))
            .map(({ _id, name }) => (
              <option key={_id} value={_id}>
                {name}
              </option>
            ))}
        </SelectField>
        <SameLeads
          leads={same.data ?? []}
          brandId={lead.brandId}
          onOpen={onOpen}
          onMerge={mayRemove ? setMerging : undefined}
        />
      </div>
      <dl className="grid grid-cols-[82px_minmax(0,1fr)] gap-x-2 gap-y-1.5 border-b border-line-faint px-[18px] py-[13px] text-13">
        <Fact term="Email">
          {lead.email ? (
            <a className="link" href={`mailto:${lead.email}`}>
              {lead.email}
            </a>
          ) : null}
        </Fact>
        <Fact term="Phone">
          {lead.phone ? (
            <a className="link" href={`tel:${lead.phone}`}>
              {lead.phone}
            </a>
          ) : null}
        </Fact>
        <Fact term="Brand">{lead.brand?.name}</Fact>
        <Fact term="Notes">
          {lead.notes ? <span className="whitespace-pre-wrap">{lead.notes}</span> : null}
        </Fact>
        <Fact term="Created">{fullTime(lead.createdAt)}</Fact>
      </dl>
      <div className="flex flex-wrap gap-2 border-b border-line-faint px-[18px] py-[13px]">
        <Button size="sm" onClick={() => onEdit(lead)}>
          <Pencil size={14} aria-hidden="true" />
          Edit
        </Button>
        {lead.conversationId === undefined ? null : (
          <Button asChild size="sm">
            <Link href={`/app?conversation=${lead.conversationId}`}>
              <MessageSquare size={14} aria-hidden="true" />
              Conversation
            </Link>
          </Button>
        )}
        {mayRemove ? (
          <Button
            size="sm"
            onClick={() => {
              onOpen(null);
              onRemove([lead]);
            }}
          >
            <Trash2 size={14} aria-hidden="true" />
            Remove
          </Button>
        ) : null}
      </div>
      <Remarks leadId={lead._id} />
      {merging ? <MergeDialog lead={lead} other={merging} onClose={() => setMerging(null)} /> : null}
    </>
  );
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-2">{term}</dt>
      <dd className="min-w-0 wrap-anywhere">{children ?? <span className="text-ink-3">not set</span>}</dd>
    </>
  );
}

function MergeDialog({ lead, other, onClose }: { lead: LeadRow; other: LeadRow; onClose: () => void }) {
  const merge = useMergeLeads();
  return (
    <ConfirmDialog
      title={`Merge “${other.name}” into “${lead.name}”?`}
      safe="Keep both"
      action="Merge leads"
      busyWord="Merging"
      onConfirm={() => merge({ leadId: lead._id, otherId: other._id })}
      onClose={onClose}
    >
      <p className="text-13">
        {lead.name} keeps what it has and gets what it lacks; notes and remarks of both stay. {other.name}{" "}
        leaves the list.
      </p>
    </ConfirmDialog>
  );
}
