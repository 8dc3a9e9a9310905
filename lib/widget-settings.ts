/** What a brand sets about its widget: what is set when nothing is, and the checks of what an owner types. */
import * as limits from "./limits";
import type { Checked } from "./validation";

export type FieldMode = "off" | "optional" | "required";
/** Which fields the form asks for before the first message. The message itself always is. */
export type WidgetForm = { name: FieldMode; email: FieldMode; phone: FieldMode };
/** A line under the form, with a link to what the visitor agrees to. */
export type Consent = { text: string; url: string };
/** One day's hours as HH:MM on a clock of 24 hours; `close` is later than `open`, at most 24:00. */
export type DayHours = { open: string; close: string };
/** When somebody answers. Seven days from Monday on; null: closed. */
export type BusinessHours = { timezone: string; days: (DayHours | null)[] };
export type WidgetTheme = "auto" | "light" | "dark";
/** The language of the widget's own texts; auto: the visitor's. */
export type WidgetLocale = "auto" | "en" | "de" | "fr" | "es" | "pt" | "hi" | "ar";

export type WidgetSettings = {
  form: WidgetForm;
  consent?: Consent;
  theme: WidgetTheme;
  locale: WidgetLocale;
  /** Replaces texts of the widget, by their keys. */
  texts: Record<string, string>;
  businessHours?: BusinessHours; // absent: always
  sound: boolean;
  allowAttachments: boolean;
  askLocation: boolean;
  /** Whether answers that visitors do not read go to the email that they left; absent: yes. */
  mailAnswers?: boolean;
};

export const DEFAULT_WIDGET_SETTINGS: WidgetSettings = {
  form: { name: "required", email: "required", phone: "required" },
  theme: "auto",
  locale: "auto",
  texts: {},
  sound: true,
  allowAttachments: true,
  askLocation: true,
};

const accept = <T>(value: T): Checked<T> => ({ ok: true, value });
const refuse = (reason: string): Checked<never> => ({ ok: false, reason });

const CONTROL_EXCEPT_NEWLINE = /(?!\n)\p{Cc}/u;
const LONE_SURROGATE = /\p{Cs}/u;
const DAYS = 7;

/** Text of at most `max` characters, trimmed, with line breaks as \n; may be empty. */
function checkText(text: string, what: string, max: number): Checked<string> {
  const value = text.replace(/\r\n?/g, "\n").trim();
  if (value.length > max) return refuse(`The ${what} is too long: at most ${max} characters.`);
  return CONTROL_EXCEPT_NEWLINE.test(value) || LONE_SURROGATE.test(value)
    ? refuse(`The ${what} contains characters that cannot be used.`)
    : accept(value);
}

/** A colour as #rrggbb, in lower case. */
export function checkColor(text: string): Checked<string> {
  const value = text.trim().toLowerCase();
  return /^#[0-9a-f]{6}$/.test(value) ? accept(value) : refuse("Enter a colour like #2b5c8a.");
}

/** What the widget says before anyone has written; empty: nothing. */
export function checkWelcome(text: string): Checked<string> {
  return checkText(text, "welcome message", limits.WELCOME_MAX);
}

/** An address that browsers load or open: http or https, at most 2,048 characters. */
export function checkLink(text: string): Checked<string> {
  const value = text.trim();
  if (value.length > limits.LINK_MAX)
    return refuse(`The address is too long: at most ${limits.LINK_MAX} characters.`);
  const url = URL.canParse(value) ? new URL(value) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    return refuse("Enter a whole address that begins with https:// or http://.");
  }
  return url.username === "" && url.password === ""
    ? accept(url.href)
    : refuse("The address may not contain a user name or a password.");
}

/** Origins of pages that may embed the widget, each once; none: any page. A whole address counts as its origin. */
export function checkAllowedOrigins(list: readonly string[]): Checked<string[]> {
  const origins = new Set<string>();
  for (const text of list) {
    const checked = checkLink(text);
    if (!checked.ok)
      return refuse(`"${text.slice(0, 100)}" is not a page's origin, like https://example.com.`);
    origins.add(new URL(checked.value).origin);
  }
  return origins.size > limits.ALLOWED_ORIGINS_MAX
    ? refuse(`These are too many origins: at most ${limits.ALLOWED_ORIGINS_MAX}.`)
    : accept([...origins]);
}

export function checkConsent({ text, url }: Consent): Checked<Consent> {
  const checkedText = checkText(text, "consent line", limits.CONSENT_TEXT_MAX);
  if (!checkedText.ok) return checkedText;
  if (checkedText.value === "") return refuse("Enter the consent line.");
  const checkedUrl = checkLink(url);
  return checkedUrl.ok ? accept({ text: checkedText.value, url: checkedUrl.value }) : checkedUrl;
}

/** Replaced texts by key. A blank one is left out: the widget's own text stands again. */
export function checkTexts(texts: Readonly<Record<string, string>>): Checked<Record<string, string>> {
  const entries: [string, string][] = [];
  for (const [key, text] of Object.entries(texts)) {
    if (!/^[a-z][A-Za-z0-9]{0,39}$/.test(key))
      return refuse(`"${key.slice(0, 100)}" is not the key of a text.`);
    const checked = checkText(text, `text "${key}"`, limits.WIDGET_TEXT_MAX);
    if (!checked.ok) return checked;
    if (checked.value !== "") entries.push([key, checked.value]);
  }
  return entries.length > limits.WIDGET_TEXTS_MAX
    ? refuse(`These are too many texts: at most ${limits.WIDGET_TEXTS_MAX}.`)
    : accept(Object.fromEntries(entries));
}

export function checkBusinessHours({ timezone, days }: BusinessHours): Checked<BusinessHours> {
  if (!isTimezone(timezone)) return refuse("Choose a time zone like Europe/Berlin.");
  if (days.length !== DAYS) return refuse("Give the hours of seven days, from Monday on.");
  const wrong = days.findIndex((day) => day !== null && !isDayHours(day));
  return wrong === -1
    ? accept({ timezone, days })
    : refuse(`Day ${wrong + 1} must open before it closes, with times from 00:00 to 24:00.`);
}

/** Whether it is the name of a time zone. */
export function isTimezone(timezone: string): boolean {
  // An offset alone would not follow summer time, and older browsers do not know it.
  if (!/^[A-Za-z]/.test(timezone)) return false;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: timezone }).format(0) !== "";
  } catch {
    return false;
  }
}

const isTime = (text: string): boolean => /^(?:([01]\d|2[0-3]):[0-5]\d|24:00)$/.test(text);

/** Times of equal length compare as texts. */
const isDayHours = ({ open, close }: DayHours): boolean => isTime(open) && isTime(close) && open < close;
