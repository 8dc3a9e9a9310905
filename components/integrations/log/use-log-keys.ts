"use client";

import { useMemo, type RefObject } from "react";
import { useKeys } from "@/components/keys/keys-provider";

/** J and K go from row to row, Enter opens the one with the focus, / goes to the filters. */
export function useLogKeys(section: RefObject<HTMLElement | null>): void {
  useKeys(
    useMemo(() => {
      const move = (step: 1 | -1) => {
        const rows = [...(section.current?.querySelectorAll<HTMLElement>("[data-delivery]") ?? [])];
        const focused = document.activeElement;
        const at = rows.findIndex((row) => row === focused);
        const open = rows.findIndex((row) => row.ariaExpanded === "true");
        const from = at === -1 ? open : at;
        const target = rows[from === -1 ? 0 : Math.min(Math.max(from + step, 0), rows.length - 1)];
        target?.focus();
        target?.scrollIntoView({ block: "nearest" });
      };
      return [
        { key: "j", label: "Next event", foot: "next, previous event", run: () => move(1) },
        { key: "k", label: "Previous event", foot: "next, previous event", run: () => move(-1) },
        { key: "Enter", label: "Open or close the event", foot: "open, close" },
        {
          key: "/",
          label: "Filter the log",
          foot: "filter the log",
          run: () => section.current?.querySelector("select")?.focus(),
        },
      ];
    }, [section]),
  );
}
