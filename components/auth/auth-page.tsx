import type { ReactNode } from "react";
import { cn } from "@/components/ui/cn";
import { Wordmark } from "@/components/ui/mark";

type AuthPageProps = {
  title: string;
  lead: string;
  children: ReactNode;
  /** A line at the foot of the page. */
  end?: string;
  /** For the longer form. */
  wide?: boolean;
};

/** A page for somebody who is not signed in yet: one column, one form. */
export function AuthPage({ title, lead, children, end, wide }: AuthPageProps) {
  return (
    <div className="flex min-h-dvh flex-col bg-surface px-16 pt-10 pb-8 max-md:px-5 max-md:pt-6">
      <header>
        <Wordmark />
      </header>
      <main className={cn("m-auto grid w-full gap-5 py-9", wide ? "max-w-[420px]" : "max-w-[360px]")}>
        <div>
          <h1 className="text-28 font-[620] tracking-[-0.018em]">{title}</h1>
          <p className="mt-1.5 text-15 wrap-anywhere text-ink-2">{lead}</p>
        </div>
        {children}
      </main>
      {end ? <footer className="text-center text-12 text-ink-2">{end}</footer> : null}
    </div>
  );
}
