import { expect, test } from "vitest";
import { launcherTexts } from "@/lib/launcher-texts";
import ar from "@/widget/languages/ar";
import de from "@/widget/languages/de";
import es from "@/widget/languages/es";
import fr from "@/widget/languages/fr";
import hi from "@/widget/languages/hi";
import pt from "@/widget/languages/pt";
import { english, fill, newMessagesText, type Translation } from "@/widget/panel/texts";
import { chooseLanguage } from "@/widget/shared/language";

const languages: Record<string, Translation> = { ar, de, es, fr, hi, pt };
const gaps = (text: string | undefined) => (text?.match(/\{\w+\}/g) ?? []).sort();

test.each(Object.entries(languages))("%s puts the same things into its texts as English", (_, texts) => {
  for (const [key, text] of Object.entries(english)) {
    expect({ key, gaps: gaps(texts[key as keyof typeof english]) }).toEqual({ key, gaps: gaps(text) });
  }
  expect(gaps(texts.messageTooLong)).toEqual(["{count}", "{max}"]);
  expect(gaps(texts.tooMany)).toEqual(["{seconds}"]);
});

test("a text takes what it names, and nothing else", () => {
  expect(fill("{a} and {b} and {constructor}", { a: 1, b: "{a}" })).toBe("1 and {a} and {constructor}");
  expect([1, 2].map((count) => newMessagesText(english, count))).toEqual(["1 new message", "2 new messages"]);
});

test("the launcher has words in each of them, and the brand's own go first", () => {
  const all = launcherTexts({ locale: "auto", texts: {} });
  expect(Object.keys(all).sort()).toEqual(["en", ...Object.keys(languages)].sort());
  expect(launcherTexts({ locale: "fr", texts: { openChat: "Salut" } })).toEqual({
    fr: { ...all.fr, openChat: "Salut" },
  });
});

test.each([
  ["auto", ["pt-BR", "en"], "pt"],
  ["auto", ["zh", "HI-in"], "hi"],
  ["auto", [], "en"],
  ["de", ["fr"], "de"],
] as const)("a brand that says %s and a visitor of %j get %s", (locale, preferred, language) => {
  expect(chooseLanguage(locale, preferred)).toBe(language);
});
