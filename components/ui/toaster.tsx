"use client";

import { TriangleAlert } from "lucide-react";
import { Toaster as Sonner, toast } from "sonner";

/** Milliseconds that an offer to undo stays. */
const UNDO_MS = 8000;

/** Where toasts appear: bottom left, above the foot line, three at most. */
export function Toaster() {
  return (
    <Sonner
      className="font-sans!"
      position="bottom-left"
      visibleToasts={3}
      offset={{ bottom: 42, left: 16 }}
      mobileOffset={{ bottom: 76, left: 12, right: 12 }}
      hotkey={["altKey", "KeyT"]}
      toastOptions={{ unstyled: true }}
    />
  );
}

/** Says what was done, and offers to take it back. */
export function toastWithUndo(text: string, undo: () => void): void {
  toast.custom(
    (id) => (
      <ToastRow
        text={text}
        action="Undo"
        onAction={() => {
          toast.dismiss(id);
          undo();
        }}
      />
    ),
    { duration: UNDO_MS },
  );
}

/** Says what failed; stays until closed. */
export function toastFailure(text: string): void {
  toast.custom((id) => <ToastRow failed text={text} action="Close" onAction={() => toast.dismiss(id)} />, {
    duration: Infinity,
  });
}

type ToastRowProps = { text: string; action: string; onAction: () => void; failed?: boolean };

function ToastRow({ text, action, onAction, failed }: ToastRowProps) {
  return (
    <div
      role={failed ? "alert" : undefined}
      className={
        failed
          ? "flex w-[380px] max-w-[calc(100vw-1.5rem)] items-center gap-2.5 rounded-lg border border-danger-line bg-danger-soft py-2.5 pr-2 pl-3 text-13 text-ink shadow-md"
          : "flex w-[380px] max-w-[calc(100vw-1.5rem)] items-center gap-2.5 rounded-lg bg-inverse py-2.5 pr-2 pl-3 text-13 text-ink-inverse shadow-md"
      }
    >
      {failed ? (
        <TriangleAlert size={16} aria-hidden="true" className="text-danger-ink" />
      ) : (
        <span className="h-[3px] w-3 flex-none bg-current" />
      )}
      <span>{text}</span>
      <button
        type="button"
        // By this mark the library leaves focus alone: else a click elsewhere, after one here, sends focus back.
        data-dismissible="false"
        onClick={onAction}
        className="ml-auto min-h-6 px-1.5 py-1 font-strong underline underline-offset-3"
      >
        {action}
      </button>
    </div>
  );
}
