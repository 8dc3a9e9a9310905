import { documentSize, documentText } from "../storage/stored-document";
import type { JSONObject } from "../storage/types";
import { DatabaseError } from "./errors";
import { compileFilter, type Filter } from "./filter";
import { IndexScan, type KeyBounds, type ScanRow } from "./index-scan";
import type { QueryPlan } from "./query-plan";
import type { QueryOperator } from "./query-types";
import { SearchScan } from "./search/search-scan";
import type { StreamContext } from "./stream-context";
import { virtualDocument } from "./virtual-documents";

type Operator = { filter: Filter } | { left: number };

/** A row that was read; `text` null: an operator dropped it. */
export type StreamRow = { key: string; text: string | null; size: number };

/** Where rows come from, in the order of the query. */
type Scan = { next(): ScanRow | null; close(): void };

/** Runs a planned query row by row: scan, point read of the document, operators in their order. */
export class QueryStream {
  readonly #plan: QueryPlan;
  readonly #context: StreamContext;
  readonly #scan: Scan;
  readonly #operators: Operator[];
  readonly #needsDocument: boolean;

  constructor(
    plan: QueryPlan,
    operators: QueryOperator[],
    context: StreamContext,
    bounds: KeyBounds = plan.bounds,
  ) {
    this.#plan = plan;
    this.#context = context;
    this.#operators = operators.map(toOperator);
    this.#needsDocument = operators.some((operator) => "filter" in operator);
    this.#scan =
      plan.type === "search"
        ? new SearchScan(plan, bounds, context)
        : new IndexScan({ ...plan, bounds }, context.snapshot, context.pending, context.reads);
  }

  /** The next row read, dropped ones included; null at the end. */
  nextRow(): StreamRow | null {
    if (this.#operators.some((operator) => "left" in operator && operator.left <= 0)) {
      this.close();
      return null;
    }
    const { table, virtual } = this.#plan;
    for (;;) {
      const row = this.#scan.next();
      if (row === null) return null;
      const stored = this.#context.pending.get(table, row.id);
      // Deleted by the transaction itself after the walk had come to it.
      if (stored === undefined) continue;
      const size = documentSize(stored);
      this.#context.reads.countDocument(size);
      const text = documentText(stored);
      const shown = virtual === null ? text : virtualDocument(virtual, text);
      return { key: row.key, text: this.#passes(shown) ? shown : null, size };
    }
  }

  next(): string | null {
    for (let row = this.nextRow(); row !== null; row = this.nextRow()) {
      if (row.text !== null) return row.text;
    }
    return null;
  }

  close(): void {
    this.#scan.close();
  }

  #passes(text: string): boolean {
    const document = this.#needsDocument ? (JSON.parse(text) as JSONObject) : {};
    for (const operator of this.#operators) {
      if ("filter" in operator) {
        if (!operator.filter(document)) return false;
      } else if (operator.left-- <= 0) return false;
    }
    return true;
  }
}

function toOperator(operator: QueryOperator): Operator {
  if ("filter" in operator) return { filter: compileFilter(operator.filter) };
  const { limit } = operator;
  if (!Number.isInteger(limit) || limit < 0) {
    throw new DatabaseError(
      "InvalidArgument",
      `Invalid query: limit must be a non-negative integer, got ${limit}`,
    );
  }
  return { left: limit };
}
