/**
 * Types shared by all layers of the embedded deployment: what is stored, what a transaction read and wrote,
 * what the catalog describes. Everything here is structured-clonable, so it may cross worker threads as it is.
 */

/** Commit timestamp: nanoseconds since 1970, strictly increasing from commit to commit. */
export type Ts = bigint;

/** Convex values in their JSON encoding (`$integer`, `$float`, `$bytes`, `$commitTs` for what JSON lacks). */
export type JSONValue = null | boolean | number | string | JSONValue[] | { [key: string]: JSONValue };

export type JSONObject = { [key: string]: JSONValue };

/**
 * A key of one index: a byte string held in a JavaScript string, one byte (0-255) per UTF-16 unit. So `<`
 * compares keys as LMDB does, keys serve as `Map` keys, and they are cheap to send to another thread.
 * Relative to its index: the index number in front is added by the store.
 */
export type IndexKey = string;

/** Closed-open range [lo, hi) of one index's keys; `hi` null = to the end of the index. */
export type ReadRange = { index: number; lo: IndexKey; hi: IndexKey | null };

/** Everything a run depended on. A document read by id is the range of exactly its key in the by_id index. */
export type ReadSet = { ranges: ReadRange[] };

/** `value`: what the entry holds besides its key (a vector); most hold nothing. */
export type IndexKeyWrite = { index: number; key: IndexKey; value?: Uint8Array };

/**
 * The net effect of a transaction on one document. `removed` are its keys in all indexes before, `added` after,
 * the by_id key included and unchanged keys in both, because who read the document through an index
 * depends on it even if its key stays. Entries of search and vector indexes come last, and only those that change: a search
 * depends on the documents that it loaded by their ids. `hasCommitTs`: `after` holds commit timestamp tokens that the committer fills in.
 */
export type DocumentWrite = {
  /** Number of the table, as in its ids: unique within the component only. */
  table: number;
  tableName: string;
  component: string;
  /** Text id. */
  id: string;
  /** JSON text of the document; null: did not exist / is deleted. */
  before: string | null;
  after: string | null;
  /** Size of `after` in bytes as limits count it; 0 when deleted. */
  size: number;
  removed: IndexKeyWrite[];
  added: IndexKeyWrite[];
  hasCommitTs: boolean;
};

/** What a finished run hands to the committer. */
export type TransactionOutcome = {
  snapshotTs: Ts;
  catalogVersion: number;
  readSet: ReadSet;
  writes: DocumentWrite[];
  usage: TransactionUsage;
};

/** Sizes in bytes as the limits count them. */
export type TransactionUsage = {
  bytesRead: number;
  bytesWritten: number;
  documentsRead: number;
  documentsWritten: number;
  databaseQueries: number;
  functionsScheduled: number;
  scheduledFunctionArgsBytes: number;
};

/** Validators as `convex/values` exports them. */
export type ValidatorJSON =
  | { type: "null" | "number" | "bigint" | "commitTs" | "boolean" | "string" | "bytes" | "any" }
  | { type: "literal"; value: JSONValue }
  | { type: "id"; tableName: string }
  | { type: "array"; value: ValidatorJSON }
  | { type: "record"; keys: ValidatorJSON; values: FieldValidatorJSON }
  | { type: "object"; value: Record<string, FieldValidatorJSON> }
  | { type: "union"; value: ValidatorJSON[] };

export type FieldValidatorJSON = { fieldType: ValidatorJSON; optional: boolean };

/** What `SchemaDefinition.export()` of `convex/server` gives, parsed. Absent lists are empty. */
export type SchemaJson = { tables: SchemaTableJson[]; schemaValidation: boolean };

export type SchemaTableJson = {
  tableName: string;
  indexes: SchemaIndexJson[];
  stagedDbIndexes?: SchemaIndexJson[];
  searchIndexes?: SchemaSearchIndexJson[];
  stagedSearchIndexes?: SchemaSearchIndexJson[];
  vectorIndexes?: SchemaVectorIndexJson[];
  stagedVectorIndexes?: SchemaVectorIndexJson[];
  documentType: ValidatorJSON | null;
};

export type SchemaIndexJson = { indexDescriptor: string; fields: string[] };

export type SchemaSearchIndexJson = { indexDescriptor: string; searchField: string; filterFields: string[] };

export type SchemaVectorIndexJson = {
  indexDescriptor: string;
  vectorField: string;
  dimensions: number;
  filterFields: string[];
};

/** One table of the catalog. `byId` is the number of its by_id index, the table's identity inside the store. */
export type TableRow = { component: string; name: string; number: number; byId: number };

/**
 * One index of the catalog.
 * `building`: being filled or waiting for its schema; kept up to date by every write, not readable yet.
 * `staged`: filled and kept up to date, not readable.
 */
export type IndexRow = IndexIdentity & IndexSpec;

export type IndexIdentity = {
  number: number;
  /** `byId` of its table. */
  table: number;
  name: string;
  state: "building" | "staged" | "enabled";
};

export type IndexSpec = DatabaseIndexSpec | SearchIndexSpec | VectorIndexSpec;

/** Fields as declared, without the closing `_creationTime` and `_id`. */
export type DatabaseIndexSpec = { kind?: undefined; fields: string[] };

/** Filter fields here and below: sorted, each once. */
export type SearchIndexSpec = { kind: "search"; searchField: string; filterFields: string[] };

export type VectorIndexSpec = {
  kind: "vector";
  vectorField: string;
  dimensions: number;
  filterFields: string[];
};

/** Everything but documents: stored as one value, changed only together with the commit that changes it. */
export type CatalogRow = {
  version: number;
  /** Version of the newest change of indexes or schemas: a run on an older catalog may have written wrong keys. */
  writeVersion: number;
  nextIndex: number;
  tables: TableRow[];
  indexes: IndexRow[];
  /** Active schema by component. */
  schemas: Record<string, SchemaJson>;
  /** Indexes that are gone from the catalog, but whose entries are not all deleted yet. A by_id index keeps its table's number taken. */
  dropped: { index: number; component: string; tableNumber: number | null }[];
  /** Indexes of tables that are being filled to replace others, by_id ones included. Absent: none. */
  hidden?: number[];
  /** Secret that the keys of pagination cursors, function handles and upload URLs are made of, hex. */
  cursorSecret: string;
};
