import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "./cn";

export type BadgeKind = "ok" | "bad" | "warn" | "info" | "plain";

const LOOK: Record<BadgeKind, string> = {
  ok: "bg-success-soft text-success-ink",
  bad: "bg-danger-soft text-danger-ink",
  warn: "bg-warning-soft text-warning-ink",
  info: "bg-accent-soft text-accent-ink",
  plain: "bg-active text-ink-2",
};

type BadgeProps = { kind: BadgeKind; Icon: LucideIcon; children: ReactNode; className?: string };

/** A state in a word with its icon; the tint is the third cue. Nothing to click. */
export function Badge({ kind, Icon, children, className }: BadgeProps) {
  return (
    <span
      className={cn(
        "inline-flex h-5 items-center gap-1 rounded-sm px-1.5 align-middle text-12 leading-none font-medium whitespace-nowrap",
        LOOK[kind],
        className,
      )}
    >
      <Icon size={12} aria-hidden="true" strokeWidth={2.25} />
      {children}
    </span>
  );
}
