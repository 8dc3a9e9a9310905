/** A stretch of a message: a link where it has an address. */
export type TextPart = { text: string; href: string | null };

/** Web and mail addresses and telephone links as people write them; nothing else becomes a link. */
const ADDRESS =
  /\b(?:https?:\/\/|mailto:|tel:\+?\d|www\.)[^\s<>"]+|\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/gi;
const CLOSERS: Readonly<Record<string, string>> = { ")": "(", "]": "[" };

/** Splits a text into what is a link and what is not; together the parts are the text again. */
export function linkParts(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const found = withoutSentenceEnd(match[0]);
    const href = addressOf(found);
    if (href === null) continue;
    if (match.index > end) parts.push({ text: text.slice(end, match.index), href: null });
    parts.push({ text: found, href });
    end = match.index + found.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end), href: null });
  return parts;
}

/** "See https://a.example/x)." names no address that ends in ")." */
function withoutSentenceEnd(found: string): string {
  let end = found.length;
  for (; end > 0; end--) {
    const last = found[end - 1] ?? "";
    const opener = CLOSERS[last];
    const count = (mark: string): number => found.slice(0, end).split(mark).length;
    const isSurplus = opener !== undefined && count(last) > count(opener);
    if (!isSurplus && !/[.,;:!?'’”»]/.test(last)) break;
  }
  return found.slice(0, end);
}

function addressOf(found: string): string | null {
  const isBare = !/^(?:https?|mailto|tel):/i.test(found);
  const prefix = found.includes("@") && !/^www\./i.test(found) ? "mailto:" : "https://";
  const whole = isBare ? prefix + found : found;
  try {
    return new URL(whole).href;
  } catch {
    return null;
  }
}
