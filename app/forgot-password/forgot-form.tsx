"use client";

import { useState } from "react";
import { AuthForm } from "@/components/auth/auth-form";
import { submit } from "@/components/auth/submit";
import { useCheckedForm } from "@/components/auth/use-checked-form";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { NoteBox } from "@/components/ui/note-box";
import { RESET_MINUTES } from "@/lib/limits";
import { checkEmail } from "@/lib/validation";

const CHECKS = { email: checkEmail };

/** The answer is the same for every email: only the mailbox learns whether it has an account. */
export function ForgotForm() {
  const [asked, setAsked] = useState<string | null>(null);
  const { busy, refusal, form, field } = useCheckedForm({
    checks: CHECKS,
    send: async (texts) => {
      const result = await submit("/api/password-reset", texts);
      if (result.ok) setAsked(texts.email.trim());
      return result;
    },
    onDone: () => undefined,
    stays: true,
  });
  if (asked !== null) {
    return (
      <NoteBox kind="info">
        If {asked} has an account here, a link is on its way. It is good for {RESET_MINUTES} minutes.
      </NoteBox>
    );
  }
  return (
    <AuthForm {...form} refusal={refusal?.message}>
      <TextField {...field("email")} label="Email" type="email" autoComplete="username" autoFocus />
      <Button type="submit" variant="main" busy={busy} className="w-full">
        {busy ? "Asking" : "Send a link"}
      </Button>
    </AuthForm>
  );
}
