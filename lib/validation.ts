/**
 * Checks of what people type, used by forms before sending and by the server as the only judge.
 * Each takes the raw text and returns the normalised value, or a reason fit to be shown beside the field.
 */
import { CUSTOM_DATA_MAX, DRAFT_MAX, EMAIL_MAX, EXTERNAL_ID_MAX, MESSAGE_BODY_MAX, NAME_MAX } from "./limits";
import { LEAD_NOTES_MAX, LEAD_REMARK_MAX, PAGE_URL_MAX, PASSWORD_MAX, PASSWORD_MIN } from "./limits";
import { SEARCH_QUERY_MAX, SEARCH_QUERY_MIN, SENDER_NAME_MAX, SNOOZE_DAYS_MAX, TAG_MAX } from "./limits";

export type Checked<T> = { ok: true; value: T } | { ok: false; reason: string };

const accept = <T>(value: T): Checked<T> => ({ ok: true, value });
const refuse = (reason: string): Checked<never> => ({ ok: false, reason });

/** Separators and format characters (such as U+200B): a text of these alone shows nothing. */
const INVISIBLE = /[\s\p{Z}\p{Cf}]/gu;
const CONTROL = /\p{Cc}/u;
const CONTROL_EXCEPT_NEWLINE_AND_TAB = /(?![\n\t])\p{Cc}/u;
/** Half of a surrogate pair: not a character, and not representable in UTF-8. */
const LONE_SURROGATE = /\p{Cs}/u;

const formatNumber = (value: number): string => value.toLocaleString("en-US");
const isBlank = (text: string): boolean => text.replace(INVISIBLE, "") === "";

/** Message text: 1 to 10,000 characters after trimming, line breaks as \n, no control characters but \n and \t. */
export function checkMessageBody(text: string): Checked<string> {
  const value = text.replace(/\r\n?/g, "\n").trim();
  if (isBlank(value)) return refuse("Write a message first.");
  if (value.length > MESSAGE_BODY_MAX) {
    return refuse(
      `The message is too long: ${formatNumber(value.length)} characters, at most ${formatNumber(MESSAGE_BODY_MAX)}.`,
    );
  }
  if (CONTROL_EXCEPT_NEWLINE_AND_TAB.test(value) || LONE_SURROGATE.test(value)) {
    return refuse("The message contains characters that cannot be sent. Remove them and try again.");
  }
  return accept(value);
}

/** Text that is still being written: kept as it is, blank or not. */
export function checkDraft(text: string): Checked<string> {
  if (text.length > DRAFT_MAX) {
    return refuse(`The draft is too long to be kept: at most ${formatNumber(DRAFT_MAX)} characters.`);
  }
  return LONE_SURROGATE.test(text)
    ? refuse("The draft contains characters that cannot be stored.")
    : accept(text);
}

/** The same beside files, which may be sent without a word. */
export function checkMessageContent(text: string, fileCount: number): Checked<string> {
  return fileCount > 0 && isBlank(text) ? accept("") : checkMessageBody(text);
}

/** A person's or a workspace's name: 1 to 120 characters, one line. */
export function checkName(text: string, label = "name"): Checked<string> {
  const value = text.trim();
  if (isBlank(value)) return refuse(`Enter a ${label}.`);
  if (value.length > NAME_MAX) return refuse(`The ${label} is too long: at most ${NAME_MAX} characters.`);
  if (CONTROL.test(value) || LONE_SURROGATE.test(value)) {
    return refuse(`The ${label} contains characters that cannot be used.`);
  }
  return accept(value);
}

/** The name under which a program's reply is shown to the visitor: 1 to 80 characters, one line. */
export function checkSenderName(text: string): Checked<string> {
  const checked = checkName(text, "sender name");
  return checked.ok && checked.value.length > SENDER_NAME_MAX
    ? refuse(`The sender name is too long: at most ${SENDER_NAME_MAX} characters.`)
    : checked;
}

/** Notes about a lead: up to 10,000 characters, line breaks as \n, no control characters but \n and \t. */
export function checkNotes(text: string): Checked<string> {
  const value = text.replace(/\r\n?/g, "\n").trim();
  if (value.length > LEAD_NOTES_MAX) {
    return refuse(`The notes are too long: at most ${formatNumber(LEAD_NOTES_MAX)} characters.`);
  }
  return CONTROL_EXCEPT_NEWLINE_AND_TAB.test(value) || LONE_SURROGATE.test(value)
    ? refuse("The notes contain characters that cannot be stored.")
    : accept(value);
}

/** What a search looks for: 2 to 200 characters with a letter or digit among them. */
export function checkSearch(text: string): Checked<string> {
  const value = text.trim();
  if (value.length < SEARCH_QUERY_MIN || !/[\p{Alphabetic}\p{N}]/u.test(value)) {
    return refuse("Enter at least two letters or digits to search for.");
  }
  return value.length > SEARCH_QUERY_MAX
    ? refuse(`The search is too long: at most ${SEARCH_QUERY_MAX} characters.`)
    : accept(value);
}

/** When a snooze ends: a time to come, at most 366 days ahead. */
export function checkSnoozeEnd(until: number, now: number): Checked<number> {
  if (!Number.isSafeInteger(until) || until <= now) return refuse("Choose a time to come.");
  return until > now + SNOOZE_DAYS_MAX * 24 * 60 * 60 * 1000
    ? refuse(`Choose a time within ${SNOOZE_DAYS_MAX} days.`)
    : accept(until);
}

const TAG = /^[\p{L}\p{M}\p{Nd} _-]+$/u;

/** A tag: 1 to 32 letters of any script, digits, single spaces, _ and -; in lower case. */
export function checkTag(text: string): Checked<string> {
  const value = text.normalize("NFC").trim().replace(/\s+/g, " ").toLowerCase();
  if (value === "") return refuse("Enter a tag.");
  if (value.length > TAG_MAX) return refuse(`The tag is too long: at most ${TAG_MAX} characters.`);
  return TAG.test(value)
    ? accept(value)
    : refuse("A tag has letters, digits, spaces, _ and - only. Leave out the rest.");
}

/** A remark on a lead: 1 to 5,000 characters, line breaks as \n, no control characters but \n and \t. */
export function checkRemark(text: string): Checked<string> {
  const value = text.replace(/\r\n?/g, "\n").trim();
  if (isBlank(value)) return refuse("Write a remark first.");
  if (value.length > LEAD_REMARK_MAX) {
    return refuse(`The remark is too long: at most ${formatNumber(LEAD_REMARK_MAX)} characters.`);
  }
  return CONTROL_EXCEPT_NEWLINE_AND_TAB.test(value) || LONE_SURROGATE.test(value)
    ? refuse("The remark contains characters that cannot be stored.")
    : accept(value);
}

const EMAIL_LOCAL = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const DOMAIN_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** An address in the usual local@domain.tld form, returned in lower case: that is how accounts are matched. */
export function checkEmail(text: string): Checked<string> {
  const value = text.trim().toLowerCase();
  if (value === "") return refuse("Enter an email address.");
  if (value.length > EMAIL_MAX)
    return refuse(`The email address is too long: at most ${EMAIL_MAX} characters.`);
  const at = value.lastIndexOf("@");
  const local = value.slice(0, at);
  const labels = value.slice(at + 1).split(".");
  const valid =
    at > 0 &&
    local.length <= 64 &&
    EMAIL_LOCAL.test(local) &&
    labels.length >= 2 &&
    labels.every((label) => DOMAIN_LABEL.test(label)) &&
    !/^\d+$/.test(labels[labels.length - 1] ?? "");
  return valid ? accept(value) : refuse("Enter an email address like name@example.com.");
}

/** A phone number with its country code, returned as E.164: + and 7 to 15 digits. */
export function checkPhone(text: string): Checked<string> {
  const trimmed = text.trim();
  if (trimmed === "") return refuse("Enter a phone number.");
  const compact = trimmed.replace(/[\s().\-/]/g, "").replace(/^00/, "+");
  return /^\+[1-9]\d{6,14}$/.test(compact)
    ? accept(compact)
    : refuse("Enter a phone number with its country code, like +44 20 7946 0958.");
}

/** A new password: 8 to 256 characters, anything but control characters. Not trimmed: spaces count. */
export function checkPassword(text: string): Checked<string> {
  if (text.length < PASSWORD_MIN) return refuse(`Choose a password of at least ${PASSWORD_MIN} characters.`);
  if (text.length > PASSWORD_MAX)
    return refuse(`The password is too long: at most ${PASSWORD_MAX} characters.`);
  if (isBlank(text) || CONTROL.test(text) || LONE_SURROGATE.test(text)) {
    return refuse("The password contains characters that cannot be used.");
  }
  return accept(text);
}

/** Made by the client for each message, so that a repeated send is recognised: 1 to 64 of A-Z a-z 0-9 _ -. */
export function checkClientMessageId(text: string): Checked<string> {
  return /^[A-Za-z0-9_-]{1,64}$/.test(text)
    ? accept(text)
    : refuse("clientMessageId must be 1 to 64 letters, digits, _ or -.");
}

/** A visitor's secret, made by the browser: v_ and 256 random bits in hex. */
export function checkVisitorKey(text: string): Checked<string> {
  return /^v_[0-9a-f]{64}$/.test(text)
    ? accept(text)
    : refuse("visitorKey must be v_ and 64 lower-case hex digits.");
}

/** A person's id in the embedding site's own records, as it is: 1 to 255 characters, one line. */
export function checkExternalId(text: string): Checked<string> {
  return isBlank(text) || text.length > EXTERNAL_ID_MAX || CONTROL.test(text) || LONE_SURROGATE.test(text)
    ? refuse(`The id must be 1 to ${EXTERNAL_ID_MAX} characters.`)
    : accept(text);
}

/** The address of the page the visitor writes from; http and https only, without its fragment. */
export function checkPageUrl(text: string): Checked<string> {
  if (text.length > PAGE_URL_MAX)
    return refuse(`The page address is too long: at most ${PAGE_URL_MAX} characters.`);
  if (!URL.canParse(text)) return refuse("The page address is not a URL.");
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    return refuse("The page address must begin with http:// or https://.");
  }
  url.hash = "";
  url.username = "";
  url.password = "";
  return accept(url.href);
}

/** Free text that the embedding site attaches to a visitor (by custom JSON). */
export function checkCustomData(text: string): Checked<string> {
  if (text.length > CUSTOM_DATA_MAX)
    return refuse(`customData is too long: at most ${CUSTOM_DATA_MAX} characters.`);
  if (LONE_SURROGATE.test(text)) return refuse("customData contains characters that cannot be stored.");
  return accept(text);
}

/** A place on Earth in degrees, with the radius of its uncertainty in metres if it is known. */
export function checkLocation({ lat, lng, accuracy }: GivenLocation): Checked<GivenLocation> {
  const isPlace = Math.abs(lat) <= 90 && Math.abs(lng) <= 180;
  const isRadius = accuracy === undefined || (accuracy >= 0 && accuracy <= EARTH_CIRCUMFERENCE_M);
  return isPlace && isRadius ? accept({ lat, lng, accuracy }) : refuse("This is no place on Earth.");
}

type GivenLocation = { lat: number; lng: number; accuracy?: number };
const EARTH_CIRCUMFERENCE_M = 40_075_017;
