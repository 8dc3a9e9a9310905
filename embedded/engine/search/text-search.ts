import { prefixEnd } from "../../storage/key-encoding";
import type { IndexKey } from "../../storage/types";
import { MAX_SEARCH_RESULTS, MAX_SEARCHED_TERMS } from "../limits";
import type { StreamContext } from "../stream-context";
import { BestResults } from "./best-results";
import { decodeFieldNorm } from "./field-norm";
import {
  ALL_DOCUMENTS,
  membershipPrefix,
  parseMembership,
  parsePosting,
  postingPrefix,
  statisticsKey,
  termOf,
  termPrefix,
  type Posting,
  type Scope,
} from "./search-keys";
import { SearchIndexReader } from "./search-index-reader";
import type { SearchPlan } from "./search-plan";
import { parseStatistics, type Statistics } from "./statistics";

export type SearchResult = { id: string; score: number; creationTime: number };

/** Constants of BM25 as everyone has them. */
const K1 = 1.2;
const B = 0.75;
/** Weight of a term that only begins as the query's last one does. */
const PREFIX_BOOST = 0.5;

/** Norms are single bytes: what each does to a term's score is computed once a search. */
const NORMS = 256;

/** A walk through the postings of one term, in the order of ids. */
type TermWalk = { keys: Iterator<IndexKey>; prefixLength: number; weight: number; posting: Posting | null };

/**
 * The best documents of a search by BM25, best first: at most MAX_SEARCH_RESULTS. Among equals the newer goes first. Depends
 * on the postings of its terms in one scope, not on the statistics, which would make every write everyone's business.
 */
export function searchText(plan: SearchPlan, context: StreamContext): SearchResult[] {
  if (plan.terms.length === 0) return [];
  const reader = new SearchIndexReader(plan.table, plan.index, context);
  const { scope, statistics, others } = narrowestScope(plan.scopes, reader);
  const walks = openWalks(plan, scope, statistics, reader);
  const lengthFactors = lengthFactorsFor(statistics);
  const best = new BestResults<SearchResult>(MAX_SEARCH_RESULTS, isBetter);
  for (const walk of walks) advance(walk, plan.table.idLength);
  for (;;) {
    const id = smallestId(walks);
    if (id === null) break;
    let score = 0;
    let creationTime = 0;
    for (const walk of walks) {
      const { posting } = walk;
      if (posting?.id !== id) continue;
      const factor = lengthFactors[posting.norm] ?? 0;
      score += walk.weight * (posting.termCount / (posting.termCount + factor));
      creationTime = posting.creationTime;
      advance(walk, plan.table.idLength);
    }
    if (others.every((other) => isMember(reader, other, id))) {
      best.add({ id, score: Math.fround(score), creationTime });
    }
  }
  return best.sorted();
}

/** The scope with the fewest documents, and those that remain to be checked. */
function narrowestScope(
  scopes: readonly Scope[],
  reader: SearchIndexReader,
): { scope: Scope; statistics: Statistics; others: Scope[] } {
  const [first = ALL_DOCUMENTS, ...rest] = new Set(scopes);
  let scope = first;
  let statistics = statisticsOf(scope, reader);
  for (const candidate of rest) {
    const its = statisticsOf(candidate, reader);
    if (its.documents < statistics.documents) [scope, statistics] = [candidate, its];
  }
  return { scope, statistics, others: [first, ...rest].filter((other) => other !== scope) };
}

/** The transaction's own writes included. */
function statisticsOf(scope: Scope, reader: SearchIndexReader): Statistics {
  const statistics = parseStatistics(reader.stored(statisticsKey(scope)));
  const { hidden, added } = reader.own(membershipPrefix(scope));
  for (const [keys, sign] of [[hidden, -1] as const, [added, 1] as const]) {
    for (const key of keys) {
      statistics.documents += sign;
      statistics.terms += sign * (parseMembership(key)?.length ?? 0);
    }
  }
  return statistics;
}

function openWalks(
  { terms }: SearchPlan,
  scope: Scope,
  { documents }: Statistics,
  reader: SearchIndexReader,
): TermWalk[] {
  const exact = new Set(terms);
  for (const term of exact) reader.record(postingPrefix(scope, term));
  const walks: TermWalk[] = [];
  const open = (term: string, boost: number): void => {
    const prefix = postingPrefix(scope, term);
    const frequency = reader.count(prefix);
    if (frequency === 0) return;
    const rarity = Math.log(1 + (documents - frequency + 0.5) / (frequency + 0.5));
    const keys = reader.keys(prefix, prefixEnd(prefix));
    walks.push({ keys, prefixLength: prefix.length, weight: rarity * (K1 + 1) * boost, posting: null });
  };
  for (const term of exact) open(term, 1);
  const last = terms.at(-1) ?? "";
  for (const term of expansions(scope, last, reader)) {
    if (exact.has(term)) continue;
    if (walks.length >= MAX_SEARCHED_TERMS) break;
    open(term, PREFIX_BOOST);
  }
  return walks;
}

/** The terms of the scope that begin so, in their order. */
function* expansions(scope: Scope, beginning: string, reader: SearchIndexReader): Generator<string> {
  const prefix = termPrefix(scope, beginning);
  reader.record(prefix);
  const end = prefixEnd(prefix);
  let key = reader.first(prefix, end);
  while (key !== null) {
    const term = termOf(scope, key);
    yield term;
    key = reader.first(`${termPrefix(scope, term)}\x01`, end);
  }
}

/** By norm: what is added to a term's count below the line of BM25. */
function lengthFactorsFor({ documents, terms }: Statistics): number[] {
  const average = terms / documents;
  return Array.from({ length: NORMS }, (_, norm) => K1 * (1 - B + (B * decodeFieldNorm(norm)) / average));
}

function advance(walk: TermWalk, idLength: number): void {
  const { value, done } = walk.keys.next() as IteratorResult<IndexKey, undefined>;
  walk.posting = done === true ? null : parsePosting(value, walk.prefixLength, idLength);
}

function smallestId(walks: readonly TermWalk[]): string | null {
  let smallest: string | null = null;
  for (const { posting } of walks) {
    if (posting !== null && (smallest === null || posting.id < smallest)) smallest = posting.id;
  }
  return smallest;
}

function isMember(reader: SearchIndexReader, scope: Scope, id: string): boolean {
  const prefix = membershipPrefix(scope, id);
  return reader.first(prefix, prefixEnd(prefix)) !== null;
}

function isBetter(a: SearchResult, b: SearchResult): boolean {
  if (a.score !== b.score) return a.score > b.score;
  if (a.creationTime !== b.creationTime) return a.creationTime > b.creationTime;
  return a.id < b.id;
}
