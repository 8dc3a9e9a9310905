import { prefixEnd } from "../../storage/key-encoding";
import type { Snapshot } from "../../storage/store";
import { BestResults } from "./best-results";
import { membershipPrefix, parseMembership, vectorKey, VECTORS } from "./search-keys";
import { dotProduct } from "./unit-vector";
import type { VectorPlan } from "./vector-plan";

/** `score`: cosine of the angle, from -1 to 1. */
export type VectorResult = { id: string; score: number };

/** A millisecond of work at most: between slices other work of the thread may run. */
const SLICE = 256;

/**
 * The nearest documents, nearest first, by a look at every vector that passes the filter: exact, and of a cost that grows with
 * their number. Yields after each slice of the work.
 */
export function* searchVectors(
  plan: VectorPlan,
  snapshot: Snapshot,
): Generator<undefined, VectorResult[], undefined> {
  const { index, vector, limit } = plan;
  const best = new BestResults<VectorResult>(limit, isBetter);
  let visited = 0;
  for (const id of candidates(plan, snapshot)) {
    const stored = snapshot.vector(index.number, vectorKey(id));
    if (stored !== undefined) best.add({ id, score: cosine(vector, stored) });
    if (++visited % SLICE === 0) yield undefined;
  }
  return best.sorted();
}

/** Rounding must not take it beyond its bounds. */
function cosine(a: Float32Array, b: Float32Array): number {
  return Math.max(-1, Math.min(1, Math.fround(dotProduct(a, b))));
}

function* candidates({ index, scopes }: VectorPlan, snapshot: Snapshot): Generator<string> {
  if (scopes === null) {
    for (const key of snapshot.keys(index.number, VECTORS, prefixEnd(VECTORS), false)) {
      yield key.slice(VECTORS.length);
    }
    return;
  }
  const seen = new Set<string>();
  for (const scope of scopes) {
    const prefix = membershipPrefix(scope);
    for (const key of snapshot.keys(index.number, prefix, prefixEnd(prefix), false)) {
      const id = parseMembership(key)?.id ?? "";
      if (seen.has(id)) continue;
      if (scopes.length > 1) seen.add(id);
      yield id;
    }
  }
}

function isBetter(a: VectorResult, b: VectorResult): boolean {
  return a.score === b.score ? a.id > b.id : a.score > b.score;
}
