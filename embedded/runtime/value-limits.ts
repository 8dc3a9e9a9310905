import { MAX_ARRAY_LENGTH, MAX_OBJECT_FIELDS, MAX_VALUE_NESTING } from "../engine/limits";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Whether a valid JSON text is surely within the limits for nesting, array length and object fields. Looks at the
 * characters alone, many times faster than parsing: nearly all results are within, and only the others need a closer look.
 */
export function isSurelyWithinLimits(text: string): boolean {
  // Shorter than any value that is too deep (`[[…]]`) or too wide.
  if (text.length <= 2 * MAX_VALUE_NESTING) return true;
  const items = [0];
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case QUOTE:
        i = endOfString(text, i);
        break;
      case OPEN_BRACKET:
      case OPEN_BRACE:
        if (items.length > MAX_VALUE_NESTING) return false;
        items.push(1);
        break;
      case COMMA: {
        const count = (items.pop() ?? 0) + 1;
        // The lower limit serves for both: arrays longer than that are looked at again.
        if (count > Math.min(MAX_OBJECT_FIELDS, MAX_ARRAY_LENGTH)) return false;
        items.push(count);
        break;
      }
      case CLOSE_BRACKET:
      case CLOSE_BRACE:
        items.pop();
        break;
    }
  }
  return true;
}

/** Position of the closing quote of the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}
