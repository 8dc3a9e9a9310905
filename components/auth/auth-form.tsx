import type { ComponentProps, ReactNode } from "react";
import { NoteBox } from "@/components/ui/note-box";

type AuthFormProps = Omit<ComponentProps<"form">, "className"> & { refusal?: ReactNode };

/** A form of the pages before the dashboard, below what was refused: one column with tall fields. */
export function AuthForm({ refusal, ...form }: AuthFormProps) {
  return (
    <>
      {refusal ? <NoteBox kind="danger">{refusal}</NoteBox> : null}
      <form {...form} className="grid gap-3.5 [--control-h:38px] max-md:[--control-h:44px]" />
    </>
  );
}
