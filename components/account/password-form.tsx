"use client";

import { useUpdatePassword } from "@/components/hooks/use-account";
import { useSession } from "@/components/session/session-provider";
import { PasswordField } from "@/components/ui/field";
import { SectionHead } from "@/components/ui/section-head";
import { checkPassword, type Checked } from "@/lib/validation";
import { OwnForm } from "./own-form";

const CHECKS = {
  currentPassword: (text: string): Checked<string> =>
    text === "" ? { ok: false, reason: "Enter the password that you have now." } : { ok: true, value: text },
  newPassword: checkPassword,
};

export function PasswordForm() {
  const { operator } = useSession();
  const updatePassword = useUpdatePassword();
  return (
    <section aria-labelledby="your-password">
      <SectionHead id="your-password" title="Password" hint="A new one signs you out everywhere else." />
      <OwnForm
        checks={CHECKS}
        save={updatePassword}
        action="Change password"
        busyWord="Changing"
        clears
        done="Changed. You are signed out everywhere else."
      >
        {(field) => (
          <>
            {/* For password managers, which keep the password under it. */}
            <input type="hidden" name="username" autoComplete="username" value={operator.email} readOnly />
            <PasswordField
              {...field("currentPassword")}
              label="Current password"
              autoComplete="current-password"
            />
            <PasswordField
              {...field("newPassword")}
              label="New password"
              hint="8 characters or more, any kind; a sentence works best."
              autoComplete="new-password"
            />
          </>
        )}
      </OwnForm>
    </section>
  );
}
