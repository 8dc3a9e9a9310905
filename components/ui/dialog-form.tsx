"use client";

import type { ReactNode } from "react";
import { Button } from "./button";
import { NoteBox } from "./note-box";

type DialogFormProps = {
  /** It is being sent: it cannot be sent twice. */
  busy: boolean;
  /** Why the last try was refused, unless a field says so. */
  refusal: string | null;
  /** What the button that sends says, and while it is busy. */
  action: string;
  busyWord: string;
  onSubmit: (data: FormData) => void;
  onCancel: () => void;
  /** The fields. */
  children: ReactNode;
};

/** The form of a dialog: its fields, and below them Cancel and the button that sends. */
export function DialogForm(props: DialogFormProps) {
  const { busy, refusal, action, busyWord, onSubmit, onCancel, children } = props;
  return (
    <form
      noValidate
      className="grid gap-3.5"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) onSubmit(new FormData(event.currentTarget));
      }}
    >
      {refusal === null ? null : <NoteBox kind="danger">{refusal}</NoteBox>}
      {children}
      <div className="flex justify-end gap-2 pt-1">
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" variant="main" busy={busy}>
          {busy ? busyWord : action}
        </Button>
      </div>
    </form>
  );
}
