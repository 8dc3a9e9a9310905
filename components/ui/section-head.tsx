import type { ReactNode } from "react";
import { cn } from "./cn";

type SectionHeadProps = {
  /** Of the heading, for the section's `aria-labelledby`. */
  id: string;
  title: string;
  hint?: ReactNode;
  /** The hint has a line of its own at every width, not only on a phone. */
  hintBelow?: boolean;
  /** Buttons at the right; on a phone beside the title, above the hint. */
  children?: ReactNode;
};

/** The head of a section of a page: its name, a sentence about it, and what can be done with it as a whole. */
export function SectionHead({ id, title, hint, hintBelow = false, children }: SectionHeadProps) {
  return (
    <div className="mb-2 flex flex-wrap items-center gap-x-4 gap-y-1 md:items-baseline">
      <div
        className={cn(
          "contents",
          !hintBelow && "min-w-0 flex-wrap items-baseline gap-x-3 gap-y-1 md:flex md:flex-[1_1_12rem]",
        )}
      >
        <h2 id={id} className="text-14 font-strong">
          {title}
        </h2>
        {hint ? (
          <p
            className={cn(
              "text-13 text-ink-2",
              hintBelow ? "order-last basis-full" : "max-md:order-last max-md:basis-full",
            )}
          >
            {hint}
          </p>
        ) : null}
      </div>
      {children}
    </div>
  );
}
