"use client";

import { useRef, useState, type FormEvent, type Ref } from "react";
import { AuthForm } from "@/components/auth/auth-form";
import { submit, textOf } from "@/components/auth/submit";
import { Button } from "@/components/ui/button";
import { PasswordField, TextField } from "@/components/ui/field";
import { NoteBox } from "@/components/ui/note-box";
import { CodeForm } from "./code-form";

/** Why somebody is here again: their session ended, or they have a new password. */
export type LoginReason = "expired" | "reset" | null;

type LoginFormProps = {
  /** Where to go then: a page of ours. */
  next: string;
  reason: LoginReason;
};

const REASON_TEXT: Record<NonNullable<LoginReason>, string> = {
  expired:
    "Your session has ended. Sign in to go on: what you had begun in a conversation or a brand is kept.",
  reset: "Your new password is set. Sign in with it.",
};

/** In the order of the form. */
const FIELDS = ["email", "password"] as const;

export function LoginForm({ next, reason }: LoginFormProps) {
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [challenge, setChallenge] = useState<string | null>(null);
  const [empty, setEmpty] = useState<readonly string[]>([]);
  const form = useRef<HTMLFormElement>(null);
  // A whole new page: nothing of a former operator stays in memory.
  const goOn = () => window.location.assign(next);

  async function signIn(data: FormData) {
    const missing = FIELDS.filter((name) => textOf(data, name).trim() === "");
    setEmpty(missing);
    const [first] = missing;
    if (first !== undefined) {
      const field = form.current?.elements.namedItem(first);
      if (field instanceof HTMLInputElement) field.focus();
      return;
    }
    setBusy(true);
    const result = await submit("/api/session", {
      email: textOf(data, "email"),
      password: textOf(data, "password"),
    });
    if (result.ok) {
      goOn();
      return;
    }
    setBusy(false);
    if (result.code === "TWO_STEP_REQUIRED" && result.challenge !== undefined) {
      setRefusal(null);
      setChallenge(result.challenge);
      return;
    }
    setRefusal(result.message);
    const password = form.current?.elements.namedItem("password");
    if (password instanceof HTMLInputElement) password.select();
  }

  if (challenge !== null) {
    return (
      <CodeForm
        challenge={challenge}
        onDone={goOn}
        onOver={(message) => {
          setChallenge(null);
          setRefusal(message);
        }}
      />
    );
  }
  return (
    <>
      {refusal ? (
        <NoteBox kind="danger">{refusal}</NoteBox>
      ) : reason ? (
        <NoteBox kind="info">{REASON_TEXT[reason]}</NoteBox>
      ) : null}
      <PasswordForm
        ref={form}
        busy={busy}
        empty={empty}
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void signIn(new FormData(event.currentTarget));
        }}
      />
    </>
  );
}

type PasswordFormProps = {
  ref: Ref<HTMLFormElement>;
  busy: boolean;
  /** Fields that the last press found empty. */
  empty: readonly string[];
  onSubmit: (event: FormEvent<HTMLFormElement>) => void;
};

function PasswordForm({ ref, busy, empty, onSubmit }: PasswordFormProps) {
  return (
    <>
      <AuthForm ref={ref} noValidate onSubmit={onSubmit}>
        <TextField
          label="Email"
          name="email"
          type="email"
          autoComplete="username"
          autoFocus
          required
          error={empty.includes("email") ? "Enter your email." : null}
        />
        <PasswordField
          label="Password"
          name="password"
          autoComplete="current-password"
          required
          error={empty.includes("password") ? "Enter your password." : null}
        />
        <Button type="submit" variant="main" busy={busy} className="w-full">
          {busy ? "Signing in" : "Sign in"}
        </Button>
      </AuthForm>
      <a className="link min-h-6 justify-self-start text-13 leading-6" href="/forgot-password">
        Forgot your password?
      </a>
    </>
  );
}
