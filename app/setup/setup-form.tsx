"use client";

import { useRef, useState } from "react";
import { submit, textOf } from "@/components/auth/submit";
import { Button } from "@/components/ui/button";
import { PasswordField, TextField } from "@/components/ui/field";
import { NoteBox } from "@/components/ui/note-box";
import { checkEmail, checkName, checkPassword, type Checked } from "@/lib/validation";

const CHECKS = {
  workspaceName: (text: string) => checkName(text, "workspace name"),
  ownerName: (text: string) => checkName(text, "name"),
  ownerEmail: checkEmail,
  ownerPassword: checkPassword,
} satisfies Record<string, (text: string) => Checked<string>>;

type FieldName = keyof typeof CHECKS;
const FIELDS = Object.keys(CHECKS) as FieldName[];
type Reasons = Partial<Record<FieldName, string>>;

function reasonAgainst(name: FieldName, text: string): string | undefined {
  const checked = CHECKS[name](text);
  return checked.ok ? undefined : checked.reason;
}

export function SetupForm() {
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<{ code: string; message: string } | null>(null);
  const [reasons, setReasons] = useState<Reasons>({});
  const form = useRef<HTMLFormElement>(null);

  function showReasons(next: Reasons) {
    setReasons(next);
    const first = FIELDS.find((name) => next[name]);
    const field = first && form.current?.elements.namedItem(first);
    if (field instanceof HTMLInputElement) field.focus();
  }

  async function create(data: FormData) {
    const texts = Object.fromEntries(FIELDS.map((name) => [name, textOf(data, name)]));
    const found: Reasons = Object.fromEntries(
      FIELDS.map((name) => [name, reasonAgainst(name, texts[name] ?? "")]),
    );
    if (FIELDS.some((name) => found[name])) {
      showReasons(found);
      return;
    }
    setBusy(true);
    setRefusal(null);
    const result = await submit("/api/setup", texts);
    if (result.ok) {
      window.location.assign("/app");
      return;
    }
    setBusy(false);
    const field = FIELDS.find((name) => name === result.field);
    if (field) showReasons({ [field]: result.message });
    else setRefusal(result);
  }

  /** Checked on leaving the field, not while typing; a field that is still empty waits for the button. */
  const field = (name: FieldName) => ({
    name,
    required: true,
    error: reasons[name],
    onBlur: (event: { target: HTMLInputElement }) => {
      const { value } = event.target;
      if (value !== "") setReasons((all) => ({ ...all, [name]: reasonAgainst(name, value) }));
    },
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
      <form
        ref={form}
        noValidate
        className="grid gap-3.5 [--control-h:38px] max-md:[--control-h:44px]"
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void create(new FormData(event.currentTarget));
        }}
      >
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
