import type { ComponentProps } from "react";
import { AuthForm } from "./auth-form";

type PasswordFormProps = {
  /** Whose password it is: password managers keep it under this. */
  email: string;
  refusal: { message: string } | null;
  form: ComponentProps<"form">;
} & Pick<ComponentProps<"form">, "children">;

/** A form in which somebody chooses a password. */
export function PasswordForm({ email, refusal, form, children }: PasswordFormProps) {
  return (
    <AuthForm {...form} refusal={refusal?.message}>
      <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
      {children}
    </AuthForm>
  );
}
