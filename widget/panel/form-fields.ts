import { MESSAGE_BODY_MAX } from "../../lib/limits";
import { checkEmail, checkMessageBody, checkName, checkPhone, type Checked } from "../../lib/validation";
import type { WidgetForm } from "../../lib/widget-settings";
import { withCountryCode } from "./phone";
import { fill, type Texts } from "./texts";

export const FORM_FIELDS = ["name", "email", "phone", "message"] as const;
export type FormField = (typeof FORM_FIELDS)[number];

/**
 * What the visitor typed; `country` is the ISO code chosen beside the phone number, `topic` what is in the field that
 * only scripts fill.
 */
export type FormInput = Record<FormField, string> & { country: string; topic: string };

/** What is sent: trimmed, the phone number as E.164. */
export type FormValues = Record<FormField, string>;

export type FieldErrors = Partial<Record<FormField, string>>;

/** A field that is not asked for, or may stay empty and does, is fine as it is. Says what is wrong in `texts`. */
export function checkField(
  field: FormField,
  input: FormInput,
  { asked, texts }: { asked: WidgetForm; texts: Texts },
): Checked<string> {
  const mode = field === "message" ? "required" : asked[field];
  if (mode === "off" || (mode === "optional" && input[field].trim() === "")) return { ok: true, value: "" };
  const checked = judge(field, input);
  return checked.ok ? checked : { ok: false, reason: explain(field, input[field], checked.reason, texts) };
}

function judge(field: FormField, input: FormInput): Checked<string> {
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

/** `reason` is the check's own, in English; where `texts` have words for the case, they say it. */
export function explain(field: FormField, value: string, reason: string, texts: Texts): string {
  const typed = value.trim();
  if (typed === "") return texts[`${field}Missing`] ?? reason;
  if (field === "message" && typed.length > MESSAGE_BODY_MAX && texts.messageTooLong !== undefined) {
    return fill(texts.messageTooLong, { count: typed.length, max: MESSAGE_BODY_MAX });
  }
  return texts[`${field}Wrong`] ?? reason;
}

export function checkForm(
  input: FormInput,
  options: { asked: WidgetForm; texts: Texts },
): { ok: true; values: FormValues } | { ok: false; errors: FieldErrors } {
  const values: FormValues = { name: "", email: "", phone: "", message: "" };
  const errors: FieldErrors = {};
  for (const field of FORM_FIELDS) {
    const checked = checkField(field, input, options);
    if (checked.ok) values[field] = checked.value;
    else errors[field] = checked.reason;
  }
  return Object.keys(errors).length === 0 ? { ok: true, values } : { ok: false, errors };
}

export function isFormField(name: unknown): name is FormField {
  return FORM_FIELDS.some((field) => field === name);
}
