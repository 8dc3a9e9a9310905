import type { ReactNode } from "react";

/** Scrolls sideways what is wider than the page; by the keyboard too. */
export function ScrollBox({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div role="group" aria-label={label} tabIndex={0} className="my-3 overflow-x-auto">
      {children}
    </div>
  );
}
