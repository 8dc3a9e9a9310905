"use client";

import { useMemo, type RefObject } from "react";
import { useKeys } from "@/components/keys/keys-provider";
import type { BulkMenu } from "./bulk-bar";

type LeadKeys = {
  table: RefObject<HTMLElement | null>;
  find: RefObject<HTMLInputElement | null>;
  onToggle: (leadId: string) => void;
  onMenu: (menu: BulkMenu) => void;
  onNew: () => void;
  onClear: () => void;
};

/** J and K go from lead to lead, X selects the one with the focus, S and A act on what is selected. */
export function useLeadKeys({ table, find, onToggle, onMenu, onNew, onClear }: LeadKeys): void {
  useKeys(
    useMemo(() => {
      const lines = () => [...(table.current?.querySelectorAll<HTMLElement>("[data-lead]") ?? [])];
      const focused = () => lines().find((line) => line === document.activeElement);
      const move = (step: 1 | -1) => {
        const all = lines();
        const at = all.findIndex((line) => line === document.activeElement);
        const target = all[at === -1 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1)];
        target?.focus();
        target?.scrollIntoView({ block: "nearest" });
      };
      /** What has the focus counts where nothing is selected. */
      const act = (menu: BulkMenu) => {
        const leadId = focused()?.dataset.lead;
        if (leadId !== undefined && table.current?.querySelector("input:checked") === null) onToggle(leadId);
        onMenu(menu);
      };
      return [
        { key: "j", label: "Next lead", foot: "next, previous", run: () => move(1) },
        { key: "k", label: "Previous lead", foot: "next, previous", run: () => move(-1) },
        {
          key: "x",
          label: "Select the lead",
          foot: "select",
          run: () => {
            const leadId = focused()?.dataset.lead;
            if (leadId !== undefined) onToggle(leadId);
          },
        },
        { key: "Enter", label: "Open the lead", foot: "open" },
        { key: "s", label: "Set the status", foot: "status", run: () => act("status") },
        { key: "a", label: "Set the owner", foot: "owner", run: () => act("owner") },
        { key: "c", label: "New lead", run: onNew },
        { key: "/", label: "Search leads", foot: "search", run: () => find.current?.focus() },
        { key: "Escape", label: "Clear the selection", run: onClear },
      ];
    }, [table, find, onToggle, onMenu, onNew, onClear]),
  );
}
