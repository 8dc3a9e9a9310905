import { checkEmail, checkMessageBody, checkName, checkPhone, type Checked } from "../../lib/validation";
import { withCountryCode } from "./phone";

export const FORM_FIELDS = ["name", "email", "phone", "message"] as const;
export type FormField = (typeof FORM_FIELDS)[number];

/** What the visitor typed; `country` is the ISO code chosen beside the phone number. */
export type FormInput = Record<FormField, string> & { country: string };

/** What is sent: trimmed, the phone number as E.164. */
export type FormValues = Record<FormField, string>;

export type FieldErrors = Partial<Record<FormField, string>>;

export function checkField(field: FormField, input: FormInput): Checked<string> {
  switch (field) {
    case "name":
      return checkName(input.name);
    case "email":
      return checkEmail(input.email);
    case "phone":
      return checkPhone(withCountryCode(input.phone, input.country));
    case "message":
      return checkMessageBody(input.message);
    default:
      return field satisfies never;
  }
}

export function checkForm(
  input: FormInput,
): { ok: true; values: FormValues } | { ok: false; errors: FieldErrors } {
  const values: FormValues = { name: "", email: "", phone: "", message: "" };
  const errors: FieldErrors = {};
  for (const field of FORM_FIELDS) {
    const checked = checkField(field, input);
    if (checked.ok) values[field] = checked.value;
    else errors[field] = checked.reason;
  }
  return Object.keys(errors).length === 0 ? { ok: true, values } : { ok: false, errors };
}

export function isFormField(name: unknown): name is FormField {
  return FORM_FIELDS.some((field) => field === name);
}
