"use client";

import { useState, type ReactNode } from "react";
import { Dialog } from "@/components/ui/dialog";
import { SecretOnce } from "@/components/ui/secret-once";

type SecretDialogProps = {
  title: string;
  /** Once there is a secret. */
  madeTitle: string;
  /** What it is: "key", "secret". */
  noun: string;
  /** Where the secret belongs, and what to do then. */
  note: ReactNode;
  onClose: () => void;
  /** What makes the secret, and gives it to `onMade`. */
  children: (onMade: (secret: string) => void) => ReactNode;
};

/** Makes a secret, then shows it: once, until the person says that it is stored. */
export function SecretDialog({ title, madeTitle, noun, note, onClose, children }: SecretDialogProps) {
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <Dialog onClose={onClose} title={secret === null ? title : madeTitle} mustAnswer={secret !== null}>
      {secret === null ? (
        children(setSecret)
      ) : (
        <SecretOnce noun={noun} secret={secret} onDone={onClose}>
          {note}
        </SecretOnce>
      )}
    </Dialog>
  );
}
