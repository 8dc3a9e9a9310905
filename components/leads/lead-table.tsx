"use client";

import { ArrowDown, Copy, MessageSquare } from "lucide-react";
import { fullTime, timeOrDate } from "@/components/format/time";
import type { LeadRow } from "@/components/hooks/use-leads";
import { useNow } from "@/components/hooks/use-now";
import { Badge } from "@/components/ui/badge";
import { BrandSquare } from "@/components/ui/brand-square";
import { cn } from "@/components/ui/cn";
import { Cell, ColumnHead, Table } from "@/components/ui/table";
import { LEAD_LOOK } from "./lead-status";

type LeadTableProps = {
  rows: readonly LeadRow[];
  selected: ReadonlySet<string>;
  duplicated: ReadonlySet<string>;
  openId: string | null;
  onSelect: (leadId: string, selected: boolean) => void;
  onSelectAll: (selected: boolean) => void;
  onOpen: (leadId: string) => void;
};

/** Around a box: what a click or a finger has to hit. */
const CHECK =
  "-m-1 grid size-6 cursor-pointer place-content-center pointer-coarse:-m-2.5 pointer-coarse:size-9";

/** The leads of the page: a line each, opened by its name. */
export function LeadTable(props: LeadTableProps) {
  const { rows, selected, duplicated, openId, onSelect, onSelectAll, onOpen } = props;
  const chosen = rows.filter(({ _id }) => selected.has(_id)).length;
  const all = rows.length > 0 && chosen === rows.length;
  return (
    <Table aria-label="Leads">
      <thead className="sticky top-0 z-[2] bg-surface">
        <tr>
          <ColumnHead className="w-8 pl-2!">
            <label className={CHECK}>
              <input
                type="checkbox"
                aria-label={all ? "Clear the selection" : "Select all that are shown"}
                checked={all}
                ref={(element) => {
                  if (element) element.indeterminate = chosen > 0 && !all;
                }}
                onChange={(event) => onSelectAll(event.target.checked)}
                className="size-4 accent-accent"
              />
            </label>
          </ColumnHead>
          <ColumnHead>Lead</ColumnHead>
          <ColumnHead optional>Phone</ColumnHead>
          <ColumnHead>Status</ColumnHead>
          <ColumnHead optional>Brand</ColumnHead>
          <ColumnHead className="max-md:hidden">Owner</ColumnHead>
          <ColumnHead optional>Latest remark</ColumnHead>
          <ColumnHead aria-sort="descending" className="text-right font-strong text-ink max-md:hidden">
            Last change
            <ArrowDown size={12} aria-hidden="true" className="mb-0.5 ml-1 inline-block" />
          </ColumnHead>
        </tr>
      </thead>
      <tbody>
        {rows.map((lead) => (
          <LeadLine
            key={lead._id}
            lead={lead}
            selected={selected.has(lead._id)}
            duplicated={duplicated.has(lead._id)}
            open={lead._id === openId}
            onSelect={onSelect}
            onOpen={onOpen}
          />
        ))}
      </tbody>
    </Table>
  );
}

type LeadLineProps = Pick<LeadTableProps, "onSelect" | "onOpen"> & {
  lead: LeadRow;
  selected: boolean;
  duplicated: boolean;
  open: boolean;
};

function LeadLine({ lead, selected, duplicated, open, onSelect, onOpen }: LeadLineProps) {
  const now = useNow();
  const { word, kind, Icon } = LEAD_LOOK[lead.status];
  return (
    <tr className={cn(selected || open ? "[&>td]:bg-selected" : "hover:[&>td]:bg-sunk")}>
      <Cell className={cn("pl-2!", open && "shadow-[inset_3px_0_0_var(--accent)]")}>
        <label className={CHECK}>
          <input
            type="checkbox"
            aria-label={`Select ${lead.name}`}
            checked={selected}
            onChange={(event) => onSelect(lead._id, event.target.checked)}
            className="size-4 accent-accent"
          />
        </label>
      </Cell>
      <Cell className="max-w-72 max-md:w-full max-md:max-w-0">
        <button
          type="button"
          dir="auto"
          data-lead={lead._id}
          onClick={() => onOpen(lead._id)}
          className="-my-[3px] block min-h-6 max-w-full min-w-6 truncate text-left font-medium underline-offset-2 hover:underline"
          title={lead.name}
        >
          {lead.name}
        </button>
        <span className="flex items-center gap-1.5 text-12 text-ink-2">
          <span className="truncate">{lead.email ?? "no email"}</span>
          {duplicated ? (
            <span className="inline-flex flex-none items-center gap-1 text-warning-ink">
              <Copy size={12} aria-hidden="true" />
              <span className="max-md:sr-only">same person twice</span>
            </span>
          ) : null}
        </span>
      </Cell>
      <Cell optional className="whitespace-nowrap text-ink-2">
        {lead.phone ?? <span className="text-ink-3">not set</span>}
      </Cell>
      <Cell>
        <Badge kind={kind} Icon={Icon}>
          {word}
        </Badge>
      </Cell>
      <Cell optional className="max-w-40 whitespace-nowrap">
        {lead.brand === null ? null : (
          <span className="flex items-center gap-1.5">
            <BrandSquare color={lead.brand.primaryColor} />
            <span className="truncate">{lead.brand.name}</span>
          </span>
        )}
      </Cell>
      <Cell className="max-w-40 truncate max-md:hidden">
        {lead.assignedTo?.name ?? <span className="text-ink-3">nobody</span>}
      </Cell>
      <Cell optional className="max-w-64 text-ink-2">
        {lead.latestRemark === null ? (
          <span className="text-ink-3">none</span>
        ) : (
          <span className="flex items-center gap-1.5" title={lead.latestRemark.preview}>
            <MessageSquare size={14} aria-hidden="true" className="flex-none" />
            <span className="sr-only">{lead.remarksCount} remarks, the latest:</span>
            <span className="truncate">{lead.latestRemark.preview}</span>
          </span>
        )}
      </Cell>
      <Cell className="text-right whitespace-nowrap text-ink-2 max-md:hidden">
        {now === 0 ? null : (
          <time dateTime={new Date(lead.updatedAt).toISOString()} title={fullTime(lead.updatedAt)}>
            {timeOrDate(lead.updatedAt, { now })}
          </time>
        )}
      </Cell>
    </tr>
  );
}
