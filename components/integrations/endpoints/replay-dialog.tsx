"use client";

import { numberText } from "@/components/format/formats";
import { useState } from "react";
import { useSubmission } from "@/components/hooks/use-submission";
import { useReplayable, useReplayFailed } from "@/components/hooks/use-webhooks";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { NoteBox } from "@/components/ui/note-box";
import { SelectField } from "@/components/ui/select-field";
import type { WebhookRow } from "@/convex/validators/webhooks";
import { missedText } from "./endpoint-text";

const HOUR = 3_600_000;

const SPANS = [
  { span: HOUR, label: "The last hour" },
  { span: 24 * HOUR, label: "The last 24 hours" },
  { span: 7 * 24 * HOUR, label: "The last 7 days" },
  { span: 30 * 24 * HOUR, label: "The last 30 days" },
];

type ReplayDialogProps = {
  /** Those that can be sent to. */
  endpoints: readonly WebhookRow[];
  initial: WebhookRow;
  onClose: () => void;
};

/** Sends again what failed or was skipped: says how many these are before it does. */
export function ReplayDialog({ endpoints, initial, onClose }: ReplayDialogProps) {
  const replay = useReplayFailed();
  const { busy, refusal, submit } = useSubmission();
  const [endpointId, setEndpointId] = useState(initial._id);
  // The time of the choice, so that the count does not ask anew with each moment.
  const [opened] = useState(() => Date.now());
  const [span, setSpan] = useState(24 * HOUR);
  const since = opened - span;
  const found = useReplayable(endpointId, since).data;
  const none = found?.count === 0;
  return (
    <Dialog onClose={onClose} title="Replay failed deliveries">
      <form
        className="grid gap-3.5"
        onSubmit={(event) => {
          event.preventDefault();
          if (busy || !found || none) return;
          void submit(async () => {
            await replay({ subscriptionId: endpointId, since });
            onClose();
          });
        }}
      >
        {refusal ? <NoteBox kind="danger">{refusal.message}</NoteBox> : null}
        <SelectField
          label="Endpoint"
          value={endpointId}
          onChange={(event) => {
            const chosen = endpoints.find(({ _id }) => _id === event.target.value);
            if (chosen) setEndpointId(chosen._id);
          }}
        >
          {endpoints.map(({ _id, url }) => (
            <option key={_id} value={_id}>
              {url}
            </option>
          ))}
        </SelectField>
        <SelectField label="Since" value={span} onChange={(event) => setSpan(Number(event.target.value))}>
          {SPANS.map((each) => (
            <option key={each.span} value={each.span}>
              {each.label}
            </option>
          ))}
        </SelectField>
        <p role="status" className="min-h-10 text-ink-2">
          {found === undefined
            ? "Counting."
            : none
              ? "Nothing failed or was skipped in this time."
              : `${missedText(found)} in this time. Each is sent once more.`}
        </p>
        <div className="flex justify-end gap-2 pt-1">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="main" busy={busy} disabled={!found || none}>
            {busy ? "Starting" : replayWord(found)}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function replayWord(found: { count: number; isMore: boolean } | undefined): string {
  if (!found || found.count === 0) return "Replay";
  return found.isMore ? "Replay all" : `Replay ${numberText(found.count)}`;
}
