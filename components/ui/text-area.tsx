"use client";

import { useId, type ComponentProps } from "react";
import { cn } from "./cn";
import { FieldFrame, box, boxFocus, boxInvalid } from "./field";

type TextAreaProps = {
  label: string;
  hint?: string;
  /** Replaces the hint. What is wrong, and what to write instead. */
  error?: string | null;
} & Omit<ComponentProps<"textarea">, "id">;

/** A labelled field for text of several lines. */
export function TextArea({ label, hint, error, className, ...area }: TextAreaProps) {
  const id = useId();
  const noteId = error || hint ? `${id}-note` : undefined;
  return (
    <FieldFrame id={id} noteId={noteId} label={label} hint={hint} error={error}>
      <textarea
        {...area}
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={noteId}
        className={cn(box, boxFocus, "h-auto py-1.5", error && boxInvalid, className)}
      />
    </FieldFrame>
  );
}
