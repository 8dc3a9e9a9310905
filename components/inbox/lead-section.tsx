"use client";

import { Plus } from "lucide-react";
import Link from "next/link";
import { useSubmission } from "@/components/hooks/use-submission";
import { useLeadOf, useSaveAsLead } from "@/components/hooks/use-visitor-panel";
import { Button } from "@/components/ui/button";
import { FieldError } from "@/components/ui/field";

const STATUS_WORD = {
  new: "New",
  contacted: "Contacted",
  qualified: "Qualified",
  won: "Won",
  lost: "Lost",
} as const;

/** The conversation's lead and how far it is; without one, a button that makes it of what the visitor said. */
export function LeadSection({ conversationId }: { conversationId: string }) {
  const lead = useLeadOf(conversationId);
  const save = useSaveAsLead();
  const { busy, refusal, submit } = useSubmission();
  if (lead.status !== "ready") return null;
  return (
    <section className="border-b border-line-faint px-[18px] py-[13px] text-13">
      {lead.data === null ? (
        <div className="grid justify-items-start gap-1.5">
          <Button
            size="sm"
            busy={busy}
            onClick={() =>
              void submit(async () => {
                await save({ conversationId });
              })
            }
          >
            <Plus size={14} aria-hidden="true" />
            {busy ? "Saving" : "Save as lead"}
          </Button>
          {refusal ? <FieldError>{refusal.message}</FieldError> : null}
        </div>
      ) : (
        <p className="flex items-baseline gap-2">
          <Link className="link min-w-0 truncate" href={`/app/leads?lead=${lead.data._id}`}>
            Lead: {lead.data.name}
          </Link>
          <span className="ml-auto text-ink-2">{STATUS_WORD[lead.data.status]}</span>
        </p>
      )}
    </section>
  );
}
