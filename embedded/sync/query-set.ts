/** The queries that one socket watches, and what it was last told of each. Knows no versions and no socket. */
import type { Identity } from "../runtime/types";
import type { Subscription } from "./live-query";
import type { LiveQueries } from "./live-queries";
import type { RunOrigin } from "./live-query";
import type { Payloads } from "./payloads";
import { SessionClosed } from "./close-reason";
import type { ModifyQuerySetMessage, QueryChange } from "./protocol";
import type { QueryResult } from "./query-result";

type Watched = {
  queryId: number;
  subscription: Subscription;
  /** Characters that its client made this process keep. */
  textLength: number;
  sent: { result: QueryResult; digest: string } | null;
};

/** Queries that one socket may watch. A bound on memory: no honest client comes near it. */
const MAX_QUERIES = 20_000;
/** As many characters of arguments and journals, all queries of a socket together. */
const MAX_TEXT = 64 * 1024 * 1024;

export class QuerySet {
  readonly #liveQueries: LiveQueries;
  readonly #origin: RunOrigin;
  readonly #onStale: () => void;
  readonly #watched = new Map<number, Watched>();
  /** Taken out of the set; the client has not been told yet. */
  #removed: number[] = [];
  #textHeld = 0;

  constructor(liveQueries: LiveQueries, origin: RunOrigin, onStale: () => void) {
    this.#liveQueries = liveQueries;
    this.#origin = origin;
    this.#onStale = onStale;
  }

  get hasStale(): boolean {
    for (const { subscription } of this.#watched.values()) if (!subscription.stands) return true;
    return false;
  }

  modify(modifications: ModifyQuerySetMessage["modifications"], identity: Identity): void {
    for (const modification of modifications) {
      const { queryId } = modification;
      const watched = this.#watched.get(queryId);
      if (modification.type === "Remove") {
        if (watched === undefined) throw new SessionClosed(500, "InternalServerError");
        this.#watched.delete(queryId);
        this.#removed.push(queryId);
        this.#textHeld -= watched.textLength;
        this.#liveQueries.unsubscribe(watched.subscription);
        continue;
      }
      if (watched !== undefined) throw new SessionClosed(500, "InternalServerError");
      const { path, component, args, journal } = modification;
      const textLength = path.length + args.length + (journal?.length ?? 0);
      if (this.#watched.size >= MAX_QUERIES || this.#textHeld + textLength > MAX_TEXT) {
        throw new SessionClosed(429, "TooManyQueries");
      }
      this.#textHeld += textLength;
      const query = { path, component, args, journal };
      const subscription = this.#liveQueries.subscribe(query, identity, this.#origin, this.#onStale);
      this.#watched.set(queryId, { queryId, subscription, textLength, sent: null });
    }
  }

  setIdentity(identity: Identity): void {
    for (const { subscription } of this.#watched.values()) {
      this.#liveQueries.setIdentity(subscription, identity);
    }
  }

  /** The set as it is now, for one transition. */
  begin(): PendingChanges {
    const removed = this.#removed;
    this.#removed = [];
    return new PendingChanges([...this.#watched.values()], removed);
  }

  /** The transition was not sent. */
  abandon(pending: PendingChanges): void {
    this.#removed.unshift(...pending.removed);
  }

  clear(): void {
    for (const { subscription } of this.#watched.values()) this.#liveQueries.unsubscribe(subscription);
    this.#watched.clear();
  }
}

export class PendingChanges {
  constructor(
    readonly watched: readonly Watched[],
    readonly removed: readonly number[],
  ) {}

  get subscriptions(): Subscription[] {
    return this.watched.map(({ subscription }) => subscription);
  }

  /** What these results change for the client; they count as sent from now on. */
  take(results: readonly QueryResult[], payloads: Payloads): QueryChange[] {
    const changes: QueryChange[] = this.removed.map((queryId) => ({ queryId, body: "removed" as const }));
    for (const [i, watched] of this.watched.entries()) {
      const result = results[i];
      if (result === undefined || watched.sent?.result === result) continue;
      const { body, digest } = payloads.of(result);
      if (watched.sent?.digest !== digest) changes.push({ queryId: watched.queryId, body });
      watched.sent = { result, digest };
    }
    return changes;
  }
}
