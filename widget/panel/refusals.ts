import type { AppErrorData } from "../../lib/errors";
import { fill, type Texts } from "./texts";

/** Why the server refused, in the panel's language; null where it has no words for it. */
export function explainRefusal(refusal: AppErrorData | null, texts: Texts): string | null {
  switch (refusal?.code) {
    case "RATE_LIMITED":
      return fill(texts.tooMany, { seconds: Math.max(1, Math.ceil((refusal.retryAfterMs ?? 0) / 1_000)) });
    case "AUTOMATION_SUSPECTED":
      return texts.looksAutomated;
    case "IDENTITY_REQUIRED":
      return texts.signInFirst;
    case "IDENTITY_EXPIRED":
      return texts.signInAgain;
    default:
      return null;
  }
}
