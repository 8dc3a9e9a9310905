import type { ReactNode } from "react";
import { Wordmark } from "@/components/ui/mark";

/** A page outside the dashboard that has one thing to say. */
export function PlainPage({ children }: { children: ReactNode }) {
  return (
    <div className="flex min-h-dvh flex-col bg-surface px-16 pt-10 pb-8 max-md:px-5 max-md:pt-6">
      <header>
        <Wordmark />
      </header>
      <main className="m-auto w-full max-w-[420px] py-9">{children}</main>
    </div>
  );
}
