import type { Refusal } from "../../lib/errors";
import type { WidgetForm } from "../../lib/widget-settings";
import { explain, FORM_FIELDS, type FieldErrors, type FormValues } from "./form-fields";
import { fill, type Texts } from "./texts";

/** Why the server refused, in the panel's language; null where `texts` have no words for it. */
export function explainRefusal(refusal: Refusal | null, texts: Texts): string | null {
  if (refusal?.field === "attachments") return texts.fileGone;
  switch (refusal?.code) {
    case "RATE_LIMITED":
      return fill(texts.tooMany, { seconds: Math.max(1, Math.ceil((refusal.retryAfterMs ?? 0) / 1_000)) });
    case "AUTOMATION_SUSPECTED":
      return texts.looksAutomated;
    case "ORIGIN_NOT_ALLOWED":
      return texts.notHere;
    case "IDENTITY_REQUIRED":
      return texts.signInFirst;
    case "IDENTITY_INVALID":
    case "IDENTITY_EXPIRED":
      return texts.signInAgain;
    // The brand has changed since the page was loaded: its form, its files, or whether it is there at all.
    case "VALIDATION":
    case "FORBIDDEN":
    case "NOT_FOUND":
      return texts.outdated;
    default:
      return null;
  }
}

/**
 * What a form says that the server has refused: beside the fields that it asks for, else about the whole. `errors` are
 * the server's own words, which are shown in English alone.
 */
export function explainForm(
  { refusal, errors }: { refusal: Refusal | null; errors: FieldErrors },
  sent: FormValues,
  { asked, texts }: { asked: WidgetForm; texts: Texts },
): { errors: FieldErrors; notice: string | null } {
  const shown: FieldErrors = {};
  for (const field of FORM_FIELDS) {
    const reason = errors[field];
    const isAsked = field === "message" || asked[field] !== "off";
    if (reason !== undefined && isAsked) shown[field] = explain(field, sent[field], reason, texts);
  }
  const isAboutFields = Object.keys(shown).length > 0;
  return {
    errors: shown,
    notice: isAboutFields ? null : (explainRefusal(refusal, texts) ?? texts.serviceFailed),
  };
}
