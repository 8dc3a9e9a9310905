import type { ReactNode } from "react";

type SectionHeadProps = {
  /** Of the heading, for the section's `aria-labelledby`. */
  id: string;
  title: string;
  hint?: ReactNode;
  /** Buttons at the right; on a phone beside the title, above the hint. */
  children?: ReactNode;
};

/** The head of a section of a page: its name, a sentence about it, and what can be done with it as a whole. */
export function SectionHead({ id, title, hint, children }: SectionHeadProps) {
  return (
    <div className="mb-2 flex flex-wrap items-center gap-x-4 gap-y-2 md:items-baseline">
      <div className="min-w-0 flex-wrap items-baseline gap-x-3 gap-y-1 max-md:contents md:flex md:flex-[1_1_12rem]">
        <h2 id={id} className="text-14 font-strong">
          {title}
        </h2>
        {hint ? <p className="text-13 text-ink-2 max-md:order-last max-md:basis-full">{hint}</p> : null}
      </div>
      {children}
    </div>
  );
}
