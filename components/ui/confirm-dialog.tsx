"use client";

import type { ReactNode } from "react";
import { useSubmission } from "@/components/hooks/use-submission";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { NoteBox } from "./note-box";

type ConfirmDialogProps = {
  /** The question. */
  title: string;
  /** What happens then, and what must be typed first, if anything. */
  children: ReactNode;
  /** Names the safe result: "Keep key". */
  safe: string;
  action: string;
  /** The action's word while it runs. */
  busyWord: string;
  /** False while something must still be typed. */
  ready?: boolean;
  /** What comes next is shown in its place, so it does not close by itself. */
  staysOpen?: boolean;
  onConfirm: () => Promise<unknown>;
  onClose: () => void;
};

/** Asks before something that cannot be undone. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, children, safe, action, busyWord, ready = true, staysOpen, onConfirm, onClose } = props;
  const { busy, refusal, submit } = useSubmission();
  return (
    <Dialog onClose={onClose} title={title}>
      <form
        className="grid gap-3.5"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready && !busy) {
            void submit(async () => {
              await onConfirm();
              if (!staysOpen) onClose();
            });
          }
        }}
      >
        {refusal ? <NoteBox kind="danger">{refusal.message}</NoteBox> : null}
        {children}
        <div className="flex justify-end gap-2 pt-1">
          <Button onClick={onClose}>{safe}</Button>
          <Button type="submit" variant="danger" busy={busy} disabled={!ready}>
            {busy ? busyWord : action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
