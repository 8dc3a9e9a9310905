import { encodeValue } from "../../storage/key-encoding";
import { DatabaseError } from "../errors";
import type { KeyBounds, ScanRow } from "../index-scan";
import { MAX_SEARCH_RESULTS } from "../limits";
import type { StreamContext } from "../stream-context";
import type { SearchPlan } from "./search-plan";
import { searchText, type SearchResult } from "./text-search";

/**
 * The results of a search as rows whose keys sort by relevance. The search itself runs when the first row is asked for; a page
 * runs it again and takes up where the one before ended.
 */
export class SearchScan {
  readonly #plan: SearchPlan;
  readonly #bounds: KeyBounds;
  readonly #context: StreamContext;
  #rows: ScanRow[] | null = null;
  #position = 0;

  constructor(plan: SearchPlan, bounds: KeyBounds, context: StreamContext) {
    this.#plan = plan;
    this.#bounds = bounds;
    this.#context = context;
  }

  /** Null at the end. The caller loads the document, on which the transaction depends from here on. */
  next(): ScanRow | null {
    this.#rows ??= this.#search();
    if (this.#position === MAX_SEARCH_RESULTS) throw scannedTooMany();
    const row = this.#rows[this.#position++];
    if (row === undefined) {
      this.close();
      return null;
    }
    this.#context.reads.point(this.#plan.table.byId, row.id);
    return row;
  }

  close(): void {
    this.#rows = [];
    this.#position = 0;
  }

  #search(): ScanRow[] {
    const { lo, hi } = this.#bounds;
    return searchText(this.#plan, this.#context)
      .map((result) => ({ key: relevanceKey(result), id: result.id }))
      .filter(({ key }) => key >= lo && (hi === null || key < hi));
  }
}

function relevanceKey({ id, score, creationTime }: SearchResult): string {
  return encodeValue(-score) + encodeValue(-creationTime) + id;
}

function scannedTooMany(): DatabaseError {
  return new DatabaseError(
    "SearchQueryScannedTooManyDocumentsError",
    `Search query scanned too many documents (fetched ${MAX_SEARCH_RESULTS}). Consider using a smaller limit, ` +
      "paginating the query, or using a filter field to limit the number of documents pulled from the search index.",
  );
}
