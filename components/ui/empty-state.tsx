import { TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Dashes } from "./mark";

type EmptyStateProps = {
  title: string;
  /** What is true, then what to do. */
  children?: ReactNode;
  /** Buttons or links, the main one first. */
  actions?: ReactNode;
  /** Something failed: a warning sign takes the place of the dashes. */
  failed?: boolean;
  /** "h1" where it is the title of its page or pane. */
  heading?: "h1" | "h2" | "h3";
};

export function EmptyState({ title, children, actions, failed, heading: Heading = "h2" }: EmptyStateProps) {
  return (
    <div className="grid max-w-[44ch] justify-items-start gap-1.5">
      {failed ? <TriangleAlert size={22} aria-hidden="true" className="mb-1 text-danger-ink" /> : <Dashes />}
      <Heading className="text-15 font-strong">{title}</Heading>
      {children ? <div className="text-ink-2">{children}</div> : null}
      {actions ? <div className="mt-2 flex flex-wrap items-center gap-2">{actions}</div> : null}
    </div>
  );
}
