import type { ReactNode } from "react";
import { cn } from "@/components/ui/cn";

/** The look of a link to a view of a section, in the sidebar. */
export function viewLinkLook(current: boolean): string {
  return cn(
    "relative flex h-7 items-center gap-2 rounded-md pr-2 pl-[18px] text-13 text-ink-2 hover:bg-hover hover:text-ink",
    current &&
      "font-strong text-ink before:absolute before:top-3 before:left-0 before:h-[3px] before:w-2.5 before:bg-accent",
  );
}

type ViewListProps = { label: string; children: ReactNode } | { labelledBy: string; children: ReactNode };

/** The views of a section, tied to it by a vertical hairline. */
export function ViewList({ children, ...names }: ViewListProps) {
  return (
    <ul
      aria-label={"label" in names ? names.label : undefined}
      aria-labelledby={"labelledBy" in names ? names.labelledBy : undefined}
      className="relative mb-2 grid grid-cols-[minmax(0,1fr)] gap-px pl-[15px]"
    >
      <li aria-hidden="true" className="absolute inset-y-0.5 left-[15px] w-px bg-line" />
      {children}
    </ul>
  );
}
