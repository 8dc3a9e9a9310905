/**
 * All queries that somebody watches. A query runs once however many watch it, wakes only when a commit touches
 * what it read, and the results of one `collect` all hold at one timestamp.
 */
import type { Committer, CommitEvent } from "../engine/committer";
import { RangeIndex } from "../engine/range-index";
import type { Functions } from "../runtime/functions";
import type { Identity } from "../runtime/types";
import type { Ts } from "../storage/types";
import {
  Family,
  identityKey,
  Subscription,
  type LiveQuery,
  type RunOrigin,
  type WatchedQuery,
} from "./live-query";
import { holdsAt, meetingPoint, stands, type QueryResult } from "./query-result";
import { QueryRuns } from "./query-runs";
import { eachDespiteErrors, eachLimited, nextMacrotask } from "./timing";

export type LiveQueriesOptions = {
  functions: Pick<Functions, "query" | "queryBatch">;
  committer: Pick<Committer, "visibleTs" | "onCommit" | "changedSince" | "waitUntilVisible">;
  /** Room for results that nobody watches any more, in bytes; 0 keeps none. Default 64 MiB. */
  cacheBytes?: number;
  /** Unix ms. */
  now?: () => number;
};

export type Collected = { ts: Ts; results: QueryResult[] };

/** A result that read the clock is handed to a new watcher for so long, in ms. */
const TIME_DEPENDENT_MS = 17_000;
/** Runs of one transition that are under way at a time. */
const PARALLEL_RUNS = 20;
/** Rounds of separate runs before all stale queries run together on one snapshot. */
const SEPARATE_ROUNDS = 3;
/** A result whose reads are unknown stands for this long, ms; doubles from run to run up to the maximum. */
const BLIND_RETRY_FIRST = 5_000;
const BLIND_RETRY_MAX = 300_000;

export class LiveQueries {
  readonly #runs: QueryRuns;
  readonly #committer: LiveQueriesOptions["committer"];
  readonly #now: () => number;
  readonly #cacheLimit: number;
  readonly #ranges = new RangeIndex<LiveQuery>();
  readonly #families = new Map<string, Family>();
  /** Unwatched queries whose result stands, least recently used first. */
  readonly #cache = new Set<LiveQuery>();
  readonly #unsubscribe: () => void;
  #cacheBytes = 0;
  #hits = 0;
  #misses = 0;
  /** Counts `invalidateAll`: a run that began in an earlier generation ran on other code or environment. */
  #generation = 0;

  constructor(options: LiveQueriesOptions) {
    this.#committer = options.committer;
    this.#now = options.now ?? Date.now;
    this.#runs = new QueryRuns({ ...options, now: this.#now });
    this.#cacheLimit = options.cacheBytes ?? 64 * 1024 * 1024;
    this.#unsubscribe = options.committer.onCommit((commit) => this.#onCommit(commit));
  }

  /** Live queries held, watched or cached. */
  get size(): number {
    let size = 0;
    for (const family of this.#families.values()) size += family.members.size;
    return size;
  }

  /** `hits`: who asked for a query found a result that stood. */
  get stats(): { hits: number; misses: number; watched: number; cached: number; cachedBytes: number } {
    const cached = this.#cache.size;
    return {
      hits: this.#hits,
      misses: this.#misses,
      watched: this.size - cached,
      cached,
      cachedBytes: this.#cacheBytes,
    };
  }

  /** `onStale` is called when a result that was there no longer stands. */
  subscribe(query: WatchedQuery, identity: Identity, origin: RunOrigin, onStale: () => void): Subscription {
    const family = this.#family(query, identity.kind === "admin", false);
    const member = family.member(identityKey(identity));
    if (stands(member.result)) this.#hits++;
    else this.#misses++;
    const subscription = new Subscription(member, identity, origin, onStale);
    this.#attach(subscription, subscription.live);
    return subscription;
  }

  /** From now on the subscription sees what this identity sees. Results that read no identity stay. */
  setIdentity(subscription: Subscription, identity: Identity): void {
    const { family } = subscription.live;
    const sameAccess = (identity.kind === "admin") === (subscription.identity.kind === "admin");
    subscription.identity = identity;
    subscription.identityKey = identityKey(identity);
    if (sameAccess && !family.identityRead) return;
    const query = { ...family.query, journal: subscription.journal };
    this.#move(subscription, this.#family(query, identity.kind === "admin", family.identityRead));
  }

  unsubscribe(subscription: Subscription): void {
    this.#detach(subscription);
  }

  /** One query's answer now, from the cache if it stands. */
  async read(query: WatchedQuery, identity: Identity, origin: RunOrigin): Promise<QueryResult> {
    if (this.#cacheLimit === 0) {
      return this.#runs.one({ query, identity, origin });
    }
    const { results } = await this.readTogether([query], identity, origin);
    const [result] = results;
    if (result === undefined) throw new Error("A collected query has no result.");
    return result;
  }

  /** Answers of several queries at one timestamp, the newest commit or later. */
  async readTogether(
    queries: readonly WatchedQuery[],
    identity: Identity,
    origin: RunOrigin,
  ): Promise<Collected> {
    const subscriptions = queries.map((query) => this.subscribe(query, identity, origin, () => undefined));
    try {
      return await this.collect(subscriptions, this.#committer.visibleTs);
    } finally {
      for (const subscription of subscriptions) this.unsubscribe(subscription);
    }
  }

  /**
   * Results of all these queries at one timestamp, not before `atLeast`. Rejects with QueryUnavailable if one cannot
   * run now. Resolves in a task of its own: whoever waited for the same commit has been told before.
   */
  async collect(subscriptions: readonly Subscription[], atLeast: Ts): Promise<Collected> {
    /** Queries that did not stand in some round of this call. */
    const moving = new Set<Subscription>();
    /** Results of the last run on one common snapshot. */
    let common = new Map<Subscription, QueryResult>();
    for (let round = 0; ; round++) {
      const stale = subscriptions.filter((subscription) => !subscription.stands);
      for (const subscription of stale) moving.add(subscription);
      if (round < SEPARATE_ROUNDS) {
        await eachLimited(stale, PARALLEL_RUNS, (subscription) => this.#refresh(subscription));
      } else {
        common = await this.#refreshTogether([...moving]);
      }
      await nextMacrotask();
      const results: QueryResult[] = [];
      for (const subscription of subscriptions) {
        const result = common.get(subscription) ?? subscription.result;
        if (result !== null) results.push(result);
      }
      // A missing result: its query split off by identity while it ran.
      if (results.length < subscriptions.length) continue;
      const ts = meetingPoint(results, atLeast, this.#committer.visibleTs);
      if (ts !== null) {
        for (const [i, subscription] of subscriptions.entries()) {
          subscription.journal = results[i]?.journal ?? null;
        }
        return { ts, results };
      }
      this.#addDisagreeing(subscriptions, common, moving);
    }
  }

  /** Whether the result, which may be of a later snapshot, is what a run at `ts` would have given. */
  holdsSince(result: QueryResult, ts: Ts): boolean {
    if (result.ts <= ts) return holdsAt(result, ts);
    return this.#committer.changedSince(result.readSet, ts, result.ts) === false;
  }

  /** Nothing computed so far stands any more: the code or the environment changed. */
  invalidateAll(): void {
    this.#generation += 1;
    for (const family of [...this.#families.values()]) {
      for (const live of [...family.members.values()]) this.#end(live, this.#committer.visibleTs);
    }
  }

  close(): void {
    this.#unsubscribe();
  }

  #onCommit(commit: CommitEvent): void {
    eachDespiteErrors(this.#ranges.hit(commit.keys, commit.dropped), (live) => {
      // A snapshot may have shown this commit before it was announced here.
      if (live.result === null || live.result.ts < commit.ts) this.#end(live, commit.ts);
    });
  }

  /** The result holds no longer than `until`. */
  #end(live: LiveQuery, until: Ts): void {
    if (live.result?.until !== null) return;
    live.result.until = until;
    if (live.handle !== null) this.#ranges.remove(live.handle);
    live.handle = null;
    if (live.watchers.size === 0) this.#drop(live);
    eachDespiteErrors([...live.watchers], (watcher) => watcher.onStale());
  }

  #family(query: WatchedQuery, admin: boolean, identityRead: boolean): Family {
    const key = Family.key(query, admin);
    let family = this.#families.get(key);
    if (family === undefined) {
      family = new Family(key, query, identityRead);
      this.#families.set(key, family);
    }
    return family;
  }

  #attach(subscription: Subscription, live: LiveQuery): void {
    subscription.live = live;
    if (this.#cache.delete(live)) {
      this.#cacheBytes -= live.cachedBytes;
      live.cachedBytes = 0;
    }
    const { result } = live;
    const old = result?.timeRead === true && this.#now() - result.ranAt > TIME_DEPENDENT_MS;
    live.watchers.add(subscription);
    if (old || result?.readsUnknown === true) this.#end(live, this.#committer.visibleTs + 1n);
  }

  #detach(subscription: Subscription): void {
    const { live } = subscription;
    live.watchers.delete(subscription);
    this.#settle(live);
  }

  /** An unwatched query stays only while its result may serve again. */
  #settle(live: LiveQuery): void {
    if (live.watchers.size > 0 || live.running !== null) return;
    if (live.result?.until === null && this.#isListed(live)) this.#keep(live, live.result);
    else this.#drop(live);
  }

  #isListed(live: LiveQuery): boolean {
    const { family } = live;
    return this.#families.get(family.key) === family && family.members.get(live.memberKey) === live;
  }

  #move(subscription: Subscription, family: Family): void {
    const live = family.member(subscription.identityKey);
    if (live === subscription.live) return;
    const left = subscription.live;
    // Attached first, so that the family is not dropped when it is the same one.
    this.#attach(subscription, live);
    left.watchers.delete(subscription);
    this.#settle(left);
  }

  #keep(live: LiveQuery, result: QueryResult): void {
    const { args, path } = live.family.query;
    const value = result.settled.ok ? result.settled.value : result.settled.failure.message;
    if (this.#cache.delete(live)) this.#cacheBytes -= live.cachedBytes;
    const texts = args.length + path.length + value.length;
    // Rough: strings of two bytes a character, and what an entry and a range take.
    live.cachedBytes = 500 + 2 * texts + 200 * result.readSet.ranges.length;
    this.#cacheBytes += live.cachedBytes;
    this.#cache.add(live);
    for (const oldest of this.#cache) {
      if (this.#cacheBytes <= this.#cacheLimit) break;
      this.#drop(oldest);
    }
  }

  #drop(live: LiveQuery): void {
    if (this.#cache.delete(live)) this.#cacheBytes -= live.cachedBytes;
    if (live.handle !== null) this.#ranges.remove(live.handle);
    live.handle = null;
    const { family } = live;
    if (family.members.get(live.memberKey) === live) family.members.delete(live.memberKey);
    if (family.members.size === 0 && this.#families.get(family.key) === family) {
      this.#families.delete(family.key);
    }
  }

  /** Runs the subscription's query once unless it stands; joins a run under way. */
  #refresh(subscription: Subscription): Promise<void> {
    this.#followJournal(subscription);
    const { live } = subscription;
    if (stands(live.result)) return Promise.resolve();
    live.running ??= this.#run(live, subscription).finally(() => {
      live.running = null;
      this.#settle(live);
    });
    return live.running;
  }

  /** A page that its watcher has seen keeps its end: its next run starts from that result's journal. */
  #followJournal(subscription: Subscription): void {
    const { family, result } = subscription.live;
    if (stands(result) || subscription.journal === family.query.journal) return;
    const query = { ...family.query, journal: subscription.journal };
    this.#move(
      subscription,
      this.#family(query, subscription.identity.kind === "admin", family.identityRead),
    );
  }

  async #run(live: LiveQuery, { identity, origin }: Subscription): Promise<void> {
    const generation = this.#generation;
    const result = await this.#runs.one({ query: live.family.query, identity, origin });
    this.#accept(live, result, identity, generation);
  }

  /** Takes a run's result, unless there is one that stands. */
  #accept(live: LiveQuery, result: QueryResult, identity: Identity, generation: number): void {
    if (result.identityRead) this.#splitByIdentity(live, identityKey(identity));
    const newest = this.#committer.visibleTs;
    if (generation !== this.#generation) {
      result.until = result.ts;
    } else if (stands(live.result)) {
      result.until = result.ts + 1n;
      return;
    } else if (
      result.ts < newest &&
      this.#committer.changedSince(result.readSet, result.ts, newest) !== false
    ) {
      // Somewhere in between it ended; where is not known.
      result.until = result.ts + 1n;
    }
    live.result = result;
    live.blindRuns = result.readsUnknown ? live.blindRuns + 1 : 0;
    if (stands(result)) {
      live.handle = this.#ranges.add(result.readSet, live);
      if (result.readsUnknown) this.#expireLater(live, result);
    }
    this.#settle(live);
  }

  /** Nothing will wake it, and a busy machine may have been the reason: it is tried again, ever more rarely. */
  #expireLater(live: LiveQuery, result: QueryResult): void {
    const delay = Math.min(BLIND_RETRY_FIRST * 2 ** (live.blindRuns - 1), BLIND_RETRY_MAX);
    setTimeout(() => {
      if (live.result === result) this.#end(live, this.#committer.visibleTs + 1n);
    }, delay).unref();
  }

  /** The query turned out to depend on who asks: everybody else gets a live query of their own. */
  #splitByIdentity(live: LiveQuery, ranAs: string): void {
    const { family } = live;
    if (family.identityRead) return;
    family.identityRead = true;
    family.members.delete(live.memberKey);
    live.memberKey = ranAs;
    family.members.set(ranAs, live);
    for (const watcher of [...live.watchers]) {
      if (watcher.identityKey !== ranAs) this.#move(watcher, family);
    }
  }

  /** Runs these queries on one snapshot. */
  async #refreshTogether(subscriptions: readonly Subscription[]): Promise<Map<Subscription, QueryResult>> {
    for (const subscription of subscriptions) this.#followJournal(subscription);
    const runs = subscriptions.map(({ live, identity, origin }) => {
      return { live, query: live.family.query, identity, origin };
    });
    const generation = this.#generation;
    const results = await this.#runs.together(runs);
    const common = new Map<Subscription, QueryResult>();
    for (const [i, subscription] of subscriptions.entries()) {
      const [run, result] = [runs[i], results[i]];
      if (run === undefined || result === undefined) continue;
      this.#accept(run.live, result, run.identity, generation);
      common.set(subscription, result);
    }
    return common;
  }

  /** Queries whose result another session moved past the common snapshot have to run with the others next time. */
  #addDisagreeing(
    subscriptions: readonly Subscription[],
    common: ReadonlyMap<Subscription, QueryResult>,
    moving: Set<Subscription>,
  ): void {
    const [first] = common.values();
    if (first === undefined) return;
    for (const subscription of subscriptions) {
      const { result } = subscription;
      if (result !== null && !holdsAt(result, first.ts)) moving.add(subscription);
    }
  }
}
