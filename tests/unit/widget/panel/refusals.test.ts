import { expect, test } from "vitest";
import { ERROR_CODES, type AppErrorData, type ErrorCode } from "@/lib/errors";
import { DEFAULT_WIDGET_SETTINGS } from "@/lib/widget-settings";
import ar from "@/widget/languages/ar";
import de from "@/widget/languages/de";
import es from "@/widget/languages/es";
import fr from "@/widget/languages/fr";
import hi from "@/widget/languages/hi";
import pt from "@/widget/languages/pt";
import { explainForm, explainRefusal } from "@/widget/panel/refusals";
import { english, fill } from "@/widget/panel/texts";

const { form: asked } = DEFAULT_WIDGET_SETTINGS;
const german = { ...english, ...de };
const sent = { name: "Hannah", email: "h@x.de", phone: "", message: "Hello" };
const refusalOf = (code: ErrorCode, more: Partial<AppErrorData> = {}): AppErrorData => ({
  code,
  message: "In the server's words.",
  ...more,
});

test.each(Object.entries({ en: {}, ar, de, es, fr, hi, pt }))(
  "whatever the server refuses, %s says it in words of its own",
  (_, translation) => {
    const texts = { ...english, ...translation };
    const own = Object.values(texts).map((text) => fill(text, { seconds: 3 }));
    // The last one is of HTTP alone, and stands for any that a newer server may give.
    for (const code of [...ERROR_CODES, "PAYLOAD_TOO_LARGE" as ErrorCode]) {
      const refusal = refusalOf(code, { retryAfterMs: 2_500 });
      const { errors, notice } = explainForm({ refusal, errors: {} }, sent, {
        asked,
        texts,
      });
      expect(errors).toEqual({});
      expect(own).toContain(notice);
    }
    expect(explainForm({ refusal: null, errors: {} }, sent, { asked, texts }).notice).toBe(
      texts.serviceFailed,
    );
  },
);

test.each([
  ["RATE_LIMITED", "Zu viele Nachrichten. Versuchen Sie es in 1 s noch einmal."],
  ["AUTOMATION_SUSPECTED", de.looksAutomated],
  ["ORIGIN_NOT_ALLOWED", de.notHere],
  ["IDENTITY_REQUIRED", de.signInFirst],
  ["IDENTITY_INVALID", de.signInAgain],
  ["IDENTITY_EXPIRED", de.signInAgain],
  ["VALIDATION", de.outdated],
  ["FORBIDDEN", de.outdated],
  ["NOT_FOUND", de.outdated],
  ["CONFLICT", null],
] as const)("%s is told as what it means for a visitor", (code, text) => {
  expect(explainRefusal(refusalOf(code), german)).toBe(text);
});

test("a file that is gone is told as that, by whichever code", () => {
  for (const code of ["NOT_FOUND", "CONFLICT"] as const) {
    expect(explainRefusal(refusalOf(code, { field: "attachments" }), german)).toBe(de.fileGone);
  }
});

test("a refused field is told beside it where the form shows it, else about the whole form", () => {
  const refusal = refusalOf("VALIDATION");
  const errors = {
    email: "In the server's words.",
    phone: "In the server's words.",
  };
  const withoutPhone = { ...asked, phone: "off" } as const;
  const explained = explainForm({ refusal, errors }, sent, {
    asked,
    texts: german,
  });
  expect(explained).toEqual({
    errors: { email: de.emailWrong, phone: de.phoneMissing },
    notice: null,
  });
  expect(
    explainForm({ refusal, errors }, sent, {
      asked: withoutPhone,
      texts: german,
    }),
  ).toEqual({
    errors: { email: de.emailWrong },
    notice: null,
  });
  const { phone } = errors;
  expect(
    explainForm({ refusal, errors: { phone } }, sent, {
      asked: withoutPhone,
      texts: german,
    }),
  ).toEqual({ errors: {}, notice: de.outdated });
});
