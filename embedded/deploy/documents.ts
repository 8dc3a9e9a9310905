/** Reading system tables on the main thread, through an ordinary transaction. */
import type * as z from "zod";
import type { QuerySource, RangeExpression } from "../engine/query-types";
import type { Transaction } from "../engine/transaction";

/** Documents that a query yields, as JSON texts, one at a time. Ends the query when the caller stops early. */
export function* documents(tx: Transaction, source: QuerySource): Generator<string> {
  const query = tx.openQuery({ source, operators: [] });
  try {
    for (let text = tx.next(query); text !== null; text = tx.next(query)) yield text;
  } finally {
    tx.closeQuery(query);
  }
}

export function tableScan(tableName: string): QuerySource {
  return { type: "FullTableScan", tableName, order: "asc" };
}

export function indexRange(indexName: string, range: RangeExpression[]): QuerySource {
  return { type: "IndexRange", indexName, range, order: "asc" };
}

/** All documents of a small table, parsed. */
export function rows<Row>(tx: Transaction, table: string, shape: z.ZodType<Row>): Row[] {
  return [...documents(tx, tableScan(table))].map((text) => shape.parse(JSON.parse(text)));
}
