"use client";

import { RotateCw } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "./button";
import { EmptyState } from "./empty-state";
import { LoadingAfterDelay, SkeletonLine } from "./skeleton";

/** In the place of a section's table: there is nothing in it yet, or nothing to do with it. */
export function SectionEmpty({
  title,
  children,
  actions,
}: {
  title: string;
  children: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <div className="border-t border-line py-6">
      <EmptyState title={title} heading="h3" actions={actions}>
        {children}
      </EmptyState>
    </div>
  );
}

/** In the place of a section's table: the server could not list it. */
export function SectionFailed({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div role="alert" className="border-t border-line py-6">
      <EmptyState
        failed
        heading="h3"
        title={title}
        actions={
          <Button onClick={() => window.location.reload()}>
            <RotateCw size={14} aria-hidden="true" />
            Load again
          </Button>
        }
      >
        {children}
      </EmptyState>
    </div>
  );
}

/** In the place of a section's table, once its rows take noticeably long. */
export function SectionLoading({ label }: { label: string }) {
  return (
    <LoadingAfterDelay label={label}>
      <div className="grid gap-4 border-t border-line py-4">
        {["w-[62%]", "w-[48%]", "w-[55%]"].map((width) => (
          <SkeletonLine key={width} className={width} />
        ))}
      </div>
    </LoadingAfterDelay>
  );
}
