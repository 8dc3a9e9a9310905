/** All queries that somebody watches, and the results that still stand. */
import type { Committer } from "../engine/committer";
import type { Functions } from "../runtime/functions";

export type LiveQueriesOptions = {
  functions: Functions;
  committer: Committer;
  /** Room for results that nobody watches any more, in bytes of JSON; 0 keeps none. Default 64 MiB. */
  cacheBytes?: number;
};

export class LiveQueries {
  constructor(options: LiveQueriesOptions) {
    void options;
  }

  /** Nothing computed so far stands any more: the code or the environment changed. */
  invalidateAll(): void {
    throw new Error("no live queries");
  }

  close(): void {
    throw new Error("no live queries");
  }
}
