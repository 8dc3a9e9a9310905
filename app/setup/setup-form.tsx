"use client";

import { submit } from "@/components/auth/submit";
import { useCheckedForm } from "@/components/auth/use-checked-form";
import { Button } from "@/components/ui/button";
import { PasswordField, TextField } from "@/components/ui/field";
import { NoteBox } from "@/components/ui/note-box";
import { checkEmail, checkName, checkPassword } from "@/lib/validation";

const CHECKS = {
  workspaceName: (text: string) => checkName(text, "workspace name"),
  ownerName: (text: string) => checkName(text),
  ownerEmail: checkEmail,
  ownerPassword: checkPassword,
};

export function SetupForm() {
  const { busy, refusal, form, field } = useCheckedForm({
    checks: CHECKS,
    send: (texts) => submit("/api/setup", texts),
    onDone: () => window.location.assign("/app"),
  });
  return (
    <>
      {refusal ? (
        <NoteBox kind="danger">
          {refusal.message}{" "}
          {refusal.code === "SETUP_DONE" ? (
            <a className="link" href="/login">
              Sign in
            </a>
          ) : null}
        </NoteBox>
      ) : null}
      <form {...form} className="grid gap-3.5 [--control-h:38px] max-md:[--control-h:44px]">
        <TextField
          {...field("workspaceName")}
          label="Workspace name"
          hint="Your company or team, as your colleagues know it."
          autoComplete="organization"
          autoFocus
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
      </form>
    </>
  );
}
