import { fieldAt, keyBody, storedKey } from "../../storage/index-keys";
import { encodeValue, utf8Bytes } from "../../storage/key-encoding";
import type { IndexKeyWrite, JSONObject, JSONValue } from "../../storage/types";
import type { AnyIndexInfo, SearchIndexInfo, TableInfo, VectorIndexInfo } from "../catalog";
import { MAX_DOCUMENT_TERMS } from "../limits";
import { encodeFieldNorm } from "./field-norm";
import {
  ALL_DOCUMENTS,
  fieldScope,
  membershipKey,
  postingKey,
  postingTail,
  vectorKey,
  type Scope,
} from "./search-keys";
import { tokenize } from "./tokenizer";
import { unitVector } from "./unit-vector";

/** A document's entries in the search and vector indexes of its table. */
export function searchEntries(table: TableInfo, id: string, document: JSONObject): IndexKeyWrite[] {
  if (table.searchIndexes.length === 0 && table.vectorIndexes.length === 0) return [];
  return [...table.searchIndexes, ...table.vectorIndexes].flatMap((index) =>
    indexEntries(index, id, document),
  );
}

/** A document's entries in one index. */
export function indexEntries(index: AnyIndexInfo, id: string, document: JSONObject): IndexKeyWrite[] {
  switch (index.kind) {
    case undefined:
      return [{ index: index.number, key: storedKey(keyBody(index.paths, document), id) }];
    case "search":
      return textEntries(index, id, document);
    case "vector":
      return vectorEntries(index, id, document);
  }
}

/** Every document is a member, with a text or without: statistics count it. */
function textEntries(index: SearchIndexInfo, id: string, document: JSONObject): IndexKeyWrite[] {
  const entries: IndexKeyWrite[] = [];
  const { counts, length } = countTerms(fieldAt(document, index.path));
  const tail = postingTail(encodeFieldNorm(length), document["_creationTime"] as number);
  const number = index.number;
  for (const scope of [ALL_DOCUMENTS, ...filterScopes(index, document)]) {
    entries.push({ index: number, key: membershipKey(scope, id, length) });
    for (const [term, count] of counts) {
      entries.push({ index: number, key: postingKey(scope, term, id, count, tail) });
    }
  }
  return entries;
}

/** `length` counts all terms, those beyond MAX_DOCUMENT_TERMS too. */
function countTerms(text: JSONValue | undefined): { counts: Map<string, number>; length: number } {
  const counts = new Map<string, number>();
  let length = 0;
  if (typeof text !== "string") return { counts, length };
  for (const token of tokenize(text)) {
    length++;
    const term = utf8Bytes(token);
    const count = counts.get(term) ?? 0;
    if (count > 0 || counts.size < MAX_DOCUMENT_TERMS) counts.set(term, count + 1);
  }
  return { counts, length };
}

/** None for a document without a vector of the index's dimensions. */
function vectorEntries(index: VectorIndexInfo, id: string, document: JSONObject): IndexKeyWrite[] {
  const value = unitVector(fieldAt(document, index.path), index.dimensions);
  if (value === null) return [];
  return [
    { index: index.number, key: vectorKey(id), value: new Uint8Array(value.buffer) },
    ...filterScopes(index, document).map((scope) => ({
      index: index.number,
      key: membershipKey(scope, id, 0),
    })),
  ];
}

function filterScopes({ filterPaths }: SearchIndexInfo | VectorIndexInfo, document: JSONObject): Scope[] {
  return filterPaths.map((path, field) => fieldScope(field, encodeValue(fieldAt(document, path))));
}
