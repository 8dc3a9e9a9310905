"use client";

import { PasswordForm } from "@/components/auth/password-form";
import { submit } from "@/components/auth/submit";
import { useCheckedForm } from "@/components/auth/use-checked-form";
import { Button } from "@/components/ui/button";
import { PasswordField, TextField } from "@/components/ui/field";
import { checkName, checkPassword } from "@/lib/validation";

const CHECKS = { name: (text: string) => checkName(text), password: checkPassword };

type JoinFormProps = {
  token: string;
  /** As the inviter wrote it; empty where they did not. */
  name: string;
  email: string;
};

export function JoinForm({ token, name, email }: JoinFormProps) {
  const { busy, refusal, form, field } = useCheckedForm({
    checks: CHECKS,
    send: (texts) => submit("/api/invite", { token, ...texts }),
    // A whole new page: nothing of a former operator stays in memory.
    onDone: () => window.location.assign("/app"),
  });
  return (
    <PasswordForm email={email} refusal={refusal} form={form}>
      <TextField
        {...field("name")}
        label="Your name"
        hint="Visitors see it beside your replies."
        autoComplete="name"
        defaultValue={name}
        autoFocus
      />
      <PasswordField
        {...field("password")}
        label="Password"
        hint="8 characters or more, any kind; a sentence works best."
        autoComplete="new-password"
      />
      <Button type="submit" variant="main" busy={busy} className="justify-self-start px-4">
        {busy ? "Joining" : "Join the team"}
      </Button>
    </PasswordForm>
  );
}
