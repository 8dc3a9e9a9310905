import type { JSONValue } from "../storage/types";

/** Queries as `convex/server` serialises them for the `1.0/queryStream` and `1.0/queryPage` operations. */
export type SerializedQuery = { source: QuerySource; operators: QueryOperator[] };

export type QueryOrder = "asc" | "desc" | null;

export type QuerySource =
  | { type: "FullTableScan"; tableName: string; order: QueryOrder }
  | { type: "IndexRange"; indexName: string; range: RangeExpression[]; order: QueryOrder }
  | SearchSource;

export type SearchSource = { type: "Search"; indexName: string; filters: SearchFilter[] };

export type SearchFilter =
  { type: "Search"; fieldPath: string; value: string } | { type: "Eq"; fieldPath: string; value: JSONValue };

export type RangeExpression = {
  type: "Eq" | "Gt" | "Gte" | "Lt" | "Lte";
  fieldPath: string;
  value: JSONValue;
};

export type QueryOperator = { filter: JSONValue } | { limit: number };

export type PageOptions = {
  cursor: string | null;
  /** When given the page runs up to it, whatever `pageSize` says. */
  endCursor: string | null;
  pageSize: number;
  maximumRowsRead?: number | null;
  maximumBytesRead?: number | null;
};

/** `page` holds JSON texts of documents. */
export type Page = {
  page: string[];
  isDone: boolean;
  continueCursor: string;
  splitCursor: string | null;
  pageStatus: "SplitRequired" | "SplitRecommended" | null;
};
