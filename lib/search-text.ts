/**
 * What a search looks for, and where a text has it. Words are runs of letters and digits without their case and accents;
 * the last word of a query also stands for every word that begins with it. A deployment's search index knows neither, but
 * for the case: it is given the words of a text as `searchWords` has them, and asked for those of `searchTerms`.
 */
import { oneLine } from "./text";

/** A part of a text, in UTF-16 code units. */
export type Hit = { start: number; end: number };
/** Part of a text with the hits in it. */
export type Snippet = { text: string; hits: Hit[] };

/** Words of a query that count; a search index reads no more. */
const TERMS_MAX = 16;
/** An accent may be a character of its own, behind its letter. */
const WORD = /[\p{Alphabetic}\p{N}][\p{Alphabetic}\p{N}\p{M}]*/gu;
/** Code units that a snippet shows before its first hit. */
const LEAD = 40;
/** Accents of Latin, Greek and Cyrillic letters, and points of Hebrew and Arabic ones. Marks of other scripts are no less than letters. */
const ACCENTS = /[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]/g;
/** Letters that people without them on their keyboard write otherwise, and that are no letter with an accent to Unicode. */
const WRITTEN: Readonly<Record<string, string>> = {
  ...{ ß: "ss", æ: "ae", œ: "oe", ø: "o", đ: "d", ð: "d", þ: "th", ł: "l", ħ: "h", ı: "i", ς: "σ" },
};
const TO_WRITE = new RegExp(`[${Object.keys(WRITTEN).join("")}]`, "g");

/** Lower case without accents, so that "Zurich" and "Zürich" are one word. A word of accents alone stays one. */
function foldWord(word: string): string {
  return withoutAccents(word) || word.toLowerCase();
}

function withoutAccents(word: string): string {
  const letters = word.normalize("NFD").replace(ACCENTS, "").normalize("NFC");
  return letters.toLowerCase().replace(TO_WRITE, (letter) => WRITTEN[letter] ?? letter);
}

/** The words of a text for a search index, each once. */
export function searchWords(text: string): string {
  return [...new Set([...text.matchAll(WORD)].map(([word]) => foldWord(word)))].join(" ");
}

/** The different words of a query in their order, the last one last. */
export function searchTerms(query: string): string[] {
  const words = [...query.matchAll(WORD)].map(([word]) => foldWord(word)).slice(0, TERMS_MAX);
  const last = words.at(-1);
  if (last === undefined) return [];
  return [...new Set(words.slice(0, -1).filter((word) => word !== last)), last];
}

/** Where the text has the terms, in its order. */
export function findHits(text: string, terms: readonly string[]): Hit[] {
  return matches(text, terms).map(({ start, end }) => ({ start, end }));
}

/** How many of the terms the text has. */
export function countFound(text: string, terms: readonly string[]): number {
  return new Set(matches(text, terms).map(({ term }) => term)).size;
}

function matches(text: string, terms: readonly string[]): (Hit & { term: string })[] {
  const last = terms.at(-1);
  if (last === undefined) return [];
  const whole = new Set(terms);
  return [...text.matchAll(WORD)].flatMap(({ 0: word, index: start }) => {
    const folded = foldWord(word);
    if (whole.has(folded)) return [{ start, end: start + word.length, term: folded }];
    if (!folded.startsWith(last)) return [];
    return [{ start, end: start + prefixLength(word, last.length), term: last }];
  });
}

/** Code units of the word that its first `folded` code units without accents stand for, with the accents behind them. */
function prefixLength(word: string, folded: number): number {
  let length = 0;
  for (const letter of word) {
    if (!/^\p{M}$/u.test(letter) && withoutAccents(word.slice(0, length)).length >= folded) break;
    length += letter.length;
  }
  return length;
}

/** The text around its first hit on one line of at most `max` code units, cut at whole characters. */
export function snippetOf(body: string, terms: readonly string[], max: number): Snippet {
  const line = body.replace(/\s+/g, " ").trim();
  const first = findHits(line, terms)[0]?.start ?? 0;
  const from = line.length <= max || first <= LEAD ? 0 : wordStart(line, first - LEAD, first);
  const text = from === 0 ? oneLine(line, max) : `…${oneLine(line.slice(from), max - 1)}`;
  return { text, hits: findHits(text, terms) };
}

/** The start of the first word after `from`; `before` itself where no word begins in between. */
function wordStart(line: string, from: number, before: number): number {
  const space = line.indexOf(" ", from);
  return space === -1 || space >= before ? before : space + 1;
}

/** The digits of a query that can only be a phone number with its country code, as an index has them; otherwise null. */
export function phoneQuery(query: string): string | null {
  const digits = query.replace(/[\s().\-/]/g, "").replace(/^(\+|00)/, "");
  return /^\d{4,15}$/.test(digits) ? digits : null;
}
