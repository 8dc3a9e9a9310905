import type { Snapshot } from "../storage/store";
import type { JSONValue, TransactionOutcome, TransactionUsage } from "../storage/types";
import type { Catalog } from "./catalog";
import type { Limits } from "./limits";
import type { Page, PageOptions, SerializedQuery } from "./query-types";

export { DatabaseError, NeedsTable } from "./errors";
export type { Page, PageOptions, SerializedQuery } from "./query-types";

/**
 * Who touches the database: `user` code may not touch tables whose names begin with `_`, but for reading
 * the virtual ones through `isSystem`; `system` code may touch all. Each method takes it as its last argument, so that the
 * runtime can write `_scheduled_jobs` inside a user's mutation; default: the `system` option of the transaction.
 */
export type Access = "user" | "system";

export type TransactionOptions = {
  snapshot: Snapshot;
  catalog: Catalog;
  kind: "query" | "mutation";
  component: string;
  /** Unix ms, may be fractional; the `_creationTime` of the first insert. */
  beginTime: number;
  /** Source of the random part of new ids. */
  randomBytes: (length: number) => Uint8Array;
  system: boolean;
  limits?: Partial<Limits>;
};

/**
 * One transaction on a snapshot: synchronous, no I/O but LMDB reads. Buffers its writes, which its own reads see, and
 * records what it read. Holds no lock; the committer decides whether its outcome stands. Does not own the snapshot:
 * the caller closes that after the run. Errors of its methods are DatabaseErrors unless said otherwise.
 */
export class Transaction {
  constructor(readonly options: TransactionOptions) {}

  /** JSON text of the document, or null. `table`: the table that the caller says the id is of. */
  get(_id: string, _o: { isSystem: boolean; table?: string | null }, _access?: Access): string | null {
    throw new Error("unfinished");
  }

  /** Text id of the new document. Throws NeedsTable for a table that does not exist yet. */
  insert(_table: string, _value: JSONValue, _access?: Access): string {
    throw new Error("unfinished");
  }

  /** Merges at the top level; `{"$undefined": null}` removes a field. JSON text of the new document. */
  patch(_id: string, _value: JSONValue, _table?: string | null, _access?: Access): string {
    throw new Error("unfinished");
  }

  /** JSON text of the new document. */
  replace(_id: string, _value: JSONValue, _table?: string | null, _access?: Access): string {
    throw new Error("unfinished");
  }

  /** JSON text of the deleted document. */
  remove(_id: string, _table?: string | null, _access?: Access): string {
    throw new Error("unfinished");
  }

  /** The id's text if it is one of `table`, else null. */
  normalizeId(_table: string, _text: string, _access?: Access): string | null {
    throw new Error("unfinished");
  }

  count(_table: string, _access?: Access): number {
    throw new Error("unfinished");
  }

  openQuery(_query: SerializedQuery, _access?: Access): number {
    throw new Error("unfinished");
  }

  /** JSON text of the next document; null at the end, after which the query is closed. */
  next(_queryId: number): string | null {
    throw new Error("unfinished");
  }

  /** Whether there was such a query. */
  closeQuery(_queryId: number): boolean {
    throw new Error("unfinished");
  }

  page(_query: SerializedQuery, _o: PageOptions, _access?: Access): Page {
    throw new Error("unfinished");
  }

  /** Marks a point to which `rollbackTo` undoes all writes; reads stay recorded. Savepoints nest. */
  savepoint(): number {
    throw new Error("unfinished");
  }

  rollbackTo(_savepoint: number): void {
    throw new Error("unfinished");
  }

  release(_savepoint: number): void {
    throw new Error("unfinished");
  }

  /** The id under which user code knows a document of a table that has a virtual view (`_scheduled_jobs` -> `_scheduled_functions`). */
  virtualId(_id: string): string {
    throw new Error("unfinished");
  }

  /** The reverse of `virtualId`; null if it is no id of that virtual table. */
  physicalId(_virtualTable: string, _id: string): string | null {
    throw new Error("unfinished");
  }

  /** Counts a scheduled function toward the limits; throws when over. */
  countScheduled(_argsBytes: number): void {
    throw new Error("unfinished");
  }

  usage(): TransactionUsage {
    throw new Error("unfinished");
  }

  /** `1.0/getTransactionMetrics`. */
  metrics(): Record<keyof TransactionUsage, { used: number; remaining: number }> {
    throw new Error("unfinished");
  }

  outcome(): TransactionOutcome {
    throw new Error("unfinished");
  }
}
