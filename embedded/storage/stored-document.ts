/**
 * The stored form of a document: its size (as limits count it) in four characters of 7 bits, then its JSON text.
 * So a read can keep the limits without parsing the document. LMDB holds it as UTF-8.
 */
const SIZE_LENGTH = 4;
const MAX_SIZE = 2 ** 28 - 1;

export function storeDocument(text: string, size: number): string {
  if (size > MAX_SIZE) throw new RangeError(`Document of ${size} bytes is too large to store`);
  return String.fromCharCode(size >>> 21, (size >>> 14) & 0x7f, (size >>> 7) & 0x7f, size & 0x7f) + text;
}

export function documentSize(stored: string): number {
  return (
    (stored.charCodeAt(0) << 21) |
    (stored.charCodeAt(1) << 14) |
    (stored.charCodeAt(2) << 7) |
    stored.charCodeAt(3)
  );
}

export function documentText(stored: string): string {
  return stored.slice(SIZE_LENGTH);
}
