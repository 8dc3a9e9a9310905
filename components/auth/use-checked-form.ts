"use client";

import { useRef, useState, type FormEvent } from "react";
import type { Checked } from "@/lib/validation";
import { textOf, type Submitted } from "./submit";

type Checks<Name extends string> = Record<Name, (text: string) => Checked<string>>;
type Refusal = { code: string; message: string };

type CheckedForm<Name extends string> = {
  /** Each field's check, in the order of the form. */
  checks: Checks<Name>;
  send: (texts: Record<Name, string>) => Promise<Submitted>;
  /** The server took it. */
  onDone: () => void;
  /** The form is used again then; without it, it stays busy: a new page is on its way. */
  stays?: boolean;
};

/**
 * A form whose fields are checked on leaving them, not while typing, and all of them before it is sent. A field that is
 * still empty waits for the button. What the server says of a field is shown there, anything else is `refusal`.
 */
export function useCheckedForm<Name extends string>({
  checks,
  send,
  onDone,
  stays = false,
}: CheckedForm<Name>) {
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [reasons, setReasons] = useState<Partial<Record<Name, string>>>({});
  const form = useRef<HTMLFormElement>(null);
  const names = Object.keys(checks) as Name[];

  function reasonAgainst(name: Name, text: string): string | undefined {
    const checked = checks[name](text);
    return checked.ok ? undefined : checked.reason;
  }

  function showReasons(next: Partial<Record<Name, string>>) {
    setReasons(next);
    const first = names.find((name) => next[name]);
    const field = first && form.current?.elements.namedItem(first);
    if (field instanceof HTMLInputElement) field.focus();
  }

  async function submit(data: FormData) {
    const texts = Object.fromEntries(names.map((name) => [name, textOf(data, name)])) as Record<Name, string>;
    const found: Partial<Record<Name, string>> = {};
    for (const name of names) found[name] = reasonAgainst(name, texts[name]);
    if (names.some((name) => found[name])) {
      showReasons(found);
      return;
    }
    setBusy(true);
    setRefusal(null);
    const result = await send(texts);
    if (result.ok) {
      if (stays) {
        setBusy(false);
        setReasons({});
      }
      onDone();
      return;
    }
    setBusy(false);
    const refused = names.find((name) => name === result.field);
    if (refused) showReasons({ [refused]: result.message } as Partial<Record<Name, string>>);
    else setRefusal(result);
  }

  return {
    busy,
    refusal,
    form: {
      ref: form,
      noValidate: true,
      onSubmit: (event: FormEvent<HTMLFormElement>) => {
        event.preventDefault();
        if (!busy) void submit(new FormData(event.currentTarget));
      },
    },
    field: (name: Name) => ({
      name,
      required: true,
      error: reasons[name],
      // What is mended is no longer called wrong, before a click moves on: a line that went then would move the button away.
      onChange: ({ target: { value } }: { target: HTMLInputElement }) => {
        if (reasons[name]) setReasons((all) => ({ ...all, [name]: reasonAgainst(name, value) }));
      },
      onBlur: ({ target: { value } }: { target: HTMLInputElement }) => {
        if (value !== "") setReasons((all) => ({ ...all, [name]: reasonAgainst(name, value) }));
      },
    }),
  };
}
