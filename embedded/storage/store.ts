import type { IndexKey, Ts } from "./types";

/** Another process holds the data directory. */
export class DataDirLockedError extends Error {
  override name = "DataDirLockedError";
}

/**
 * The one LMDB environment of a deployment. The main thread opens it for writing (and holds the lock of the directory);
 * workers of the same process open it read-only. Reads are synchronous and see whole commits only.
 */
export class Store {
  /** Opens for writing; creates what is missing. Throws DataDirLockedError if another process has it open. */
  static async open(_dir: string): Promise<Store> {
    throw new Error("unfinished");
  }

  /** Opens for reading in another thread of the process that has it open for writing. */
  static openReadOnly(_dir: string): Store {
    throw new Error("unfinished");
  }

  /** The newest durable state. Cheap; must be closed, and soon: while open, LMDB cannot reuse pages freed since. */
  snapshot(): Snapshot {
    throw new Error("unfinished");
  }

  async close(): Promise<void> {
    throw new Error("unfinished");
  }
}

/** One consistent state of the database. Not usable after `close()`. */
export class Snapshot {
  readonly ts: Ts = 0n;
  readonly catalogVersion: number = 0;

  /** JSON text of the catalog. */
  catalogText(): string {
    throw new Error("unfinished");
  }

  /** Stored document (see stored-document.ts) under a by_id key, or undefined. */
  get(_index: number, _key: IndexKey): string | undefined {
    throw new Error("unfinished");
  }

  /** Keys of [lo, hi) in order, or backwards. */
  keys(_index: number, _lo: IndexKey, _hi: IndexKey | null, _reverse: boolean): IterableIterator<IndexKey> {
    throw new Error("unfinished");
  }

  /** Number of documents of the table whose by_id index this is. */
  count(_byId: number): number {
    throw new Error("unfinished");
  }

  close(): void {
    throw new Error("unfinished");
  }
}
