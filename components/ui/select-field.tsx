"use client";

import { ChevronDown } from "lucide-react";
import { useId, type ComponentProps } from "react";
import { cn } from "./cn";
import { FieldFrame, box, boxFocus, boxInvalid } from "./field";

type SelectFieldProps = {
  label: string;
  hint?: string;
  error?: string | null;
} & Omit<ComponentProps<"select">, "id">;

/** A labelled choice of one from a list: the browser's own, so that phones and keyboards know it. */
export function SelectField({ label, hint, error, className, ...select }: SelectFieldProps) {
  const id = useId();
  const noteId = error || hint ? `${id}-note` : undefined;
  return (
    <FieldFrame id={id} noteId={noteId} label={label} hint={hint} error={error}>
      <span className="relative grid">
        <select
          {...select}
          id={id}
          aria-invalid={error ? true : undefined}
          aria-describedby={noteId}
          className={cn(box, boxFocus, "appearance-none pr-8", error && boxInvalid, className)}
        />
        <ChevronDown
          size={14}
          aria-hidden="true"
          className="pointer-events-none absolute top-1/2 right-2.5 -translate-y-1/2 text-ink-2"
        />
      </span>
    </FieldFrame>
  );
}
