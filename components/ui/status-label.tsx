import { Archive, CircleCheck, CircleDot, Clock3 } from "lucide-react";
import { cn } from "./cn";

/** A conversation's state, as word and icon; colour comes third. */
export const STATUS_LOOK = {
  open: { word: "Open", Icon: CircleDot, color: "text-open" },
  snoozed: { word: "Snoozed", Icon: Clock3, color: "text-snoozed" },
  resolved: { word: "Resolved", Icon: CircleCheck, color: "text-resolved" },
  closed: { word: "Closed", Icon: Archive, color: "text-closed" },
} as const;

export type StatusName = keyof typeof STATUS_LOOK;

export function StatusLabel({ status, className }: { status: StatusName; className?: string }) {
  const { word, Icon, color } = STATUS_LOOK[status];
  return (
    <span
      className={cn("inline-flex items-center gap-[5px] font-medium whitespace-nowrap", color, className)}
    >
      <Icon size={14} aria-hidden="true" strokeWidth={2.1} />
      {word}
    </span>
  );
}
