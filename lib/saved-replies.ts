/** Checks of what a saved reply is made of, as in validation.ts. */
import { SAVED_REPLY_BODY_MAX, SAVED_REPLY_TITLE_MAX } from "./limits";
import { REPLY_VARIABLES, unknownVariables } from "./reply-variables";
import { checkMessageBody, checkName, type Checked } from "./validation";

/** A saved reply's title: 1 to 80 characters, one line. */
export function checkTitle(text: string): Checked<string> {
  const checked = checkName(text, "title");
  return checked.ok && checked.value.length > SAVED_REPLY_TITLE_MAX
    ? { ok: false, reason: `The title is too long: at most ${SAVED_REPLY_TITLE_MAX} characters.` }
    : checked;
}

/** A saved reply's text: a message of at most 5,000 characters, all of whose variables are known. */
export function checkSavedReplyBody(text: string): Checked<string> {
  const checked = checkMessageBody(text);
  if (!checked.ok) return checked;
  if (checked.value.length > SAVED_REPLY_BODY_MAX) {
    const most = SAVED_REPLY_BODY_MAX.toLocaleString("en-US");
    return { ok: false, reason: `The text is too long: at most ${most} characters.` };
  }
  const [unknown] = unknownVariables(checked.value);
  return unknown === undefined
    ? checked
    : {
        ok: false,
        reason: `There is no variable {{${unknown}}}. Use one of ${REPLY_VARIABLES.join(", ")}.`,
      };
}

/** What is typed behind a slash: 2 to 30 letters, digits, _ or -; returned in lower case without the slash. */
export function checkShortcut(text: string): Checked<string> {
  const value = text.trim().replace(/^\//, "").toLowerCase();
  return /^[a-z0-9_-]{2,30}$/.test(value)
    ? { ok: true, value }
    : { ok: false, reason: "Use 2 to 30 letters, digits, _ or - for the shortcut." };
}
