import { join } from "node:path";
import { asBinary, open, type RootDatabase, type Transaction as LmdbTransaction } from "lmdb";
import { DataDirLock } from "./data-dir-lock";
import { checkDataFile } from "./data-file";
import type { CatalogRow, IndexKey, Ts } from "./types";

export { DataDirLockedError } from "./data-dir-lock";
export { DamagedDatabaseError } from "./data-file";

/** LMDB's limit on a key in bytes, for the page size of every platform. */
const MAX_LMDB_KEY = 1_978;
const INDEX_PREFIX_LENGTH = 4;
export const MAX_INDEX_KEY = MAX_LMDB_KEY - INDEX_PREFIX_LENGTH;

/** Address space reserved for the file, on systems where that costs nothing: growing the map later would halt readers. */
const MAP_SIZE = 2 ** 38;

const FLOAT_BYTES = 4;
/** Snapshots tried before one that lacks an acknowledged commit counts as a failure. */
const MAX_SNAPSHOTS = 3;

/** Index numbers of tables begin above this one, which holds what is not a document. */
const META_INDEX = 0;
export const FIRST_INDEX = 1;
const META_POSITION = "position";
const META_CATALOG = "catalog";
const META_COUNT = "count:";

type Database = RootDatabase<string, string>;

/** lmdb takes a transaction here too, which its types leave out. The bytes are good until the next read. */
type BinaryReader = {
  getBinaryFast(key: string, options: { transaction: LmdbTransaction }): Uint8Array | undefined;
};

/**
 * The one LMDB environment of a deployment. The main thread opens it for writing (and holds the lock of the
 * directory); workers of the same process open it read-only. Reads are synchronous and see whole commits only.
 *
 * One flat key space: index number (4 bytes, big-endian), then the index's own key. The by_id index of a table holds
 * its documents; entries of other database indexes are empty: the document's id ends their key. Search and vector indexes have
 * keys of their own (engine/search/search-keys.ts).
 */
export class Store {
  readonly #db: Database;
  readonly #lock: DataDirLock | null;

  private constructor(db: Database, lock: DataDirLock | null) {
    this.#db = db;
    this.#lock = lock;
  }

  /**
   * Opens for writing; creates what is missing. Throws DataDirLockedError if another process has it open,
   * DamagedDatabaseError if the file has lost a part.
   */
  static async open(dir: string): Promise<Store> {
    const lock = await DataDirLock.acquire(dir);
    try {
      checkDataFile(dataFile(dir));
      return new Store(openDatabase(dir, false), lock);
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** Opens for reading in another thread of the process that has it open for writing. */
  static openReadOnly(dir: string): Store {
    return new Store(openDatabase(dir, true), null);
  }

  /**
   * The newest durable state. Cheap; must be closed, and soon: while open, LMDB cannot reuse pages freed since. Throws if
   * it does not show the commits up to `atLeast`, which must be durable.
   */
  snapshot(atLeast: Ts = 0n): Snapshot {
    for (let attempt = 1; ; attempt++) {
      this.#db.resetReadTxn();
      const snapshot = new Snapshot(this.#db, this.#db.useReadTransaction());
      if (snapshot.ts >= atLeast) return snapshot;
      // lmdb keeps a read transaction for later ones. Should it take an old one for current, the next call renews it.
      snapshot.close();
      if (attempt === MAX_SNAPSHOTS) {
        throw new Error(`The database shows commit ${snapshot.ts}, but ${atLeast} has been acknowledged.`);
      }
    }
  }

  /**
   * Writes all that `body` puts into the batch, or nothing. Resolves when it is on disk (fsynced) and snapshots see it;
   * in the order of the calls. `body` runs at once; if it throws nothing is written.
   */
  async write(body: (batch: WriteBatch) => void): Promise<void> {
    const batch = new WriteBatch();
    body(batch);
    const written = await this.#db.batch(() => batch.apply(this.#db));
    if (!written) throw new Error("The database did not take a write.");
  }

  /** Writes a consistent copy of the database into a folder, while others read and write. */
  async backup(dir: string): Promise<void> {
    await this.#db.backup(dataFile(dir), true);
  }

  async close(): Promise<void> {
    await this.#db.close();
    await this.#lock?.release();
  }
}

/** The writes of one `Store.write`, gathered first: lmdb would keep the first half of a batch that throws half-way. */
export class WriteBatch {
  readonly #operations: { key: string; value: string | Uint8Array | null }[] = [];

  /** `stored`: see stored-document.ts. */
  putDocument(byId: number, key: IndexKey, stored: string): void {
    this.#add(indexPrefix(byId) + key, stored);
  }

  putKey(index: number, key: IndexKey, value: string | Uint8Array = ""): void {
    this.#add(indexPrefix(index) + key, value);
  }

  removeKey(index: number, key: IndexKey): void {
    this.#add(indexPrefix(index) + key, null);
  }

  setCount(byId: number, count: number): void {
    this.#add(metaKey(META_COUNT + byId), String(count));
  }

  setCatalog(catalog: CatalogRow): void {
    this.#add(metaKey(META_CATALOG), JSON.stringify(catalog));
  }

  /** Goes with each write: what snapshots from now on are of. */
  setPosition(ts: Ts, catalogVersion: number): void {
    this.#add(metaKey(META_POSITION), `${ts} ${catalogVersion}`);
  }

  apply(db: Database): void {
    for (const { key, value } of this.#operations) {
      if (value === null) void db.remove(key);
      else if (typeof value === "string") void db.put(key, value);
      else void db.put(key, asBinary(value) as unknown as string);
    }
  }

  #add(key: string, value: string | Uint8Array | null): void {
    if (key.length > MAX_LMDB_KEY) throw new RangeError(`Key of ${key.length} bytes is too long to store`);
    this.#operations.push({ key, value });
  }
}

/** One consistent state of the database. Not usable after `close()`. */
export class Snapshot {
  /** Timestamp of the newest commit in it; 0 before the first. */
  readonly ts: Ts;
  readonly catalogVersion: number;
  readonly #db: Database;
  readonly #transaction: LmdbTransaction;
  readonly #options: { transaction: LmdbTransaction };
  readonly #cursors = new Set<IterableIterator<IndexKey>>();
  #closed = false;

  constructor(db: Database, transaction: LmdbTransaction) {
    this.#db = db;
    this.#transaction = transaction;
    this.#options = { transaction };
    const position = db.get(metaKey(META_POSITION), this.#options) ?? "0 0";
    const space = position.indexOf(" ");
    this.ts = BigInt(position.slice(0, space));
    this.catalogVersion = Number(position.slice(space + 1));
  }

  /** JSON text of the catalog; null in a new database. */
  catalogText(): string | null {
    return this.#db.get(metaKey(META_CATALOG), this.#options) ?? null;
  }

  /** What is stored under a key: of a by_id index a document (see stored-document.ts). */
  get(index: number, key: IndexKey): string | undefined {
    return this.#db.get(indexPrefix(index) + key, this.#options);
  }

  /** A stored vector. Good until the next read from this database. */
  vector(index: number, key: IndexKey): Float32Array | undefined {
    const reader = this.#db as unknown as BinaryReader;
    const bytes = reader.getBinaryFast(indexPrefix(index) + key, this.#options);
    if (bytes === undefined) return undefined;
    // The buffer behind the bytes is used again and again: its length is what was read into it.
    const { buffer, byteOffset, length } = bytes;
    if (byteOffset % FLOAT_BYTES === 0) return new Float32Array(buffer, byteOffset, length / FLOAT_BYTES);
    return new Float32Array(buffer.slice(byteOffset, byteOffset + length));
  }

  /** Keys of [lo, hi) in order, or backwards. Leaving the loop early frees the cursor. */
  keys(index: number, lo: IndexKey, hi: IndexKey | null, reverse: boolean): IterableIterator<IndexKey> {
    const prefix = indexPrefix(index);
    const start = prefix + lo;
    const end = hi === null ? indexPrefix(index + 1) : prefix + hi;
    // LMDB's backward ranges include their start and exclude their end: the flags turn that into [lo, hi) again.
    const range = reverse
      ? { start: end, end: start, reverse, exclusiveStart: true, inclusiveEnd: true }
      : { start, end };
    const keys = keysOf(this.#db.getKeys({ ...range, transaction: this.#transaction }));
    this.#cursors.add(keys);
    return keys;
  }

  /** Number of keys of [lo, hi). */
  countKeys(index: number, lo: IndexKey, hi: IndexKey | null): number {
    const prefix = indexPrefix(index);
    const end = hi === null ? indexPrefix(index + 1) : prefix + hi;
    return this.#db.getKeysCount({ start: prefix + lo, end, transaction: this.#transaction });
  }

  /** Number of documents of the table whose by_id index this is. */
  count(byId: number): number {
    return Number(this.#db.get(metaKey(META_COUNT + byId), this.#options) ?? 0);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    // A range that was not walked to its end would hold the LMDB transaction, and with it old pages, for ever.
    for (const keys of this.#cursors) keys.return?.();
    this.#transaction.done();
  }
}

function* keysOf(keys: Iterable<string>): IterableIterator<IndexKey> {
  for (const key of keys) yield key.slice(INDEX_PREFIX_LENGTH);
}

function dataFile(dir: string): string {
  return join(dir, "data.mdb");
}

function openDatabase(dir: string, readOnly: boolean): Database {
  return open<string, string>({
    path: dataFile(dir),
    readOnly,
    encoding: "string",
    keyEncoder: byteStringKeys,
    // A commit is announced only when it is on disk, and no reader sees it before.
    overlappingSync: false,
    eventTurnBatching: false,
    // Windows would allocate the file at this size.
    ...(process.platform === "win32" ? {} : { mapSize: MAP_SIZE }),
  });
}

const byteStringKeys = {
  writeKey(key: unknown, target: Uint8Array, start: number): number {
    const text = key as string;
    // lmdb takes a larger buffer when it sees this error; latin1Write alone would cut the key silently.
    if (start + text.length > target.length) throw new RangeError("Key does not fit into the buffer");
    return start + (target as Buffer).write(text, start, "latin1");
  },
  readKey(source: Uint8Array, start: number, end: number): string {
    return (source as Buffer).toString("latin1", start, end);
  },
};

const prefixes: string[] = [];

function indexPrefix(index: number): string {
  return (prefixes[index] ??= String.fromCharCode(
    index >>> 24,
    (index >>> 16) & 0xff,
    (index >>> 8) & 0xff,
    index & 0xff,
  ));
}

function metaKey(name: string): string {
  return indexPrefix(META_INDEX) + name;
}
