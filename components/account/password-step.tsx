"use client";

import { useState, type ReactNode } from "react";
import { useSubmission } from "@/components/hooks/use-submission";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { PasswordField } from "@/components/ui/field";
import { NoteBox } from "@/components/ui/note-box";

type PasswordStepProps = {
  title: string;
  action: string;
  /** The action's word while it runs. */
  busyWord: string;
  /** What happens then. */
  children: ReactNode;
  /** Rejects with the server's refusal. */
  onPassword: (password: string) => Promise<void>;
  onClose: () => void;
};

/** Asks for the operator's password before something that a stranger at an open page must not do. */
export function PasswordStep(props: PasswordStepProps) {
  const { title, action, busyWord, children, onPassword, onClose } = props;
  const [password, setPassword] = useState("");
  const { busy, refusal, submit } = useSubmission();
  return (
    <Dialog onClose={onClose} title={title}>
      <form
        className="grid gap-3.5"
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy && password !== "") void submit(() => onPassword(password));
        }}
      >
        {refusal && refusal.field !== "password" ? <NoteBox kind="danger">{refusal.message}</NoteBox> : null}
        <p className="text-ink-2">{children}</p>
        <PasswordField
          label="Your password"
          name="password"
          autoComplete="current-password"
          autoFocus
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          error={refusal?.field === "password" ? refusal.message : null}
        />
        <div className="flex justify-end gap-2 pt-1">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="main" busy={busy} disabled={password === ""}>
            {busy ? busyWord : action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
