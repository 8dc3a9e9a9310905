"use client";

import { TriangleAlert } from "lucide-react";
import { createContext, use, type ReactNode } from "react";
import { Toaster as Sonner, toast, useSonner } from "sonner";

/** Milliseconds that an offer to undo stays. */
const UNDO_MS = 8000;

type ToastId = string | number;

/** What takes back what each toast has told, the newest last. */
const undos = new Map<ToastId, () => void>();

/** The newest offer to undo that is on the screen; null: none is. */
export function useNewestUndo(): ToastId | null {
  const { toasts } = useSonner();
  return [...undos.keys()].findLast((offered) => toasts.some(({ id }) => id === offered)) ?? null;
}

/** Takes back what the toast tells, and puts it away. */
export function undo(id: ToastId): void {
  const takeBack = undos.get(id);
  undos.delete(id);
  toast.dismiss(id);
  takeBack?.();
}

/** What is printed on the newest offer to undo. */
const UndoKeyContext = createContext<{ id: ToastId | null; caps: ReactNode }>({ id: null, caps: null });

/** Where toasts appear: bottom left, above the foot line, three at most. `undoCaps`: the key that undoes. */
export function Toaster({ undoCaps }: { undoCaps: ReactNode }) {
  const id = useNewestUndo();
  return (
    <UndoKeyContext value={{ id, caps: undoCaps }}>
      <Sonner
        className="font-sans!"
        position="bottom-left"
        visibleToasts={3}
        offset={{ bottom: 42, left: 16 }}
        mobileOffset={{ bottom: 76, left: 12, right: 12 }}
        hotkey={["altKey", "KeyT"]}
        toastOptions={{ unstyled: true }}
      />
    </UndoKeyContext>
  );
}

/** Says what was done, and offers to take it back. */
export function toastWithUndo(text: string, takeBack: () => void): void {
  const forget = ({ id }: { id: ToastId }) => void undos.delete(id);
  const id = toast.custom(
    (id) => <ToastRow text={text} action={<UndoAction id={id} />} onAction={() => undo(id)} />,
    { duration: UNDO_MS, onDismiss: forget, onAutoClose: forget },
  );
  undos.set(id, takeBack);
}

function UndoAction({ id }: { id: ToastId }) {
  const newest = use(UndoKeyContext);
  return (
    <>
      Undo
      {newest.id === id ? <span aria-hidden="true">{newest.caps}</span> : null}
    </>
  );
}

/** Says what failed; stays until closed. */
export function toastFailure(text: string): void {
  toast.custom((id) => <ToastRow failed text={text} action="Close" onAction={() => toast.dismiss(id)} />, {
    duration: Infinity,
  });
}

type ToastRowProps = { text: string; action: ReactNode; onAction: () => void; failed?: boolean };

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
