import { prefixEnd } from "../../storage/key-encoding";
import type { IndexKey } from "../../storage/types";
import { MAX_SEARCH_RESULTS, MAX_SEARCHED_TERMS } from "../limits";
import type { StreamContext } from "../stream-context";
import { BestResults } from "./best-results";
import { decodeFieldNorm } from "./field-norm";
import {
  ALL_DOCUMENTS,
  creationTimeAt,
  membershipPrefix,
  normAt,
  parseMembership,
  postingPrefix,
  statisticsKey,
  termCountAt,
  termOf,
  termPrefix,
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

/** A walk through the postings of one term, in the order of ids; `key` and `id` null: at its end. */
type TermWalk = {
  readonly keys: Iterator<IndexKey>;
  readonly weight: number;
  /** Where the id in a posting begins, and where it ends. */
  readonly start: number;
  readonly end: number;
  key: IndexKey | null;
  id: string | null;
};

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
  for (const walk of walks) advance(walk);
  for (;;) {
    const id = smallestId(walks);
    if (id === null) break;
    let sum = 0;
    let posting: { key: IndexKey; end: number } | null = null;
    for (const walk of walks) {
      const { key, end } = walk;
      if (key === null || walk.id !== id) continue;
      const count = termCountAt(key, end);
      sum += walk.weight * (count / (count + (lengthFactors[normAt(key, end)] ?? 0)));
      posting ??= { key, end };
      advance(walk);
    }
    const score = Math.fround(sum);
    if (posting === null || score < (best.worst?.score ?? 0)) continue;
    if (!others.every((other) => isMember(reader, other, id))) continue;
    best.add({ id, score, creationTime: creationTimeAt(posting.key, posting.end) });
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
  { terms, table: { idLength } }: SearchPlan,
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
    const start = prefix.length;
    const weight = rarity * (K1 + 1) * boost;
    walks.push({ keys, weight, start, end: start + idLength, key: null, id: null });
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

function advance(walk: TermWalk): void {
  const { value, done } = walk.keys.next() as IteratorResult<IndexKey, undefined>;
  walk.key = done === true ? null : value;
  walk.id = done === true ? null : value.slice(walk.start, walk.end);
}

function smallestId(walks: readonly TermWalk[]): string | null {
  let smallest: string | null = null;
  for (const { id } of walks) {
    if (id !== null && (smallest === null || id < smallest)) smallest = id;
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
