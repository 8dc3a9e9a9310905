import type { Store } from "../storage/store";
import type { IndexKeyWrite, ReadSet, SchemaJson, TransactionOutcome, Ts } from "../storage/types";
import type { Catalog } from "./catalog";
import type { Transaction } from "./transaction";

export type CommitResult =
  | { ok: true; ts: Ts }
  /** `retryAfter`: what was in the way is visible to snapshots once `visibleTs` has reached this. */
  | { ok: false; conflict: { table: string; documentId: string | null }; retryAfter: Ts };

export type CommitEvent = { ts: Ts; keys: readonly IndexKeyWrite[] };

/** An index as the CLI names it in push reports. */
export type IndexDescription = { table: string; name: string; fields: string[]; staged: boolean };

/** What a schema changes about indexes. `enabled`/`disabled`: staged ones that go live, live ones that become staged. */
export type IndexDiff = {
  added: IndexDescription[];
  removed: IndexDescription[];
  enabled: IndexDescription[];
  disabled: IndexDescription[];
};

export type SchemaStatus =
  | { type: "none" }
  | {
      type: "inProgress";
      schemaValidationComplete: boolean;
      indexesComplete: number;
      indexesTotal: number;
    }
  | { type: "failed"; error: string; tableName: string | null }
  | { type: "complete" };

export type BeginOptions = { kind: "query" | "mutation"; component?: string };

/**
 * The one writer. Decides whether a run's outcome stands (nothing it read has been written since its snapshot), gives it
 * a timestamp, writes groups of outcomes with one fsync. Lives on the main thread. A failed write (disk full) fails
 * this and all later commits: `failure` says why.
 */
export class Committer {
  static async open(_store: Store): Promise<Committer> {
    throw new Error("unfinished");
  }

  /** Newest durable and visible timestamp. */
  get visibleTs(): Ts {
    throw new Error("unfinished");
  }

  /** The newest durable catalog. */
  get catalog(): Catalog {
    throw new Error("unfinished");
  }

  get store(): Store {
    throw new Error("unfinished");
  }

  /** Resolves once durable and visible, or with the conflict that forbids it. Rejects if the store failed or is closing. */
  commit(_outcome: TransactionOutcome): Promise<CommitResult> {
    throw new Error("unfinished");
  }

  /** Called for each commit in the order of ts, when visible, before its `commit()` resolves. Returns the unsubscriber. */
  onCommit(_listener: (commit: CommitEvent) => void): () => void {
    throw new Error("unfinished");
  }

  /** Whether a commit in (since, upTo] touched the read set. "unknown": the log no longer reaches back to `since`. */
  changedSince(_readSet: ReadSet, _since: Ts, _upTo: Ts): boolean | "unknown" {
    throw new Error("unfinished");
  }

  /** Resolves when `visibleTs` is at least `ts`. */
  waitUntilVisible(_ts: Ts): Promise<void> {
    throw new Error("unfinished");
  }

  /** Creates a user table; nothing happens if it exists. Throws DatabaseError for a bad name or too many tables. */
  createTable(_component: string, _name: string): Promise<void> {
    throw new Error("unfinished");
  }

  /** Runs `body` in a system transaction on this thread and commits, again on conflict. For the deployment's own small writes. */
  execute<T>(_body: (tx: Transaction) => T, _o?: { component?: string }): Promise<{ value: T; ts: Ts }> {
    throw new Error("unfinished");
  }

  /** As `execute`, reading only. */
  read<T>(_body: (tx: Transaction) => T, _o?: { component?: string }): T {
    throw new Error("unfinished");
  }

  /** What `prepareSchema` would change; nothing is changed. `schema` null: no schema file. Throws DatabaseError for an invalid schema. */
  evaluateSchema(_component: string, _schema: SchemaJson | null): IndexDiff {
    throw new Error("unfinished");
  }

  /**
   * Makes the schema the pending one of its component, in place of an earlier pending one: creates its tables,
   * starts building its new indexes and checking stored documents, in pages between which other work runs.
   * Nothing that functions see changes. Resolves once the work has started.
   */
  prepareSchema(_component: string, _schema: SchemaJson | null): Promise<IndexDiff> {
    throw new Error("unfinished");
  }

  schemaStatus(_component: string): SchemaStatus {
    throw new Error("unfinished");
  }

  /** Resolves when the status is no longer inProgress, or after `timeoutMs`. */
  waitForSchema(_component: string, _timeoutMs: number): Promise<SchemaStatus> {
    throw new Error("unfinished");
  }

  /** Drops the pending schema and the indexes built for it. */
  abandonSchema(_component: string): Promise<void> {
    throw new Error("unfinished");
  }

  /**
   * Makes the pending schema active: enables its indexes, drops the removed ones, and commits `extra` in the same
   * transaction, with the same conflict check as `commit`. Throws DatabaseError if the pending schema is not complete.
   */
  activateSchema(_component: string, _extra?: TransactionOutcome): Promise<CommitResult> {
    throw new Error("unfinished");
  }

  /** Resolves when everything handed in so far is durable. */
  drain(): Promise<void> {
    throw new Error("unfinished");
  }

  /** Drains, then refuses. Does not close the store. */
  close(): Promise<void> {
    throw new Error("unfinished");
  }
}
