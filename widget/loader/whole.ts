/**
 * The loader with the panel and all languages in one file, for Subresource Integrity: nothing runs that the page's
 * integrity attribute has not covered. The server puts nothing in, so the tag names the site's address.
 */
import type { Language } from "../shared/language";
import type { LanguageModule, LoadedPanel } from "../shared/types";
import { findEmbedTags } from "./script-tag";
import { startWidgets } from "./start";

// One bundle holds these imports; each is evaluated when it is first asked for, so that a page pays for none of it before.
const LANGUAGES: Readonly<Record<Exclude<Language, "en">, () => Promise<LanguageModule>>> = {
  ar: () => import("../languages/ar"),
  de: () => import("../languages/de"),
  es: () => import("../languages/es"),
  fr: () => import("../languages/fr"),
  hi: () => import("../languages/hi"),
  pt: () => import("../languages/pt"),
};

async function loadPanel(language: Language): Promise<LoadedPanel> {
  const [{ mountPanel }, texts] = await Promise.all([
    import("../panel/main"),
    language === "en" ? null : LANGUAGES[language](),
  ]);
  return { mountPanel, translation: texts?.default ?? {} };
}

startWidgets(
  findEmbedTags(document, "script[data-site-url]"),
  ({ siteUrl }) => (siteUrl ? { siteUrl, loadPanel } : null),
  "data-widget-id and data-site-url",
);
