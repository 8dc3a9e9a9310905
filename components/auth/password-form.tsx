import type { ComponentProps, ReactNode } from "react";
import { NoteBox } from "@/components/ui/note-box";

type PasswordFormProps = {
  /** Whose password it is: password managers keep it under this. */
  email: string;
  refusal: { message: string } | null;
  form: ComponentProps<"form">;
  children: ReactNode;
};

/** A form in which somebody chooses a password, below what was refused. */
export function PasswordForm({ email, refusal, form, children }: PasswordFormProps) {
  return (
    <>
      {refusal ? <NoteBox kind="danger">{refusal.message}</NoteBox> : null}
      <form {...form} className="grid gap-3.5 [--control-h:38px] max-md:[--control-h:44px]">
        <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
        {children}
      </form>
    </>
  );
}
