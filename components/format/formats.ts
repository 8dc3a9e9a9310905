import type { Formats } from "@/lib/formats";

let chosen: Formats = {};

/** How the person at this page reads dates and numbers: what all of components/format goes by unless it is told otherwise. */
export const formats = (): Formats => chosen;

/** Only in a browser: a server draws pages of several people at once. */
export function setFormats({ locale, timeZone }: Formats): void {
  chosen = { locale, timeZone };
}

/** The zone that times are shown in. */
export const shownTimeZone = (): string =>
  chosen.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;

/** A number with its separators: "1,240". */
export const numberText = (value: number, locale = chosen.locale): string => value.toLocaleString(locale);
