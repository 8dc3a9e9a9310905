"use client";

import { useState } from "react";
import { useExpired, useRetention, useSetRetention } from "@/components/hooks/use-settings";
import { useSubmission } from "@/components/hooks/use-submission";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { SectionFailed, SectionLoading } from "@/components/ui/section-states";
import { Button } from "@/components/ui/button";
import { ChoiceGroup } from "@/components/ui/choice-group";
import { TextField } from "@/components/ui/field";
import { NoteBox } from "@/components/ui/note-box";
import { SectionHead } from "@/components/ui/section-head";
import type { Retention } from "@/convex/validators/retention";
import { RETENTION_DAYS_MAX, RETENTION_DAYS_MIN, WEBHOOK_DAYS } from "@/lib/limits";
import { affectedText, daysIn, daysText, deletesMore } from "./retention-text";

/** How long the workspace keeps conversations and the webhook event log. */
export function RetentionSection() {
  const retention = useRetention();
  return (
    <section aria-labelledby="retention">
      <SectionHead
        id="retention"
        title="Retention"
        hint="What is older is deleted each night, for good. The audit log is kept."
      />
      {retention.status === "failed" ? (
        <SectionFailed title="These settings did not load">
          What is set keeps counting all the same.
        </SectionFailed>
      ) : retention.status === "loading" ? (
        <SectionLoading label="Loading how long things are kept" />
      ) : (
        <RetentionForm key={JSON.stringify(retention.data)} saved={retention.data} />
      )}
    </section>
  );
}

const FATES = [
  { value: "kept", label: "Keep conversations", hint: "Until somebody erases the person." },
  {
    value: "deleted",
    label: "Delete conversations that are over",
    hint: "Resolved and closed ones that nobody changed for so long, with messages, notes and files, and the visitors of whom nothing else is left. Leads stay. Open and snoozed ones are never touched.",
  },
] as const;

const SUGGESTED_DAYS = 365;

function RetentionForm({ saved }: { saved: Retention }) {
  const [fate, setFate] = useState<"kept" | "deleted">(saved.conversationDays === null ? "kept" : "deleted");
  const [days, setDays] = useState(String(saved.conversationDays ?? SUGGESTED_DAYS));
  const [webhookDays, setWebhookDays] = useState(String(saved.webhookDays));
  const [asked, setAsked] = useState<Retention | null>(null);
  const [wrong, setWrong] = useState<{ days?: string; webhookDays?: string }>({});
  const set = useSetRetention();
  const { busy, refusal, submit } = useSubmission();
  const checkedDays = fate === "kept" ? null : daysIn(days, RETENTION_DAYS_MIN, RETENTION_DAYS_MAX);
  const expired = useExpired(checkedDays?.ok ? checkedDays.value : null);

  function save() {
    const log = daysIn(webhookDays, 1, WEBHOOK_DAYS);
    setWrong({
      ...(checkedDays?.ok === false ? { days: checkedDays.reason } : {}),
      ...(log.ok ? {} : { webhookDays: log.reason }),
    });
    if (checkedDays?.ok === false || !log.ok) return;
    const wanted = { conversationDays: checkedDays?.value ?? null, webhookDays: log.value };
    if (deletesMore(saved, wanted)) setAsked(wanted);
    else void submit(async () => void (await set(wanted)));
  }

  const form = (
    <form
      noValidate
      className="grid max-w-[68ch] justify-items-start gap-3.5"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) save();
      }}
    >
      {refusal ? <NoteBox kind="danger">{refusal.message}</NoteBox> : null}
      <ChoiceGroup legend="Conversations" choices={FATES} value={fate} onChange={setFate} />
      {fate === "deleted" ? (
        <div className="w-full max-w-[44ch]">
          <TextField
            label="Days without a change"
            hint={expired.status === "ready" ? affectedText(expired.data) : `At least ${RETENTION_DAYS_MIN}.`}
            error={wrong.days}
            inputMode="numeric"
            autoComplete="off"
            value={days}
            onChange={(event) => {
              setDays(event.target.value);
              setWrong({ ...wrong, days: undefined });
            }}
          />
        </div>
      ) : null}
      <div className="w-full max-w-[44ch]">
        <TextField
          label="Days of the webhook event log"
          hint={`From 1 to ${WEBHOOK_DAYS}. A delivery that is still being tried stays until it ends.`}
          error={wrong.webhookDays}
          inputMode="numeric"
          autoComplete="off"
          value={webhookDays}
          onChange={(event) => {
            setWebhookDays(event.target.value);
            setWrong({ ...wrong, webhookDays: undefined });
          }}
        />
      </div>
      <Button type="submit" busy={busy}>
        {busy ? "Saving" : "Save retention"}
      </Button>
    </form>
  );
  return (
    <>
      {form}
      {asked ? (
        <RetentionDialog
          wanted={asked}
          affected={expired.status === "ready" ? affectedText(expired.data) : null}
          onClose={() => setAsked(null)}
        />
      ) : null}
    </>
  );
}

type RetentionDialogProps = { wanted: Retention; affected: string | null; onClose: () => void };

/** Asks before something begins to be deleted. */
function RetentionDialog({ wanted, affected, onClose }: RetentionDialogProps) {
  const set = useSetRetention();
  const { conversationDays, webhookDays } = wanted;
  return (
    <ConfirmDialog
      title="Delete what is older?"
      safe="Keep"
      action="Delete from tonight on"
      busyWord="Saving"
      onConfirm={() => set(wanted)}
      onClose={onClose}
    >
      <p className="text-13">
        {conversationDays === null
          ? "Conversations stay"
          : `Conversations stay ${daysText(conversationDays)}`}
        , deliveries in the webhook event log {daysText(webhookDays)}.{" "}
        {conversationDays === null ? null : affected} It begins with the coming night and cannot be undone.
      </p>
    </ConfirmDialog>
  );
}
