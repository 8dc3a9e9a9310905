"use client";

import type { ReactNode } from "react";
import { Button } from "./button";
import { CopyButton } from "./copy-button";
import { NoteBox } from "./note-box";

type SecretOnceProps = {
  /** What it is: "key", "secret". */
  noun: string;
  secret: string;
  /** Where it belongs, and what to do then. */
  children: ReactNode;
  /** What the person says to make it go away. */
  done?: string;
  onDone: () => void;
};

/** A secret that nobody sees again, with a button that copies it. Goes away only when the person says so. */
export function SecretOnce({ noun, secret, children, done = "I have stored it", onDone }: SecretOnceProps) {
  return (
    <div className="grid gap-3.5">
      <NoteBox kind="warning">{children}</NoteBox>
      <code
        tabIndex={0}
        aria-label={`New ${noun}`}
        className="rounded-md border border-line bg-sunk px-3 py-2.5 text-12 wrap-anywhere whitespace-pre-line select-all"
      >
        {secret}
      </code>
      <div className="flex justify-end gap-2">
        <CopyButton text={secret} label={`Copy the ${noun}`} />
        <Button onClick={onDone}>{done}</Button>
      </div>
    </div>
  );
}
