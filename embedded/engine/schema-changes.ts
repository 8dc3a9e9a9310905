import type { DocumentWrite, SchemaJson, TransactionOutcome } from "../storage/types";
import { Catalog } from "./catalog";
import { withSystemTables } from "./catalog-changes";
import type { CommitGroup, CommitResult } from "./commit-group";
import type { CommitQueue } from "./commit-queue";
import { DatabaseError } from "./errors";
import { diffIndexes, type IndexDiff } from "./index-diff";
import { SchemaChange, type SchemaStatus } from "./schema-change";

/** The pending schema of each component, from `prepare` to `activate` or `abandon`. */
export class SchemaChanges {
  readonly #queue: CommitQueue;
  /** Called when an index may have been dropped. */
  readonly #onDropped: () => void;
  readonly #pending = new Map<string, SchemaChange>();
  readonly #waiters = new Set<() => void>();

  constructor(queue: CommitQueue, onDropped: () => void) {
    this.#queue = queue;
    this.#onDropped = onDropped;
  }

  async prepare(component: string, schema: SchemaJson | null): Promise<IndexDiff> {
    await this.abandon(component);
    const change = await this.#queue.run((group) => {
      const diff = diffIndexes(group.catalog, component, schema);
      const { row } = group.catalog;
      const prepared = SchemaChange.prepared(withSystemTables(row, component), component, schema, diff);
      if (prepared !== row) group.commitCatalog(prepared);
      const started = new SchemaChange(group.catalog, component, schema, diff, () => this.#wake());
      this.#pending.set(component, started);
      return started;
    });
    this.#queue.addBackground((group, snapshot) => {
      // Replaced, abandoned or activated meanwhile.
      if (this.#pending.get(component) !== change) return false;
      change.step(group, snapshot);
      return change.status.type === "inProgress";
    });
    return change.diff;
  }

  status(component: string): SchemaStatus {
    return this.#pending.get(component)?.status ?? { type: "none" };
  }

  async wait(component: string, timeoutMs: number): Promise<SchemaStatus> {
    const isSettled = (): boolean => this.status(component).type !== "inProgress";
    if (!isSettled()) {
      await new Promise<void>((resolve) => {
        const finish = (): void => {
          clearTimeout(timer);
          this.#waiters.delete(check);
          resolve();
        };
        const check = (): void => {
          if (isSettled()) finish();
        };
        const timer = setTimeout(finish, timeoutMs);
        this.#waiters.add(check);
      });
    }
    return this.status(component);
  }

  async abandon(component: string): Promise<void> {
    const change = this.#pending.get(component);
    if (change === undefined) return;
    this.#pending.delete(component);
    this.#wake();
    await this.#queue.run((group) => {
      const row = change.abandoned(group.catalog.row);
      if (row !== group.catalog.row) group.commitCatalog(row);
    });
    this.#onDropped();
  }

  /** All or none. */
  async activate(components: readonly string[], extra?: TransactionOutcome): Promise<CommitResult> {
    const result = await this.#queue.run((group) => this.#activate(group, components, extra));
    if (result.ok) this.#onDropped();
    return result;
  }

  /** Each write that is about to be committed. */
  observe(write: DocumentWrite, catalog: Catalog): void {
    this.#pending.get(write.component)?.observe(catalog, write);
  }

  #activate(
    group: CommitGroup,
    components: readonly string[],
    extra: TransactionOutcome | undefined,
  ): CommitResult {
    const changes = components.map((component) => {
      const change = this.#pending.get(component);
      if (change?.status.type !== "complete") throw notActivatable(this.status(component));
      return change;
    });
    const conflict = extra === undefined ? null : group.conflict(extra);
    if (conflict !== null) return { ok: false, conflict, retryAfter: group.lastTs };
    let { catalog } = group;
    const allDropped: number[] = [];
    for (const change of changes) {
      const { row, dropped } = change.activated(catalog);
      catalog = new Catalog(row);
      allDropped.push(...dropped);
    }
    const ts = group.commitCatalog(catalog.row, allDropped, extra?.writes);
    for (const component of components) this.#pending.delete(component);
    return { ok: true, ts };
  }

  #wake(): void {
    for (const waiter of [...this.#waiters]) waiter();
  }
}

function notActivatable(status: SchemaStatus): DatabaseError {
  return status.type === "failed"
    ? new DatabaseError("SchemaValidationFailed", status.error)
    : new DatabaseError("SchemaNotReady", `The schema cannot be activated: its state is ${status.type}.`);
}
