"use client";

import { ChevronDown } from "lucide-react";
import type { ComponentProps } from "react";
import { cn } from "./cn";
import { box, boxFocus } from "./field";

type InlineSelectProps = Omit<ComponentProps<"select">, "aria-label"> & {
  label: string;
  /** Something other than everything is chosen. */
  active: boolean;
};

/** A small choice in a bar, named by its own options: the browser's own, so that phones and keyboards know it. */
export function InlineSelect({ label, active, className, ...select }: InlineSelectProps) {
  return (
    <span className={cn("relative inline-grid min-w-0", className)}>
      <select
        {...select}
        aria-label={label}
        className={cn(
          box,
          boxFocus,
          "h-[var(--control-h-sm)] appearance-none truncate pr-7 pl-2.5 text-13",
          active ? "bg-selected font-strong text-accent-ink" : "text-ink-2",
        )}
      />
      <ChevronDown
        size={14}
        aria-hidden="true"
        className="pointer-events-none absolute top-1/2 right-2 -translate-y-1/2 text-ink-2"
      />
    </span>
  );
}
