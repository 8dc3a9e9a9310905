"use client";

import { AuthForm } from "@/components/auth/auth-form";
import { submit } from "@/components/auth/submit";
import { useCheckedForm } from "@/components/auth/use-checked-form";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import type { Checked } from "@/lib/validation";

const CHECKS = {
  code: (text: string): Checked<string> =>
    text.trim() === "" ? { ok: false, reason: "Enter the code." } : { ok: true, value: text },
};

type CodeFormProps = {
  challenge: string;
  onDone: () => void;
  /** The challenge is over: begin with the password again. */
  onOver: (message: string) => void;
};

/** The second step: a code from the app, or a recovery code. */
export function CodeForm({ challenge, onDone, onOver }: CodeFormProps) {
  const { busy, refusal, form, field } = useCheckedForm({
    checks: CHECKS,
    send: async (texts) => {
      const result = await submit("/api/session/code", { challenge, ...texts });
      if (!result.ok && result.code === "UNAUTHENTICATED") onOver(result.message);
      return result;
    },
    onDone,
  });
  return (
    <AuthForm {...form} refusal={refusal?.message}>
      <TextField
        {...field("code")}
        label="Code"
        hint="From the app on your phone, or one of your recovery codes."
        autoComplete="one-time-code"
        autoCapitalize="none"
        spellCheck={false}
        autoFocus
      />
      <Button type="submit" variant="main" busy={busy} className="w-full">
        {busy ? "Checking" : "Go on"}
      </Button>
    </AuthForm>
  );
}
