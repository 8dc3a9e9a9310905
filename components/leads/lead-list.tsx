"use client";

import type { ComponentProps } from "react";
import { SectionFailed, SectionLoading } from "@/components/ui/section-states";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { LeadTable } from "./lead-table";

type LeadListProps = ComponentProps<typeof LeadTable> & {
  status: "loading" | "ready" | "failed";
  narrowed: boolean;
  onReset: () => void;
  onNew: () => void;
};

/** The table, or what is true in its place. */
export function LeadList({ status, narrowed, onReset, onNew, ...table }: LeadListProps) {
  if (status === "failed") {
    return (
      <SectionFailed title="The leads did not load">
        The server could not list them. Nothing of them is lost.
      </SectionFailed>
    );
  }
  if (status === "loading") return <SectionLoading label="Loading leads" />;
  if (table.rows.length > 0) return <LeadTable {...table} />;
  return (
    <div className="py-6">
      {narrowed ? (
        <EmptyState title="No lead matches" actions={<Button onClick={onReset}>Show all leads</Button>}>
          There are none with this text, status, owner and brand.
        </EmptyState>
      ) : (
        <EmptyState title="No leads yet" actions={<Button onClick={onNew}>New lead</Button>}>
          A lead is a person worth following up. Save one from a conversation, write one down, or import a
          file.
        </EmptyState>
      )}
    </div>
  );
}
