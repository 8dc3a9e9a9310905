import type { ReactNode } from "react";
import { KeyCaps } from "@/components/keys/key-caps";
import { cn } from "@/components/ui/cn";
import { EmptyState } from "@/components/ui/empty-state";

/** The thread pane while no conversation is open: how to begin, or which keys open one. A phone shows the first only. */
export function NoConversation({ guide }: { guide: ReactNode }) {
  return (
    <section
      aria-label="Conversation"
      className={cn("min-w-0 overflow-auto bg-surface p-10 max-lg:p-8 max-md:p-4", !guide && "max-md:hidden")}
    >
      {guide ?? (
        <EmptyState title="No conversation is open">
          <span className="inline-flex flex-wrap items-center gap-1">
            Choose one on the left, or go with <KeyCaps of="j" /> <KeyCaps of="k" /> and open with{" "}
            <KeyCaps of="Enter" />
          </span>
        </EmptyState>
      )}
    </section>
  );
}
