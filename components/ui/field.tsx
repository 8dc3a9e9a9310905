"use client";

import { CircleX, Eye, EyeOff } from "lucide-react";
import { useId, useState, type ComponentProps, type ReactNode } from "react";
import { cn } from "./cn";

export const box =
  "flex h-[var(--control-h)] w-full min-w-0 items-center rounded-md border border-line-control bg-raised px-2.5 text-14 text-ink hover:border-ink-2 max-md:text-[1rem]";
export const boxFocus =
  "outline-offset-[-1px] outline-focus focus-visible:border-focus focus-visible:outline-2";
export const boxInvalid = "border-danger shadow-[inset_3px_0_0_var(--danger)]";

type FieldProps = {
  label: string;
  hint?: string;
  /** Replaces the hint. What is wrong, and what to write instead. */
  error?: string | null;
} & Omit<ComponentProps<"input">, "id">;

/** A labelled text field: label above, hint below, an error in the hint's place. */
export function TextField({ label, hint, error, className, ...input }: FieldProps) {
  const id = useId();
  const noteId = error || hint ? `${id}-note` : undefined;
  return (
    <FieldFrame id={id} noteId={noteId} label={label} hint={hint} error={error}>
      <input
        {...input}
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={noteId}
        className={cn(box, boxFocus, error && boxInvalid, className)}
      />
    </FieldFrame>
  );
}

type TextAreaProps = Pick<FieldProps, "label" | "hint" | "error"> & Omit<ComponentProps<"textarea">, "id">;

/** The same for text of several lines. */
export function TextAreaField({ label, hint, error, className, ...textarea }: TextAreaProps) {
  const id = useId();
  const noteId = error || hint ? `${id}-note` : undefined;
  return (
    <FieldFrame id={id} noteId={noteId} label={label} hint={hint} error={error}>
      <textarea
        rows={3}
        {...textarea}
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={noteId}
        className={cn(box, boxFocus, "h-auto resize-y py-1.5", error && boxInvalid, className)}
      />
    </FieldFrame>
  );
}

/** A password field with a button that shows what was typed. Pasting and password managers work. */
export function PasswordField({ label, hint, error, className, ...input }: FieldProps) {
  const id = useId();
  const [shown, setShown] = useState(false);
  const noteId = error || hint ? `${id}-note` : undefined;
  const Icon = shown ? EyeOff : Eye;
  return (
    <FieldFrame id={id} noteId={noteId} label={label} hint={hint} error={error}>
      <span
        className={cn(
          box,
          "gap-2 outline-offset-[-1px] outline-focus focus-within:has-[input:focus-visible]:border-focus focus-within:has-[input:focus-visible]:outline-2",
          error && boxInvalid,
          className,
        )}
      >
        <input
          {...input}
          id={id}
          type={shown ? "text" : "password"}
          aria-invalid={error ? true : undefined}
          aria-describedby={noteId}
          className="h-full w-full min-w-0 bg-transparent outline-none focus-visible:outline-none"
        />
        <button
          type="button"
          aria-label={shown ? "Hide characters" : "Show characters"}
          onClick={() => setShown(!shown)}
          className="-mr-1.5 grid size-7 flex-none place-content-center rounded-sm text-ink-2 hover:text-ink"
        >
          <Icon size={16} aria-hidden="true" />
        </button>
      </span>
    </FieldFrame>
  );
}

/** Label above, hint below, an error in the hint's place. */
export function FieldFrame(props: {
  id: string;
  noteId: string | undefined;
  label: string;
  hint: string | undefined;
  error: string | null | undefined;
  children: ReactNode;
}) {
  return (
    <div className="grid gap-[5px]">
      <label htmlFor={props.id} className="text-13 font-medium">
        {props.label}
      </label>
      {props.children}
      {props.error ? (
        <FieldError id={props.noteId}>{props.error}</FieldError>
      ) : props.hint ? (
        <span id={props.noteId} className="text-12 leading-[1.125rem] text-ink-2">
          {props.hint}
        </span>
      ) : null}
    </div>
  );
}

/** An error line under a control: icon, then what is wrong. */
export function FieldError({ id, children }: { id?: string; children: ReactNode }) {
  return (
    <span id={id} className="flex items-start gap-[5px] text-12 leading-[1.125rem] text-danger-ink">
      <CircleX size={14} aria-hidden="true" className="mt-0.5" />
      <span>{children}</span>
    </span>
  );
}
