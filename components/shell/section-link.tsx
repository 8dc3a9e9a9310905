"use client";

import Link from "next/link";
import type { ComponentProps } from "react";
import { isPlainClick } from "@/components/ui/plain-click";

type SectionLinkProps = Omit<ComponentProps<typeof Link>, "onClick"> & {
  current: boolean;
  /** What a click does in the section that is open already; everything for it is on the page, so no server is asked. */
  onCurrent?: () => void;
};

/** A link to a section of the dashboard. */
export function SectionLink({ current, onCurrent, ...props }: SectionLinkProps) {
  return (
    <Link
      {...props}
      aria-current={current ? "true" : undefined}
      onClick={(event) => {
        if (!current || !onCurrent || !isPlainClick(event)) return;
        event.preventDefault();
        onCurrent();
      }}
    />
  );
}
