import type { WidgetLocale } from "../../lib/widget-settings";

export type Language = Exclude<WidgetLocale, "auto">;

const LANGUAGES: readonly string[] = ["en", "de", "fr", "es", "pt", "hi", "ar"] satisfies Language[];

/** The brand's language, or the first of the visitor's that there is, or English. */
export function chooseLanguage(locale: WidgetLocale, preferred: readonly string[]): Language {
  if (locale !== "auto") return locale;
  const bases = preferred.map((tag) => tag.split("-")[0]?.toLowerCase() ?? "");
  return (bases.find((base) => LANGUAGES.includes(base)) ?? "en") as Language;
}

export function directionOf(language: Language): "ltr" | "rtl" {
  return language === "ar" ? "rtl" : "ltr";
}
