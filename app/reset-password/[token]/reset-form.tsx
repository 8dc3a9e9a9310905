"use client";

import { PasswordForm } from "@/components/auth/password-form";
import { submit } from "@/components/auth/submit";
import { useCheckedForm } from "@/components/auth/use-checked-form";
import { Button } from "@/components/ui/button";
import { PasswordField } from "@/components/ui/field";
import { checkPassword } from "@/lib/validation";

const CHECKS = { password: checkPassword };

export function ResetForm({ token, email }: { token: string; email: string }) {
  const { busy, refusal, form, field } = useCheckedForm({
    checks: CHECKS,
    send: (texts) => submit("/api/password-reset/complete", { token, ...texts }),
    onDone: () => window.location.assign("/login?reset=1"),
  });
  return (
    <PasswordForm email={email} refusal={refusal} form={form}>
      <PasswordField
        {...field("password")}
        label="New password"
        hint="8 characters or more, any kind; a sentence works best."
        autoComplete="new-password"
        autoFocus
      />
      <Button type="submit" variant="main" busy={busy} className="w-full">
        {busy ? "Setting it" : "Set the password"}
      </Button>
    </PasswordForm>
  );
}
