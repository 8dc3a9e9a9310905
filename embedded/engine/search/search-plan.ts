import { utf8Bytes } from "../../storage/key-encoding";
import type { SearchIndexInfo, TableInfo, TableView } from "../catalog";
import { DatabaseError } from "../errors";
import { findSearchIndex } from "../find-index";
import type { KeyBounds } from "../index-scan";
import { MAX_QUERY_TERMS, MAX_SEARCH_FILTERS } from "../limits";
import type { SearchSource } from "../query-types";
import { encodeQueryValue } from "../query-values";
import { fieldScope, type Scope } from "./search-keys";
import { tokenize } from "./tokenizer";

/** A search that is ready to run. Results are in the order of relevance; `bounds` are of keys of search-scan.ts. */
export type SearchPlan = {
  type: "search";
  table: TableInfo;
  virtual: null;
  index: SearchIndexInfo;
  /** As bytes, in their order in the query; documents have at least one of them. */
  terms: string[];
  /** Documents are in all of these. */
  scopes: Scope[];
  bounds: KeyBounds;
  reverse: false;
};

/** Throws DatabaseError for a search that the index cannot serve. */
export function planSearch({ table }: TableView, { indexName, filters }: SearchSource): SearchPlan {
  const index = findSearchIndex(table, indexName.slice(indexName.indexOf(".") + 1), indexName);
  let text: string | null = null;
  const scopes: Scope[] = [];
  for (const filter of filters) {
    if (filter.type === "Search") {
      checkSearchField(indexName, index, filter.fieldPath, text !== null);
      text = String(filter.value);
    } else {
      scopes.push(filterScope(indexName, index, filter.fieldPath, encodeQueryValue(filter.value)));
    }
  }
  if (text === null) {
    throw refused(
      "MissingSearchFilterError",
      indexName,
      "does not contain any search filters. You must include a search filter like " +
        `\`q.search(""${index.searchField}"", searchText)\`.`,
    );
  }
  if (scopes.length > MAX_SEARCH_FILTERS) {
    throw refused(
      "TooManyFilterConditionsInSearchQueryError",
      indexName,
      `has too many filter conditions. Max: ${MAX_SEARCH_FILTERS} Actual: ${scopes.length}`,
    );
  }
  const bounds = { lo: "", hi: null };
  const terms = firstTerms(text);
  return { type: "search", table, virtual: null, index, terms, scopes, bounds, reverse: false };
}

function checkSearchField(
  indexName: string,
  { searchField }: SearchIndexInfo,
  field: string,
  isSecond: boolean,
): void {
  if (field !== searchField) {
    throw refused(
      "IncorrectSearchField",
      indexName,
      `contains a search filter against "${field}", which doesn't match the indexed \`searchField\` "${searchField}".`,
    );
  }
  if (isSecond) {
    throw refused(
      "DuplicateSearchFiltersError",
      indexName,
      `contains multiple search filters against "${field}". Only one is allowed.`,
    );
  }
}

function filterScope(
  indexName: string,
  { filterFields }: SearchIndexInfo,
  field: string,
  encodedValue: string,
): Scope {
  const position = filterFields.indexOf(field);
  if (position >= 0) return fieldScope(position, encodedValue);
  throw refused(
    "IncorrectFilterFieldError",
    indexName,
    `contains an equality filter on "${field}" but that field isn't indexed for filtering in \`filterFields\`.`,
  );
}

function firstTerms(text: string): string[] {
  const terms: string[] = [];
  for (const token of tokenize(text)) {
    if (terms.length === MAX_QUERY_TERMS) break;
    terms.push(utf8Bytes(token));
  }
  return terms;
}

function refused(code: string, indexName: string, why: string): DatabaseError {
  return new DatabaseError(code, `Search query against ${indexName} ${why}`);
}
