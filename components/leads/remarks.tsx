"use client";

import { useState } from "react";
import { fullTime, timeOrDate } from "@/components/format/time";
import { useAddRemark, useDeleteRemark, useRemarks, type Remark } from "@/components/hooks/use-leads";
import { useNow } from "@/components/hooks/use-now";
import { useSubmission } from "@/components/hooks/use-submission";
import { reasonOf } from "@/components/hooks/refusals";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/cn";
import { box, boxFocus, FieldError } from "@/components/ui/field";
import { toastFailure } from "@/components/ui/toaster";
import { LEAD_REMARK_MAX } from "@/lib/limits";

/** What the team says of a lead, newest first, and a place to add to it. */
export function Remarks({ leadId }: { leadId: string }) {
  const remarks = useRemarks(leadId);
  const addRemark = useAddRemark();
  const { busy, refusal, submit } = useSubmission();
  const [body, setBody] = useState("");
  return (
    <section aria-labelledby="remarks" className="grid gap-2.5 px-[18px] py-[13px] text-13">
      <h2 id="remarks" className="font-strong">
        Remarks
      </h2>
      <form
        className="grid gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          if (busy || body.trim() === "") return;
          void submit(async () => {
            await addRemark({ leadId, body });
            setBody("");
          });
        }}
      >
        <textarea
          aria-label="Remark"
          rows={2}
          maxLength={LEAD_REMARK_MAX}
          value={body}
          onChange={(event) => setBody(event.target.value)}
          className={cn(box, boxFocus, "h-auto py-1.5")}
        />
        {refusal ? <FieldError>{refusal.message}</FieldError> : null}
        <Button type="submit" size="sm" busy={busy} className="justify-self-start">
          {busy ? "Adding" : "Add remark"}
        </Button>
      </form>
      {remarks.status === "failed" ? (
        <p role="alert" className="text-danger-ink">
          The remarks did not load. Open the lead again.
        </p>
      ) : null}
      <ul className="grid gap-3">
        {(remarks.data ?? []).map((remark) => (
          <RemarkItem key={remark._id} remark={remark} />
        ))}
      </ul>
    </section>
  );
}

function RemarkItem({ remark }: { remark: Remark }) {
  const now = useNow();
  const deleteRemark = useDeleteRemark();
  return (
    <li className="grid gap-0.5 border-l-2 border-dashed border-note-line pl-2.5">
      <span className="text-12 text-ink-2">
        {remark.operatorName}
        {now === 0 ? null : (
          <time title={fullTime(remark.createdAt)}>, {timeOrDate(remark.createdAt, { now })}</time>
        )}
        {remark.updatedAt === undefined ? null : ", changed"}
      </span>
      <p className="wrap-anywhere whitespace-pre-wrap">{remark.body}</p>
      {remark.mayEdit ? (
        <Button
          variant="quiet"
          size="sm"
          className="-ml-2 justify-self-start"
          onClick={() =>
            void deleteRemark({ remarkId: remark._id }).catch((error: unknown) =>
              toastFailure(reasonOf(error)),
            )
          }
        >
          Delete
        </Button>
      ) : null}
    </li>
  );
}
