"use client";

import { X } from "lucide-react";
import { useMemo } from "react";
import { useKeys } from "@/components/keys/keys-provider";
import { Button } from "@/components/ui/button";
import { CHANGE_MANY_MAX } from "@/lib/limits";
import { DecisionControls } from "./decision-controls";
import type { ListSelection } from "./use-selection";

/** What can be done with the selected conversations, below the list. More than one change may hold are to be deselected. */
export function SelectionBar({ selection }: { selection: ListSelection }) {
  const { rows, selectAll, clear } = selection;
  useKeys(useMemo(() => [{ key: "Escape", label: "Select nothing", run: clear }], [clear]));
  const tooMany = rows.length > CHANGE_MANY_MAX;
  return (
    <section
      aria-label="Selected conversations"
      className="flex flex-none flex-wrap items-center gap-1 border-t border-line bg-surface py-2 pr-2 pl-[18px] max-md:pl-4"
    >
      <p role="status" className="mr-auto text-13 font-medium whitespace-nowrap">
        {rows.length} selected
        {tooMany ? <span className="text-warning-ink">, {CHANGE_MANY_MAX} at most</span> : null}
      </p>
      <Button variant="quiet" size="sm" onClick={selectAll}>
        Select all shown
      </Button>
      <Button variant="quiet" size="icon-sm" aria-label="Select nothing" onClick={clear}>
        <X size={16} aria-hidden="true" />
      </Button>
      {tooMany ? null : (
        <div className="flex w-full flex-wrap gap-1">
          <DecisionControls conversations={rows} onDecided={clear} />
        </div>
      )}
    </section>
  );
}
