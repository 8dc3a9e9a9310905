"use client";

import { useState, type ReactNode } from "react";
import { readError } from "@/lib/errors";
import { reasonOf } from "@/components/hooks/refusals";
import type { Submitted } from "@/components/auth/submit";
import { useCheckedForm } from "@/components/auth/use-checked-form";
import { Button } from "@/components/ui/button";
import { NoteBox } from "@/components/ui/note-box";
import type { Checked } from "@/lib/validation";

type OwnFormProps<Name extends string> = {
  checks: Record<Name, (text: string) => Checked<string>>;
  /** Rejects with the server's refusal. */
  save: (texts: Record<Name, string>) => Promise<unknown>;
  /** The button's word, and its word while it runs. */
  action: string;
  busyWord: string;
  /** What is true once it worked. */
  done: string;
  /** Its fields are empty again then: they held a password. */
  clears?: boolean;
  children: (field: ReturnType<typeof useCheckedForm<Name>>["field"]) => ReactNode;
};

/** A form of the account page: it stays, and says in place that it worked. */
export function OwnForm<Name extends string>(props: OwnFormProps<Name>) {
  const { checks, save, action, busyWord, done, clears = false, children } = props;
  const [saved, setSaved] = useState(0);
  const { busy, refusal, form, field } = useCheckedForm({
    checks,
    send: async (texts): Promise<Submitted> => {
      try {
        await save(texts);
        return { ok: true };
      } catch (error) {
        return { ok: false, code: "REFUSED", message: reasonOf(error), field: readError(error)?.field };
      }
    },
    onDone: () => setSaved((count) => count + 1),
    stays: true,
  });
  return (
    <form {...form} key={clears ? saved : 0} className="grid max-w-[420px] gap-3.5">
      {refusal ? <NoteBox kind="danger">{refusal.message}</NoteBox> : null}
      {children(field)}
      <div className="flex items-center gap-3">
        <Button type="submit" busy={busy}>
          {busy ? busyWord : action}
        </Button>
        <span role="status" className="text-13 text-success-ink">
          {saved > 0 && !busy && !refusal ? done : null}
        </span>
      </div>
    </form>
  );
}
