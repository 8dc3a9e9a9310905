/** An answer without a model: the sentences of a passage that match the question, word for word. Pure. */
import { splitSentences } from "./chunking";
import { matchStrengths } from "./strength";
import type { Passage } from "./strength";

const QUOTE_MAX = 420;

/** The sentences around the one that matches best, as they stand in the passage. */
export function quoteFor(question: string, { heading, text }: Passage): string {
  const sentences = splitSentences(text);
  const strengths = matchStrengths(
    question,
    sentences.map((sentence) => ({ heading, text: sentence })),
  );
  const best = strengths.indexOf(Math.max(...strengths));
  let quote = sentences[best] ?? text;
  for (let next = best + 1; next < sentences.length; next++) {
    const longer = `${quote} ${sentences[next] ?? ""}`;
    if (longer.length > QUOTE_MAX) break;
    quote = longer;
  }
  return quote.length <= QUOTE_MAX
    ? quote
    : `${[...quote]
        .slice(0, QUOTE_MAX - 1)
        .join("")
        .trimEnd()}…`;
}
