/** What one transaction may read and write; bytes count documents as `getDocumentSize` of convex/values does. */
export type Limits = {
  documentsRead: number;
  bytesRead: number;
  /** Gets and query ranges. */
  databaseQueries: number;
  documentsWritten: number;
  bytesWritten: number;
  systemDocumentsWritten: number;
  systemBytesWritten: number;
  functionsScheduled: number;
  scheduledFunctionArgsBytes: number;
  /** Entries of search and vector indexes that writes add and remove: bounds memory. Production has no such limit. */
  searchEntriesWritten: number;
};

const MiB = 1024 * 1024;

/** Production's limits. */
export const DEFAULT_LIMITS: Limits = {
  documentsRead: 32_000,
  bytesRead: 16 * MiB,
  databaseQueries: 4_096,
  documentsWritten: 16_000,
  bytesWritten: 16 * MiB,
  systemDocumentsWritten: 40_000,
  systemBytesWritten: 128 * MiB,
  functionsScheduled: 1_000,
  scheduledFunctionArgsBytes: 16 * MiB,
  searchEntriesWritten: 250_000,
};

/** Limits are for functions; the deployment's own tables may have grown beyond them. */
export const DEPLOYMENT_LIMITS = {
  documentsRead: Infinity,
  bytesRead: Infinity,
  databaseQueries: Infinity,
  searchEntriesWritten: Infinity,
};

export const MAX_QUERY_OPERATORS = 256;
export const MAX_PAGE_SIZE = 32_000;
export const MAX_DOCUMENT_BYTES = MiB;
export const MAX_DOCUMENT_NESTING = 16;
export const MAX_VALUE_BYTES = 32 * MiB;
export const MAX_VALUE_NESTING = 64;
export const MAX_ARRAY_LENGTH = 8_192;
export const MAX_OBJECT_FIELDS = 1_024;
export const MAX_FIELD_NAME_LENGTH = 1_024;
export const MAX_TABLES = 10_000;
export const MAX_INDEXES_PER_TABLE = 64;
export const MAX_INDEX_FIELDS = 16;
export const MAX_FILTER_FIELDS = 16;

/** A longer term is not found: neither from the document's side nor from the query's. */
export const MAX_TERM_BYTES = 31;
/** Terms of a search; further ones are ignored. */
export const MAX_QUERY_TERMS = 16;
/** Terms that a search looks for once its last one is expanded as a prefix. */
export const MAX_SEARCHED_TERMS = 64;
export const MAX_SEARCH_FILTERS = 8;
/** Best documents of a search; reading past them is an error. */
export const MAX_SEARCH_RESULTS = 1_024;
/** Different terms by which one document is found: those that come first in it. Production has no such bound. */
export const MAX_DOCUMENT_TERMS = 8_192;

export const MIN_VECTOR_DIMENSIONS = 2;
export const MAX_VECTOR_DIMENSIONS = 4_096;
export const MAX_VECTOR_RESULTS = 256;
export const DEFAULT_VECTOR_RESULTS = 10;
export const MAX_VECTOR_CONDITIONS = 64;
