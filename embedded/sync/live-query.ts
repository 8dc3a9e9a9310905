/** One watched query: who watches it, its newest result, and the run under way. Knows nothing of transitions. */
import type { RangeHandle } from "../engine/range-index";
import type { Caller, ClientInfo, FunctionPath, Identity } from "../runtime/types";
import { stands, type QueryResult } from "./query-result";

export type WatchedQuery = {
  path: FunctionPath;
  component: string;
  /** JSON text of the argument array. */
  args: string;
  /** Journal of an earlier run, which keeps a page's end where it was. */
  journal: string | null;
};

/** On whose behalf a query runs, for the log. Without `requestId` each run gets one of its own. */
export type RunOrigin = { caller: Caller; client: ClientInfo; requestId?: string };

/**
 * All live queries of one function, arguments, journal and class of access. One `LiveQuery` serves everybody until
 * a run reads the identity; from then on there is one for each identity.
 */
export class Family {
  readonly members = new Map<string, LiveQuery>();
  identityRead: boolean;

  constructor(
    readonly key: string,
    readonly query: WatchedQuery,
    identityRead: boolean,
  ) {
    this.identityRead = identityRead;
  }

  static key(query: WatchedQuery, admin: boolean): string {
    return JSON.stringify([query.component, query.path, query.args, query.journal, admin]);
  }

  /** The member that serves this identity, made if missing. */
  member(identityKey: string): LiveQuery {
    const key = this.identityRead ? identityKey : SHARED;
    let member = this.members.get(key);
    if (member === undefined) {
      member = new LiveQuery(this, key);
      this.members.set(key, member);
    }
    return member;
  }
}

const SHARED = "*";

export function identityKey(identity: Identity): string {
  switch (identity.kind) {
    case "none":
      return "none";
    case "user":
      return `user ${JSON.stringify(identity.claims)}`;
    case "admin":
      return `admin ${JSON.stringify(identity.actingAs ?? null)}`;
    default:
      return identity satisfies never;
  }
}

export class LiveQuery {
  readonly watchers = new Set<Subscription>();
  result: QueryResult | null = null;
  /** Set while `result` stands: where its read set is registered. */
  handle: RangeHandle | null = null;
  running: Promise<void> | null = null;
  /** Runs in a row of which nobody knows what they read. */
  blindRuns = 0;
  /** Bytes that this result takes in the cache; 0 while it is watched. */
  cachedBytes = 0;

  constructor(
    readonly family: Family,
    /** Key in `family.members`: an identity's, or `*` while nothing has read it. */
    public memberKey: string,
  ) {}
}

/** One session's interest in one query. */
export class Subscription {
  identityKey: string;
  /** Journal of the last result that was collected, or what the watcher brought along. */
  journal: string | null;

  constructor(
    public live: LiveQuery,
    public identity: Identity,
    readonly origin: RunOrigin,
    /** The result no longer stands; called once until a new one was taken. */
    readonly onStale: () => void,
  ) {
    this.identityKey = identityKey(identity);
    this.journal = live.family.query.journal;
  }

  get result(): QueryResult | null {
    return this.live.result;
  }

  get stands(): boolean {
    return stands(this.live.result);
  }
}
