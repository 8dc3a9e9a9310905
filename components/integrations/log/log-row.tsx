"use client";

import { ChevronDown, ChevronRight } from "lucide-react";
import { Fragment, memo, type MouseEvent, type ReactNode } from "react";
import { clockSeconds, dayKey, fullTime, timeOrDate } from "@/components/format/time";
import { cn } from "@/components/ui/cn";
import { Cell } from "@/components/ui/table";
import type { WebhookDeliveryRow } from "@/convex/validators/webhooks";
import { splitUrl } from "../endpoints/url-text";
import { Countdown } from "./countdown";
import { answerText } from "./delivery-text";
import { StatusBadge } from "./status-badge";

type LogRowProps = {
  row: WebhookDeliveryRow;
  now: number;
  /** Attempts that the schedule gives a delivery. */
  attemptsMax: number;
  open: boolean;
  onToggle: (deliveryId: string) => void;
  /** What an open row shows below itself. */
  children?: ReactNode;
};

/** Columns, for the cell that spans them. */
export const LOG_COLUMNS = 8;

/** One delivery: when, which event, where to, what became of it. Opens in place. */
export const LogRow = memo(function LogRow(props: LogRowProps) {
  const { row, now, attemptsMax, open, onToggle, children } = props;
  const bad = row.status === "failed" || row.status === "retrying";
  const tone = open
    ? bad
      ? "bg-danger-soft border-b-danger-soft"
      : "bg-selected border-b-selected"
    : undefined;
  const bar = open && (bad ? "shadow-[inset_3px_0_0_var(--danger)]" : "shadow-[inset_3px_0_0_var(--accent)]");
  const Icon = open ? ChevronDown : ChevronRight;

  // The whole row opens it, but for a click that ends the selecting of text. Keyboards use the button.
  function onClick(event: MouseEvent) {
    if (event.target instanceof Element && event.target.closest("button, a")) return;
    if (window.getSelection()?.type === "Range") return;
    onToggle(row._id);
  }

  return (
    <>
      <tr onClick={onClick} className={cn("cursor-pointer", !open && "hover:[&>td]:bg-sunk")}>
        <Cell className={cn("h-[34px] pr-3 whitespace-nowrap max-md:pr-1", tone, bar)}>
          <button
            type="button"
            data-delivery={row._id}
            aria-expanded={open}
            aria-label={`Details of ${row.eventType}, ${logTime(row.createdAt, now)}`}
            onClick={() => onToggle(row._id)}
            className="flex h-6 items-center gap-1.5 rounded-md pr-1.5 pl-1.5 outline-offset-0 pointer-coarse:h-11"
          >
            <Icon size={14} aria-hidden="true" className="text-ink-2" />
            <time dateTime={new Date(row.createdAt).toISOString()} title={fullTime(row.createdAt)}>
              {now === 0 ? null : logTime(row.createdAt, now)}
            </time>
          </button>
        </Cell>
        <Cell className={cn("font-mono text-12 md:whitespace-nowrap", tone)}>
          <EventName type={row.eventType} />
        </Cell>
        <Cell className={cn("max-w-72 font-mono text-12 text-ink-2 max-xl:hidden", tone)}>
          <span className="block truncate" title={row.eventId ?? undefined}>
            {row.eventId ?? "a test"}
          </span>
        </Cell>
        <Cell optional className={cn("w-full max-w-0 text-ink-2", tone)}>
          <span className="flex gap-1.5">
            <span className="truncate" title={row.url}>
              {splitUrl(row.url).rest}
            </span>
            {row.endpointDeleted ? <span className="flex-none text-ink-3">deleted</span> : null}
          </span>
        </Cell>
        <Cell className={cn("w-28 min-w-28 max-md:w-22 max-md:min-w-22", tone)}>
          <StatusBadge status={row.status} state={row.state} />
        </Cell>
        <Cell className={cn("w-36 min-w-36 whitespace-nowrap max-md:hidden", tone)}>
          <span
            className={row.error === undefined && row.httpStatus === undefined ? "text-ink-3" : undefined}
          >
            {answerText(row)}
          </span>
        </Cell>
        <Cell className={cn("w-32 min-w-32 whitespace-nowrap text-ink-2 max-md:hidden", tone)}>
          {row.nextRetryAt === undefined ? (
            <span className="text-ink-3">none</span>
          ) : (
            <Countdown to={row.nextRetryAt} />
          )}
        </Cell>
        <Cell optional className={cn("w-20 min-w-20 text-right whitespace-nowrap", tone)}>
          {row.eventType === "ping" ? "by hand" : `${row.attempts} of ${attemptsMax}`}
        </Cell>
      </tr>
      {open ? (
        <tr>
          <Cell
            colSpan={LOG_COLUMNS}
            className={cn(
              "h-auto border-b-line p-0!",
              bad ? "shadow-[inset_3px_0_0_var(--danger)]" : "shadow-[inset_3px_0_0_var(--accent)]",
            )}
          >
            {children}
          </Cell>
        </tr>
      ) : null}
    </>
  );
});

/** May break after its dot and its underscore, where a phone has no room for it. */
function EventName({ type }: { type: string }) {
  const parts = type.split(/(?<=[._])/);
  return parts.map((part, index) => (
    <Fragment key={part}>
      {index > 0 ? <wbr className="md:hidden" /> : null}
      {part}
    </Fragment>
  ));
}

/** To the second today, by date and minute before that. */
function logTime(at: number, now: number): string {
  if (dayKey(at) === dayKey(now)) return clockSeconds(at);
  return `${timeOrDate(at, { now })}, ${clockSeconds(at)}`;
}
