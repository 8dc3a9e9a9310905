/** Vector searches of actions: in the action's own thread, on a snapshot of their own. Worker side. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { CatalogCache } from "../engine/catalog";
import { DatabaseError } from "../engine/errors";
import { planVectorSearch } from "../engine/search/vector-plan";
import { searchVectors } from "../engine/search/vector-search";
import type { Store } from "../storage/store";
import type { JSONValue, Ts } from "../storage/types";
import { monotonic } from "./clock";
import { SyscallError } from "./syscall-args";

/** The operation; the main thread's part of it is to tell the newest visible timestamp. */
export const VECTOR_SEARCH = "1.0/actions/vectorSearch";

/** Time that a search may keep its thread from other work, in ms. */
const SLICE_MS = 8;

/** JSON text `{results: [{_id, _score}]}`; sees all commits up to `atLeast`. Throws SyscallError for a query that is refused. */
export async function vectorSearch(
  { store, catalogs }: { store: Store; catalogs: CatalogCache },
  component: string,
  query: JSONValue,
  atLeast: Ts,
): Promise<string> {
  const snapshot = store.snapshot(atLeast);
  try {
    const plan = planVectorSearch(query, catalogs.at(snapshot), component);
    if (plan === null) return '{"results":[]}';
    const search = searchVectors(plan, snapshot);
    for (let started = monotonic(); ;) {
      const { value, done } = search.next();
      if (done === true) {
        return JSON.stringify({ results: value.map(({ id, score }) => ({ _id: id, _score: score })) });
      }
      if (monotonic() - started < SLICE_MS) continue;
      await nextTurn();
      started = monotonic();
    }
  } catch (error) {
    if (error instanceof DatabaseError) throw new SyscallError(error.message, error.data);
    throw error;
  } finally {
    snapshot.close();
  }
}
