import type { WidgetLocale } from "./widget-settings";

/** What the widget says before it has loaded its panel and the panel's texts. */
export type LauncherTexts = { openChat: string; loadFailed: string };

const TEXTS: Record<Exclude<WidgetLocale, "auto">, LauncherTexts> = {
  en: { openChat: "Open chat", loadFailed: "The chat could not be loaded. Try again." },
  de: {
    openChat: "Chat öffnen",
    loadFailed: "Der Chat konnte nicht geladen werden. Versuchen Sie es noch einmal.",
  },
  fr: { openChat: "Ouvrir le chat", loadFailed: "Le chat n’a pas pu être chargé. Réessayez." },
  es: { openChat: "Abrir el chat", loadFailed: "No se pudo cargar el chat. Inténtalo de nuevo." },
  pt: { openChat: "Abrir o chat", loadFailed: "Não foi possível carregar o chat. Tente de novo." },
  hi: { openChat: "चैट खोलें", loadFailed: "चैट लोड नहीं हो सकी। फिर कोशिश करें।" },
  ar: { openChat: "فتح المحادثة", loadFailed: "تعذر تحميل المحادثة. حاول مرة أخرى." },
};

/** By language, for those that a visitor may get: a brand's own one, or all. A brand's own words go first. */
export function launcherTexts({
  locale,
  texts,
}: {
  locale: WidgetLocale;
  texts: Readonly<Record<string, string>>;
}): Record<string, LauncherTexts> {
  const { openChat, loadFailed } = texts;
  const own = {
    ...(openChat !== undefined && { openChat }),
    ...(loadFailed !== undefined && { loadFailed }),
  };
  const languages = Object.entries(TEXTS).filter(([language]) => locale === "auto" || locale === language);
  return Object.fromEntries(languages.map(([language, words]) => [language, { ...words, ...own }]));
}
