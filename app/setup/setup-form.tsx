"use client";

import { useState } from "react";
import { AuthForm } from "@/components/auth/auth-form";
import { submit } from "@/components/auth/submit";
import { useCheckedForm } from "@/components/auth/use-checked-form";
import { Button } from "@/components/ui/button";
import { PasswordField, TextField } from "@/components/ui/field";
import { checkEmail, checkName, checkPassword, type Checked } from "@/lib/validation";

const CHECKS = {
  workspaceName: (text: string) => checkName(text, "workspace name"),
  ownerName: (text: string) => checkName(text),
  ownerEmail: checkEmail,
  ownerPassword: checkPassword,
};

/** `setupToken`: of the page's address, empty where none is needed; null: the form asks for it. */
export function SetupForm({ setupToken }: { setupToken: string | null }) {
  const [asks, setAsks] = useState(setupToken === null);
  const checkToken = (text: string): Checked<string> =>
    asks && text.trim() === "" ? { ok: false, reason: "Enter the token." } : { ok: true, value: text };
  const { busy, refusal, form, field } = useCheckedForm({
    checks: { setupToken: checkToken, ...CHECKS },
    send: async (texts) => {
      const result = await submit("/api/setup", texts);
      if (!result.ok && result.code === "SETUP_TOKEN_REQUIRED") setAsks(true);
      return result;
    },
    onDone: () => window.location.assign("/app"),
  });
  return (
    <AuthForm
      {...form}
      refusal={
        refusal ? (
          <>
            {refusal.message}{" "}
            {refusal.code === "SETUP_DONE" ? (
              <a className="link" href="/login">
                Sign in
              </a>
            ) : null}
          </>
        ) : null
      }
    >
      {asks ? (
        <TextField
          {...field("setupToken")}
          label="Set-up token"
          hint="In the line that npm start printed on the server. It shows that the server is yours."
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          defaultValue={setupToken ?? ""}
          autoFocus
        />
      ) : (
        <input type="hidden" name="setupToken" value={setupToken ?? ""} readOnly />
      )}
      <TextField
        {...field("workspaceName")}
        label="Workspace name"
        hint="Your company or team, as your colleagues know it."
        autoComplete="organization"
        autoFocus={!asks}
      />
      <TextField
        {...field("ownerName")}
        label="Your name"
        hint="Visitors see it beside your replies."
        autoComplete="name"
      />
      <TextField {...field("ownerEmail")} label="Work email" type="email" autoComplete="email" />
      <PasswordField
        {...field("ownerPassword")}
        label="Password"
        hint="8 characters or more, any kind; a sentence works best."
        autoComplete="new-password"
      />
      <Button type="submit" variant="main" busy={busy} className="justify-self-start px-4">
        {busy ? "Creating the workspace" : "Create workspace"}
      </Button>
    </AuthForm>
  );
}
