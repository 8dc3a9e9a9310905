"use client";

import { useRef, useState } from "react";
import { submit, textOf } from "@/components/auth/submit";
import { Button } from "@/components/ui/button";
import { PasswordField, TextField } from "@/components/ui/field";
import { NoteBox } from "@/components/ui/note-box";

type LoginFormProps = {
  /** Where to go then: a page of ours. */
  next: string;
  /** The person was signed in and is not any more. */
  expired: boolean;
};

export function LoginForm({ next, expired }: LoginFormProps) {
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useRef<HTMLFormElement>(null);

  async function signIn(data: FormData) {
    setBusy(true);
    const result = await submit("/api/session", {
      email: textOf(data, "email"),
      password: textOf(data, "password"),
    });
    if (result.ok) {
      // A whole new page: nothing of a former operator stays in memory.
      window.location.assign(next);
      return;
    }
    setBusy(false);
    setRefusal(result.message);
    const password = form.current?.elements.namedItem("password");
    if (password instanceof HTMLInputElement) password.select();
  }

  return (
    <>
      {refusal ? (
        <NoteBox kind="danger">{refusal}</NoteBox>
      ) : expired ? (
        <NoteBox kind="info">
          Your session has ended. Sign in to go on; what you were writing is kept.
        </NoteBox>
      ) : null}
      <form
        ref={form}
        noValidate
        className="grid gap-3.5 [--control-h:38px] max-md:[--control-h:44px]"
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void signIn(new FormData(event.currentTarget));
        }}
      >
        <TextField label="Email" name="email" type="email" autoComplete="username" autoFocus required />
        <PasswordField label="Password" name="password" autoComplete="current-password" required />
        <Button type="submit" variant="main" busy={busy} className="w-full">
          {busy ? "Signing in" : "Sign in"}
        </Button>
      </form>
    </>
  );
}
