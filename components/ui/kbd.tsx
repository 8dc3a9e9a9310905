import type { ReactNode } from "react";
import { cn } from "./cn";

/** A key cap. `bare` drops the cap's frame, for keys printed inside a filled button. */
export function Kbd({
  children,
  bare,
  className,
}: {
  children: ReactNode;
  bare?: boolean;
  className?: string;
}) {
  return (
    <kbd
      className={cn(
        "inline-flex items-center justify-center font-sans leading-none font-medium",
        bare
          ? "ml-[3px] text-12 leading-none"
          : "h-[18px] min-w-[18px] rounded-sm border border-b-2 border-line bg-raised px-1 text-[0.6875rem] text-ink-2",
        className,
      )}
    >
      {children}
    </kbd>
  );
}
