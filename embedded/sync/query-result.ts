/** Results of queries, and the span of commit timestamps over which each one holds. */
import type { Failure, LogLine, Settled } from "../runtime/types";
import type { ReadSet, Ts } from "../storage/types";

export type FunctionFailure = Extract<Failure, { kind: "function" }>;

export type QuerySettled = Extract<Settled, { ok: true }> | { ok: false; failure: FunctionFailure };

/** One run's answer. It holds from `ts` (its snapshot) up to, not including, `until`; null while nothing ended it. */
export type QueryResult = {
  readonly ts: Ts;
  until: Ts | null;
  readonly settled: QuerySettled;
  readonly readSet: ReadSet;
  readonly journal: string | null;
  readonly logLines: readonly LogLine[];
  readonly requestId: string;
  readonly identityRead: boolean;
  readonly timeRead: boolean;
  /** `readSet` is empty because nobody knows: the result must not stand for long. */
  readonly readsUnknown: boolean;
  /** Unix ms at which the run ended. */
  readonly ranAt: number;
};

/** The deployment could not run a query now (overload, shutting down): worth another try later. */
export class QueryUnavailable extends Error {
  constructor(readonly failure: Extract<Failure, { kind: "system" }>) {
    super(failure.message);
    this.name = "QueryUnavailable";
  }
}

export function stands(result: QueryResult | null): boolean {
  return result?.until === null;
}

export function holdsAt(result: QueryResult, ts: Ts): boolean {
  return result.ts <= ts && (result.until === null || ts < result.until);
}

/**
 * A timestamp at which all results hold, not before `atLeast`; null if there is none. `newest` (the newest
 * visible commit) is taken when every result still stands there.
 */
export function meetingPoint(results: readonly QueryResult[], atLeast: Ts, newest: Ts): Ts | null {
  let earliest = atLeast;
  let until: Ts | null = null;
  for (const result of results) {
    if (result.ts > earliest) earliest = result.ts;
    if (result.until !== null && (until === null || result.until < until)) until = result.until;
  }
  if (until === null) return newest > earliest ? newest : earliest;
  return earliest < until ? earliest : null;
}
