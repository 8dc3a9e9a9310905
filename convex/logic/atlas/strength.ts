/** How well passages answer a question, and how much of an answer stands in its passages: 0 to 1, from the texts alone. Pure. */
import { splitSentences } from "./chunking";
import { terms, words } from "./terms";

export type Passage = { heading: string; text: string };

/** The rarest terms say most; none says nothing. */
const WEIGHT_MIN = 0.35;
/** A match in the text alone, without one of the question's terms in title or headings. */
const WITHOUT_HEADING = 0.85;

/**
 * How well each passage matches the question: the share of the question's terms that it has, rare ones among the candidates
 * counting more.
 */
export function matchStrengths(question: string, candidates: readonly Passage[]): number[] {
  const asked = terms(question);
  if (asked.length === 0) return candidates.map(() => 0);
  const bags = candidates.map(({ heading, text }) => ({
    heading: new Set(terms(heading)),
    all: new Set(terms(`${heading}\n${text}`)),
  }));
  const weights = new Map(
    asked.map((term) => {
      const having = bags.filter(({ all }) => all.has(term)).length;
      return [term, Math.max(WEIGHT_MIN, 1 - having / (candidates.length + 1))];
    }),
  );
  const total = sum(asked.map((term) => weights.get(term) ?? 0));
  return bags.map(({ heading, all }) => {
    const matched = sum(asked.filter((term) => all.has(term)).map((term) => weights.get(term) ?? 0));
    const coverage = matched / total;
    return asked.some((term) => heading.has(term)) ? coverage : coverage * WITHOUT_HEADING;
  });
}

/** Figures, addresses and links, which must not be made up. */
const FACTS = /https?:\/\/[^\s)\]]+|[\w.+-]+@[\w-]+\.[\w.]+|\p{N}+(?:[.,:]\p{N}+)*/gu;

const factsOf = (text: string): string[] =>
  (text.match(FACTS) ?? []).map((fact) => fact.replace(/[.,:]+$/u, "").toLowerCase());

/** Of a sentence's terms, this many may come from elsewhere: joining words, politeness. */
const CONNECTING = 2;

/**
 * How much of a sentence stands in the passages: the share of its terms, joining words forgiven. 0 when it has a figure,
 * an address or a link that they do not have.
 */
export function sentenceSupport(sentence: string, passages: readonly Passage[], question: string): number {
  const plain = withoutCitations(sentence);
  const known = passages.map(({ heading, text }) => `${heading}\n${text}`).join("\n");
  const facts = new Set([...factsOf(known), ...factsOf(question)]);
  if (factsOf(plain).some((fact) => !facts.has(fact))) return 0;
  const said = terms(plain);
  if (said.length === 0) return 1;
  const allowed = new Set([...terms(known), ...terms(question)]);
  const foreign = said.filter((term) => !allowed.has(term)).length;
  return Math.max(0, 1 - Math.max(0, foreign - CONNECTING) / said.length);
}

/** The weakest sentence decides. */
export function answerSupport(answer: string, passages: readonly Passage[], question: string): number {
  const sentences = splitSentences(answer).filter((sentence) => words(withoutCitations(sentence)).length > 0);
  if (sentences.length === 0) return 0;
  return Math.min(...sentences.map((sentence) => sentenceSupport(sentence, passages, question)));
}

const CITATION = /\s*\[(\d{1,2})\]/g;

/** Numbers of the passages that an answer cites, from 1, each once. */
export function citationsOf(answer: string): number[] {
  return [...new Set([...answer.matchAll(CITATION)].map(([, number]) => Number(number)))];
}

export function withoutCitations(answer: string): string {
  return answer.replace(CITATION, "").trim();
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
