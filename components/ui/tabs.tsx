"use client";

import type { KeyboardEvent } from "react";
import { cn } from "./cn";

type TabListProps = {
  name: string;
  labels: readonly string[];
  chosen: number;
  onChoose: (index: number) => void;
  /** Of the whole, from useId: ties each tab to its panel by `tabIds`. */
  id: string;
  className?: string;
};

/** The ids that tie the tab at `index` and its panel together. */
export const tabIds = (id: string, index: number) => ({
  tab: `${id}-tab-${index}`,
  panel: `${id}-panel-${index}`,
});

/** A row of tabs: the arrow keys go along it, and each press shows its panel. */
export function TabList({ name, labels, chosen, onChoose, id, className }: TabListProps) {
  function onKeyDown(event: KeyboardEvent) {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const next = (chosen + step + labels.length) % labels.length;
    onChoose(next);
    document.getElementById(tabIds(id, next).tab)?.focus();
  }

  return (
    <div role="tablist" aria-label={name} className="flex gap-4" onKeyDown={onKeyDown}>
      {labels.map((label, index) => (
        <button
          key={label}
          id={tabIds(id, index).tab}
          type="button"
          role="tab"
          aria-selected={index === chosen}
          aria-controls={tabIds(id, index).panel}
          tabIndex={index === chosen ? 0 : -1}
          onClick={() => onChoose(index)}
          className={cn(
            "text-13 text-ink-2 hover:text-ink",
            index === chosen && "font-strong text-ink shadow-[inset_0_-3px_0_var(--accent)]",
            className,
          )}
        >
          {label}
        </button>
      ))}
    </div>
  );
}
