/**
 * Keys inside the range of a search or vector index. A document belongs to one scope that all documents share and, for each
 * filter field, to the scope of its value there; whatever is looked up by a filter lies together under the filter's scope.
 *
 *     search   posting     01 scope term 00 id, times the term occurs (2), length of the document (1), creation time (8)
 *              membership  02 scope id, number of terms in the document (3)
 *              statistics  03 scope -> "documents terms" as decimal text; kept by the committer, no part of read sets
 *     vector   vector      04 id -> the vector scaled to length 1, as 32-bit floats of this machine
 *              membership  02 scope id 000000, of filter fields alone
 *
 * Length of the document: see field-norm.ts. Creation time: a big-endian double.
 */
import { hash } from "node:crypto";
import type { IndexKey } from "../../storage/types";

const POSTING = "\x01";
const MEMBERSHIP = "\x02";
const STATISTICS = "\x03";
const VECTOR = "\x04";

/** What all documents of an index share. */
export const ALL_DOCUMENTS = "\0";
/** Bytes of a value's hash in a scope: enough that two values never share one. */
const HASH_BYTES = 16;
const MAX_TERM_COUNT = 0xffff;
const LENGTH_BYTES = 3;

export type Scope = string;

/** The documents whose filter field number `field` has this encoded value. */
export function fieldScope(field: number, encodedValue: string): Scope {
  const digest = Buffer.from(hash("sha256", Buffer.from(encodedValue, "latin1"), "base64"), "base64");
  return String.fromCharCode(field + 1) + digest.toString("latin1", 0, HASH_BYTES);
}

/** Begins the keys of all postings of exactly this term (as bytes, see utf8Bytes). */
export function postingPrefix(scope: Scope, term: string): IndexKey {
  return `${POSTING}${scope}${term}\0`;
}

/** Begins the keys of the postings of all terms that begin so. */
export function termPrefix(scope: Scope, beginning: string): IndexKey {
  return POSTING + scope + beginning;
}

/** The term of a posting of this scope. */
export function termOf(scope: Scope, key: IndexKey): string {
  const start = POSTING.length + scope.length;
  return key.slice(start, key.indexOf("\0", start));
}

/** `tail`: of `postingTail`, the same for a document's postings but for the count. */
export function postingKey(
  scope: Scope,
  term: string,
  id: string,
  termCount: number,
  tail: string,
): IndexKey {
  const count = Math.min(termCount, MAX_TERM_COUNT);
  return postingPrefix(scope, term) + id + String.fromCharCode(count >> 8, count & 0xff) + tail;
}

export function postingTail(norm: number, creationTime: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(creationTime);
  return String.fromCharCode(norm) + bytes.toString("latin1");
}

/** Parts of a posting; `end`: where the id in it ends. One call each for every posting that a search visits: nothing is allocated. */
export function termCountAt(key: IndexKey, end: number): number {
  return (key.charCodeAt(end) << 8) | key.charCodeAt(end + 1);
}

export function normAt(key: IndexKey, end: number): number {
  return key.charCodeAt(end + 2);
}

export function creationTimeAt(key: IndexKey, end: number): number {
  return Buffer.from(key.slice(end + 3), "latin1").readDoubleBE();
}

export function membershipPrefix(scope: Scope, id = ""): IndexKey {
  return MEMBERSHIP + scope + id;
}

export function membershipKey(scope: Scope, id: string, length: number): IndexKey {
  return membershipPrefix(scope, id) + String.fromCharCode(length >> 16, (length >> 8) & 0xff, length & 0xff);
}

/** Null for a key of another kind. */
export function parseMembership(key: IndexKey): { scope: Scope; id: string; length: number } | null {
  if (!key.startsWith(MEMBERSHIP)) return null;
  const start = MEMBERSHIP.length + scopeLength(key);
  const end = key.length - LENGTH_BYTES;
  const length = (key.charCodeAt(end) << 16) | (key.charCodeAt(end + 1) << 8) | key.charCodeAt(end + 2);
  return { scope: key.slice(MEMBERSHIP.length, start), id: key.slice(start, end), length };
}

export function statisticsKey(scope: Scope): IndexKey {
  return STATISTICS + scope;
}

export const VECTORS = VECTOR;

export function vectorKey(id: string): IndexKey {
  return VECTOR + id;
}

/** The document that an entry is of. */
export function documentOf(key: IndexKey, idLength: number): string {
  if (key.startsWith(VECTOR)) return key.slice(VECTOR.length);
  const scope = 1 + scopeLength(key);
  const start = key.startsWith(POSTING) ? key.indexOf("\0", scope) + 1 : scope;
  return key.slice(start, start + idLength);
}

/** Of the scope that begins after a key's first byte. */
function scopeLength(key: IndexKey): number {
  return key[1] === ALL_DOCUMENTS ? ALL_DOCUMENTS.length : 1 + HASH_BYTES;
}
