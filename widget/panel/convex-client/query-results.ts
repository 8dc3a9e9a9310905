/**
 * Stands in the bundle for the Convex client's query results, without optimistic updates, which the panel does in its
 * own state.
 */
type Result = { success: true; value: unknown } | { success: false; errorData?: unknown };
type Query = { result?: Result };

export class OptimisticQueryResults {
  #results: ReadonlyMap<string, Query> = new Map();

  /** Takes the server's results in place of all before; returns the tokens of those that are new. */
  ingestQueryResultsFromServer(results: ReadonlyMap<string, Query>): string[] {
    const before = this.#results;
    this.#results = new Map(results);
    return [...results.keys()].filter((token) => before.get(token)?.result !== results.get(token)?.result);
  }

  rawQueryResult(token: string): Result | undefined {
    return this.#results.get(token)?.result;
  }

  /** A query that failed has no result; a refusal is thrown, with what it says as `data`. */
  queryResult(token: string): unknown {
    const result = this.rawQueryResult(token);
    if (result?.success === false && result.errorData !== undefined) {
      throw Object.assign(new Error("Refused"), { data: result.errorData });
    }
    return result?.success ? result.value : undefined;
  }
}
