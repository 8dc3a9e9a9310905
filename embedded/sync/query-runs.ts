/** Runs queries and makes results of their outcomes. Knows nothing of who waits for them. */
import type { Committer } from "../engine/committer";
import type { Functions } from "../runtime/functions";
import type { Identity, QueryOutcome, QueryRequest } from "../runtime/types";
import type { RunOrigin, WatchedQuery } from "./live-query";
import { QueryUnavailable, type QueryResult, type QuerySettled } from "./query-result";
import { randomRequestId } from "./timing";

export type QueryRun = { query: WatchedQuery; identity: Identity; origin: RunOrigin };

export type QueryRunsOptions = {
  functions: Pick<Functions, "query" | "queryBatch">;
  committer: Pick<Committer, "visibleTs" | "waitUntilVisible">;
  /** Unix ms. */
  now: () => number;
};

export class QueryRuns {
  readonly #o: QueryRunsOptions;

  constructor(options: QueryRunsOptions) {
    this.#o = options;
  }

  /** On the newest snapshot. Rejects with QueryUnavailable. */
  async one(run: QueryRun): Promise<QueryResult> {
    const request = this.#request(run);
    return this.#result(await this.#o.functions.query(request), request);
  }

  /** All on one snapshot, unless one of them ends its thread; results in the order of the runs. */
  async together(runs: readonly QueryRun[]): Promise<QueryResult[]> {
    const requests = runs.map((run) => this.#request(run));
    const outcomes = await this.#o.functions.queryBatch(requests, { minTs: this.#o.committer.visibleTs });
    const results: QueryResult[] = [];
    for (const [i, request] of requests.entries()) {
      const outcome = outcomes[i];
      if (outcome === undefined) throw new Error("A query of a batch has no outcome.");
      results.push(await this.#result(outcome, request));
    }
    return results;
  }

  #request({ query, identity, origin }: QueryRun): QueryRequest {
    return {
      ...query,
      identity,
      caller: origin.caller,
      client: origin.client,
      requestId: origin.requestId ?? randomRequestId(),
      allowInternal: identity.kind === "admin",
      minTs: this.#o.committer.visibleTs,
    };
  }

  /** Resolves once the commits that the run has seen are announced: only from then on can they be compared. */
  async #result(outcome: QueryOutcome, { journal, requestId }: QueryRequest): Promise<QueryResult> {
    let settled: QuerySettled;
    if (outcome.ok) settled = { ok: true, value: outcome.value };
    else if (outcome.failure.kind === "function") settled = { ok: false, failure: outcome.failure };
    else throw new QueryUnavailable(outcome.failure);
    await this.#o.committer.waitUntilVisible(outcome.ts);
    const { ts, readSet, logLines, identityRead, timeRead, readsUnknown = false } = outcome;
    return {
      ts,
      until: null,
      settled,
      readSet,
      // A page that fails for once keeps its end all the same.
      journal: outcome.ok ? outcome.journal : (outcome.journal ?? journal ?? null),
      logLines,
      requestId,
      identityRead,
      timeRead,
      readsUnknown,
      ranAt: this.#o.now(),
    };
  }
}
