"use client";

import {
  CircleCheck,
  Info,
  KeyRound,
  RotateCcw,
  Send,
  TriangleAlert,
  X,
  type LucideIcon,
} from "lucide-react";
import { useLayoutEffect, useRef, type ReactNode } from "react";
import { spanText, timeInSentence } from "@/components/format/time";
import { useNow, useSecond } from "@/components/hooks/use-now";
import { useSubmission } from "@/components/hooks/use-submission";
import {
  useConfirmSecret,
  useDelivery,
  useReplayable,
  useReplayFailed,
} from "@/components/hooks/use-webhooks";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/cn";
import { FieldError } from "@/components/ui/field";
import type { WebhookRow } from "@/convex/validators/webhooks";
import { attemptSentence } from "../log/delivery-text";
import { endpointState, missedText, needsAttention, stateNote } from "./endpoint-text";

const TONE = { danger: "text-danger-ink", ok: "text-success-ink", plain: "text-ink-2" } as const;

type NoteLineProps = {
  Icon: LucideIcon;
  tone?: keyof typeof TONE;
  children: ReactNode;
  actions?: ReactNode;
  error?: string | null;
};

/** One line below an endpoint: what is so, and what can be done about it. */
function NoteLine({ Icon, tone = "plain", children, actions, error }: NoteLineProps) {
  const line = useRef<HTMLDivElement>(null);
  // A line goes away with the button that was pressed in it: the focus moves to what else there is for its endpoint.
  useLayoutEffect(() => {
    const shown = line.current;
    return () => {
      if (!shown?.contains(document.activeElement)) return;
      shown.closest("tbody")?.querySelector<HTMLElement>("[aria-haspopup=menu]")?.focus();
    };
  }, []);
  return (
    <div ref={line} className="flex flex-wrap items-center gap-x-3 gap-y-1 pb-2 text-13">
      <span className={cn("flex min-w-0 items-start gap-[7px]", TONE[tone])}>
        <Icon size={14} aria-hidden="true" className="mt-0.5" />
        <span className="min-w-0">{children}</span>
      </span>
      {actions ? <span className="flex flex-wrap gap-2">{actions}</span> : null}
      {error ? <FieldError>{error}</FieldError> : null}
    </div>
  );
}

/** Why an endpoint is not simply enabled. */
export function StateLine({ endpoint, onEnable }: { endpoint: WebhookRow; onEnable?: () => void }) {
  const note = stateNote(endpoint, { now: useNow() });
  if (note === null) return null;
  const bad = endpointState(endpoint) === "failing" || needsAttention(endpoint);
  return (
    <NoteLine
      Icon={bad ? TriangleAlert : Info}
      tone={bad ? "danger" : "plain"}
      actions={
        !endpoint.enabled && onEnable ? (
          <Button size="sm" onClick={onEnable}>
            Enable
          </Button>
        ) : null
      }
    >
      {note}
    </NoteLine>
  );
}

type RotationLineProps = {
  endpoint: WebhookRow;
  rotation: NonNullable<WebhookRow["rotation"]>;
  /** Absent for operators who may only look. */
  onFinish?: () => void;
};

/** Two secrets are live: which one signs first, until when, and what to do next. */
export function RotationLine({ endpoint, rotation, onFinish }: RotationLineProps) {
  const confirm = useConfirmSecret();
  const { busy, refusal, submit } = useSubmission();
  const left = rotation.previousUntil - useSecond();
  const ends = left > 0 ? `The old one ends in ${spanText(left)}.` : "The old one ends now.";
  const oldFirst = rotation.phase === "old_first";
  return (
    <NoteLine
      Icon={KeyRound}
      error={refusal?.message}
      actions={
        onFinish ? (
          <>
            {oldFirst ? (
              <Button
                size="sm"
                busy={busy}
                onClick={() => {
                  void submit(async () => void (await confirm({ subscriptionId: endpoint._id })));
                }}
              >
                {busy ? "Saving" : "I deployed the new secret"}
              </Button>
            ) : null}
            <Button variant={oldFirst ? "quiet" : "outline"} size="sm" onClick={onFinish}>
              End old secret now
            </Button>
          </>
        ) : null
      }
    >
      {oldFirst ? "Two secrets sign, the old one first." : "Two secrets sign, the new one first."} {ends}
    </NoteLine>
  );
}

/** What came of a test that was just sent. */
export function TestLine({
  deliveryId,
  onShow,
  onClose,
}: {
  deliveryId: string;
  onShow: () => void;
  onClose: () => void;
}) {
  const delivery = useDelivery(deliveryId).data;
  const newest = delivery?.attemptRows[delivery.attemptRows.length - 1];
  const ended = newest !== undefined && newest.outcome !== "sending";
  const arrived = newest?.outcome === "delivered";
  return (
    <NoteLine
      Icon={!ended ? Send : arrived ? CircleCheck : TriangleAlert}
      tone={!ended ? "plain" : arrived ? "ok" : "danger"}
      actions={
        <>
          <Button variant="quiet" size="sm" onClick={onShow}>
            Show in the log
          </Button>
          <Button variant="quiet" size="icon-sm" aria-label="Close the test" onClick={onClose}>
            <X size={14} aria-hidden="true" />
          </Button>
        </>
      }
    >
      <span role="status">
        {!ended
          ? "Sending a test event."
          : `${arrived ? "The test arrived." : "The test failed."} ${attemptSentence(newest)}`}
      </span>
    </NoteLine>
  );
}

/** An endpoint was just added: whether it works is best seen at once. */
export function NewLine({ onTest }: { onTest: () => void }) {
  return (
    <NoteLine
      Icon={Info}
      actions={
        <Button size="sm" onClick={onTest}>
          Send test
        </Button>
      }
    >
      Added. A test event shows whether it answers.
    </NoteLine>
  );
}

type ReplayLineProps = { endpoint: WebhookRow; since: number; onClose: () => void };

/** An endpoint was enabled again: offers to send what it missed. Nothing when it missed nothing. */
export function ReplayLine({ endpoint, since, onClose }: ReplayLineProps) {
  const missed = useReplayable(endpoint._id, since).data;
  const replay = useReplayFailed();
  const { busy, refusal, submit } = useSubmission();
  const now = useNow();
  if (missed === undefined || missed.count === 0) return null;
  return (
    <NoteLine
      Icon={RotateCcw}
      error={refusal?.message}
      actions={
        <>
          <Button
            size="sm"
            busy={busy}
            onClick={() => {
              void submit(async () => {
                await replay({ subscriptionId: endpoint._id, since });
                onClose();
              });
            }}
          >
            {busy ? "Starting" : "Replay"}
          </Button>
          <Button variant="quiet" size="sm" onClick={onClose}>
            Leave them
          </Button>
        </>
      }
    >
      <span role="status">
        {missedText(missed)} since {timeInSentence(since, { now })}.
      </span>
    </NoteLine>
  );
}
