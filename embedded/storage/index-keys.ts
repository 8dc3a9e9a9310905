import { MAX_ID_LENGTH } from "./ids";
import { encodeValue } from "./key-encoding";
import { MAX_INDEX_KEY } from "./store";
import type { IndexKey, JSONObject, JSONValue } from "./types";

/**
 * Keys of index entries. The full key is the encoded fields, the encoded `_creationTime`, then the text id as it is; by it
 * entries are ordered. LMDB limits keys, so where fields and creation time take MAX_BODY bytes or more, the stored key is cut: the
 * first MAX_BODY bytes, then the id. Cut keys with the same beginning form a group, whose inner order has
 * to be settled from the documents (see index-scan.ts). The by_id index is keyed by the text id alone.
 */
export const MAX_BODY = MAX_INDEX_KEY - MAX_ID_LENGTH;

/** Value at a dotted path; undefined where a field is missing on the way. */
export function fieldAt(document: JSONObject, path: readonly string[]): JSONValue | undefined {
  let value: JSONValue | undefined = document;
  for (const name of path) {
    if (value === null || typeof value !== "object" || Array.isArray(value)) return undefined;
    if (!Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

/** The full key without the id. */
export function keyBody(paths: readonly (readonly string[])[], document: JSONObject): string {
  let body = "";
  for (const path of paths) body += encodeValue(fieldAt(document, path));
  return body + encodeValue(document["_creationTime"]);
}

/** The key as stored. */
export function storedKey(body: string, id: string): IndexKey {
  return (body.length < MAX_BODY ? body : body.slice(0, MAX_BODY)) + id;
}

/** Whether a stored key, of a table whose ids have this length, is a cut one. */
export function isCut(key: IndexKey, idLength: number): boolean {
  return key.length - idLength >= MAX_BODY;
}
