import type { ReactNode } from "react";

/** A section's heading, which the navigation leads to. */
export function SectionHeading({ id, children }: { id: string; children: ReactNode }) {
  return (
    <h2 id={id} className="mt-10 mb-2 scroll-mt-20 text-21 font-strong tracking-[-0.012em]">
      {children}
    </h2>
  );
}

export function SubHeading({ id, children }: { id?: string; children: ReactNode }) {
  return (
    <h3 id={id} className="mt-6 mb-1 scroll-mt-20 text-17 font-strong">
      {children}
    </h3>
  );
}

export function Lead({ children }: { children: ReactNode }) {
  return <p className="mb-4 max-w-[68ch] text-17 leading-7 text-ink-2">{children}</p>;
}

export function Text({ children }: { children: ReactNode }) {
  return <p className="my-2 max-w-[68ch]">{children}</p>;
}
