import { MAX_TERM_BYTES } from "../limits";

const WORD = /[\p{Alphabetic}\p{N}]+/gu;
const ASCII = /^[\x00-\x7f]*$/;

/**
 * The terms of a text in their order: runs of letters and digits in lower case, those of more than MAX_TERM_BYTES bytes
 * left out. No stemming, no stop words, accents stay: as production's tokenizer.
 */
export function* tokenize(text: string): Generator<string> {
  for (const [word] of text.matchAll(WORD)) {
    if (word.length > MAX_TERM_BYTES) continue;
    if (ASCII.test(word)) yield word.toLowerCase();
    else if (Buffer.byteLength(word, "utf8") <= MAX_TERM_BYTES) yield lowerCase(word);
  }
}

/** Letter by letter: `toLowerCase` of a whole word would know the final form of the Greek sigma, which production does not. */
function lowerCase(word: string): string {
  let lower = "";
  for (const letter of word) lower += letter.toLowerCase();
  return lower;
}
