"use client";

import { clockSeconds, fullTime, latencyText } from "@/components/format/time";
import { cn } from "@/components/ui/cn";
import type { WebhookAttemptRow } from "@/convex/validators/webhooks";
import { Countdown } from "./countdown";
import { answerText } from "./delivery-text";

type AttemptListProps = {
  attempts: readonly WebhookAttemptRow[];
  /** When the next one follows by itself. */
  nextRetryAt: number | undefined;
  /** Whose reply is shown beside the list. */
  shownId: string | null;
  onShow: (attemptId: string) => void;
};

const line = "grid h-6 w-full grid-cols-[22px_84px_minmax(0,1fr)_auto] items-center gap-x-1 text-12";

/** Every attempt with its time, answer and latency, and the one that is planned. An attempt shows its reply. */
export function AttemptList({ attempts, nextRetryAt, shownId, onShow }: AttemptListProps) {
  if (attempts.length === 0 && nextRetryAt === undefined) return null;
  const planned = (attempts[attempts.length - 1]?.number ?? 0) + 1;
  return (
    <ol aria-label="Attempts" className="mt-3.5 max-w-[420px]">
      {attempts.map((attempt, index) => (
        <li key={attempt._id} className={index > 0 ? "border-t border-line-faint" : undefined}>
          <AttemptLine attempt={attempt} shown={attempt._id === shownId} onShow={onShow} />
        </li>
      ))}
      {nextRetryAt === undefined ? null : (
        <li
          className={cn(
            line,
            "text-ink-2",
            attempts.length > 0 && "border-t border-dashed border-line-control",
          )}
        >
          <span className="text-ink-3">{planned}</span>
          <span>{clockSeconds(nextRetryAt)}</span>
          <span>Planned</span>
          <Countdown to={nextRetryAt} />
        </li>
      )}
    </ol>
  );
}

type AttemptLineProps = {
  attempt: WebhookAttemptRow;
  shown: boolean;
  onShow: (attemptId: string) => void;
};

function AttemptLine({ attempt, shown, onShow }: AttemptLineProps) {
  const { _id, number, manual, startedAt, outcome, httpStatus, latencyMs } = attempt;
  const under = outcome === "sending";
  const good = outcome === "delivered";
  return (
    <button
      type="button"
      aria-pressed={shown}
      title={`${fullTime(startedAt)}. Show what it answered.`}
      onClick={() => onShow(_id)}
      className={cn(
        line,
        "rounded-none hover:bg-hover focus-visible:outline-offset-[-2px] pointer-coarse:h-11",
        shown && "bg-selected",
      )}
    >
      <span className="text-ink-3">{number}</span>
      <span>{clockSeconds(startedAt)}</span>
      <span className="truncate">
        <span className={under ? "text-ink-2" : good ? "text-success-ink" : "text-danger-ink"}>
          {answerText({ httpStatus, error: outcome })}
        </span>
        {manual ? <span className="text-ink-2"> by hand</span> : null}
      </span>
      <span className="text-ink-3">{latencyMs === undefined ? null : latencyText(latencyMs)}</span>
    </button>
  );
}
