"use client";

import { memo } from "react";
import { visitorName } from "@/components/format/people";
import { fullTime, timeOrDate, waitingTime } from "@/components/format/time";
import type { ConversationRow as Row } from "@/components/hooks/rows";
import { BrandSquare } from "@/components/ui/brand-square";
import { cn } from "@/components/ui/cn";
import { Initials } from "@/components/ui/initials";
import { isPlainClick } from "@/components/ui/plain-click";
import { CHANNEL_LOOK } from "./channel";
import { waitGauge, type WaitLevel } from "./wait";

type RowProps = {
  row: Row;
  /** For the link, so that the middle button and "open in new tab" work. */
  href: string;
  selected: boolean;
  unread: boolean;
  now: number;
  /** Who looks at it. */
  operator: { _id: string; name: string };
  /** The name of who has it; nobody without one. */
  assignee: string | undefined;
  onOpen: (conversationId: string) => void;
  /** Chosen for what is done to many. */
  checked: boolean;
  /** Some row is: then every row shows that it can be. */
  choosing: boolean;
  onCheck: (conversationId: string, range: boolean) => void;
};

/** One conversation in the list: who, how long they wait, what was said last, which brand and channel. */
export const ConversationRow = memo(function ConversationRow(props: RowProps) {
  const { row, href, selected, unread, now, operator, assignee, onOpen, checked, choosing, onCheck } = props;
  const channel = CHANNEL_LOOK[row.channel];
  const name = visitorName(row.visitor);
  const preview = previewText(row, operator.name);
  return (
    <div className="group relative">
      <a
        href={href}
        data-conversation={row._id}
        aria-current={selected ? "true" : undefined}
        onClick={(event) => {
          const isRange = event.shiftKey && !event.metaKey && !event.ctrlKey;
          if (!isRange && !isPlainClick(event)) return;
          event.preventDefault();
          if (isRange) onCheck(row._id, true);
          else onOpen(row._id);
        }}
        className={cn(
          "relative grid gap-px border-b border-line-faint py-[var(--row-pad-y)] pr-3.5 pl-[30px] text-13 text-ink hover:bg-hover focus-visible:outline-offset-[-2px]",
          checked && "bg-selected hover:bg-selected",
          selected && "md:bg-selected md:shadow-[inset_3px_0_0_var(--accent)] md:hover:bg-selected",
          unread &&
            !choosing &&
            "group-hover:before:hidden pointer-coarse:before:hidden before:absolute before:top-[calc(var(--row-pad-y)+8px)] before:left-3 before:h-[3px] before:w-2.5 before:bg-accent",
        )}
      >
        <span className="flex min-w-0 items-center gap-[7px]">
          <span
            dir="auto"
            className={cn(
              "min-w-0 flex-1 truncate text-left text-14",
              unread ? "font-heavy" : selected ? "font-heavy" : "font-medium",
            )}
            title={name}
          >
            {unread ? <span className="sr-only">Unread: </span> : null}
            {name}
          </span>
          {now === 0 ? null : row.waitingSince === undefined ? (
            <time
              dateTime={new Date(row.lastMessageAt).toISOString()}
              title={fullTime(row.lastMessageAt)}
              className="text-12 text-ink-3"
            >
              {timeOrDate(row.lastMessageAt, { now })}
            </time>
          ) : (
            <Wait since={row.waitingSince} now={now} />
          )}
        </span>
        <span
          dir="auto"
          className={cn("truncate text-left", unread ? "text-ink" : "text-ink-2")}
          title={preview}
        >
          {preview}
        </span>
        <span className="flex h-[18px] min-w-0 items-center gap-[7px] text-12 text-ink-2">
          {row.brand ? (
            <>
              <BrandSquare color={row.brand.primaryColor} />
              <span className="truncate">{row.brand.name}</span>
            </>
          ) : null}
          <span className={channel.color} title={channel.word}>
            <channel.Icon size={14} aria-hidden="true" />
            <span className="sr-only">{channel.word}</span>
          </span>
          {row.snoozedUntil === undefined || now === 0 ? null : (
            <span className="whitespace-nowrap text-ink-3" title={fullTime(row.snoozedUntil)}>
              until {timeOrDate(row.snoozedUntil, { now })}
            </span>
          )}
          {row.tags ? (
            <span className="truncate text-ink-3" title={row.tags.join(", ")}>
              <span className="sr-only">tags </span>
              {row.tags.join(", ")}
            </span>
          ) : null}
          {assignee === undefined ? null : (
            <span className="ml-auto flex flex-none">
              <Initials name={assignee} self={row.assignedOperatorId === operator._id} />
              <span className="sr-only">, assigned to {assignee}</span>
            </span>
          )}
        </span>
      </a>
      <RowCheck name={name} checked={checked} shown={choosing} onCheck={(range) => onCheck(row._id, range)} />
    </div>
  );
});

type RowCheckProps = { name: string; checked: boolean; shown: boolean; onCheck: (range: boolean) => void };

/** Chooses the row for what is done to many. Stands where the unread mark does, for who points at the row or goes there. */
function RowCheck({ name, checked, shown, onCheck }: RowCheckProps) {
  return (
    <label
      className={cn(
        "absolute top-[calc(var(--row-pad-y)-2px)] left-[3px] grid size-6 cursor-pointer place-content-center",
        !shown &&
          "opacity-0 group-hover:opacity-100 has-focus-visible:opacity-100 pointer-coarse:opacity-100",
      )}
    >
      <input
        type="checkbox"
        aria-label={`Select ${name}`}
        checked={checked}
        onChange={(event) => onCheck(event.nativeEvent instanceof MouseEvent && event.nativeEvent.shiftKey)}
        className="size-4 accent-accent"
      />
    </label>
  );
}

const LEVEL_LOOK: Record<WaitLevel, { text: string; fill: string }> = {
  calm: { text: "font-medium text-ink-2", fill: "bg-ink-3" },
  soon: { text: "font-medium text-warning-ink", fill: "bg-warning" },
  late: { text: "font-heavy text-danger-ink", fill: "bg-danger" },
};

/** How long the visitor has waited, over a gauge that fills toward the reply target. */
function Wait({ since, now }: { since: number; now: number }) {
  const { share, level } = waitGauge(since, now);
  const { text, fill } = LEVEL_LOOK[level];
  return (
    <span
      className={cn("grid justify-items-end gap-px text-12", text)}
      title={`Waiting since ${fullTime(since)}`}
    >
      <span>
        <span className="sr-only">waiting </span>
        {waitingTime(since, now)}
      </span>
      <span aria-hidden="true" className="block h-[3px] w-[34px] bg-active">
        <span className={cn("block h-full", fill)} style={{ width: `${Math.round(share * 100)}%` }} />
      </span>
    </span>
  );
}

/** The last message with who wrote it, unless the visitor did: theirs is the voice one expects. */
function previewText({ lastMessage, mergedInto }: Row, operatorName: string): string {
  if (mergedInto !== undefined) return "Merged into another conversation";
  if (!lastMessage) return "No messages yet";
  const { role, senderName, preview } = lastMessage;
  switch (role) {
    case "visitor":
    case "system":
      return preview;
    case "atlas":
      return `Atlas: ${preview}`;
    case "internal_note":
      return `Note: ${preview}`;
    case "operator":
      return senderName === operatorName ? `You: ${preview}` : `${senderName ?? "Operator"}: ${preview}`;
  }
}
