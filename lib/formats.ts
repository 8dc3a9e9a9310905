/** How one person reads dates, times and numbers. */
import type { Checked } from "./validation";
import { isTimezone } from "./widget-settings";

/** Languages and countries whose formats can be chosen, by BCP 47. */
export const FORMAT_LOCALES = [
  ...["ar-EG", "cs-CZ", "da-DK", "de-AT", "de-CH", "de-DE", "el-GR", "en-AU", "en-CA", "en-GB", "en-IE"],
  ...["en-IN", "en-NZ", "en-US", "en-ZA", "es-ES", "es-MX", "fi-FI", "fr-CA", "fr-CH", "fr-FR", "he-IL"],
  ...["hi-IN", "hu-HU", "id-ID", "it-IT", "ja-JP", "ko-KR", "nb-NO", "nl-BE", "nl-NL", "pl-PL", "pt-BR"],
  ...["pt-PT", "ro-RO", "sv-SE", "th-TH", "tr-TR", "uk-UA", "vi-VN", "zh-CN", "zh-TW"],
];

/** Absent: the browser's own. */
export type Formats = { locale?: string; timeZone?: string };

export const checkFormatLocale = (locale: string): Checked<string> =>
  FORMAT_LOCALES.includes(locale)
    ? { ok: true, value: locale }
    : { ok: false, reason: "Choose one of the languages that are listed." };

export const checkTimeZone = (timeZone: string): Checked<string> =>
  isTimezone(timeZone)
    ? { ok: true, value: timeZone }
    : { ok: false, reason: "Choose a time zone like Europe/Berlin." };
