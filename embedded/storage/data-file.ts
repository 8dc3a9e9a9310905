/**
 * Looks at LMDB's data file before LMDB maps it into memory: reading a page that the file no longer has would end the process
 * without a word. The layout is that of LMDB's data version 2, little-endian, as the pinned lmdb package writes it.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** The database cannot be opened as it is; the message is one sentence for whoever runs it. */
export class DamagedDatabaseError extends Error {
  override name = "DamagedDatabaseError";
}

const PAGE_HEADER_BYTES = 24;
const MAGIC = 0xbeefc0de;
const NO_PAGE = 0xffff_ffff_ffff_ffffn;
/** Offsets inside a meta page. */
const Meta = {
  Magic: 24,
  PageSize: 48,
  FreeRoot: 88,
  MainRoot: 136,
  LastPage: 144,
  TransactionId: 152,
} as const;
const MetaPages = 2;
const BRANCH = 0x01;
const LEAF = 0x02;
/** Flag of a node whose value lies in pages of its own. */
const BIG_DATA = 0x01;

type Header = { pageSize: number; lastPage: number; roots: number[]; transaction: bigint };

/** Throws DamagedDatabaseError if the file has lost pages that hold data. A file that is not there yet is none. */
export function checkDataFile(file: string): void {
  const descriptor = openIfThere(file);
  if (descriptor === null) return;
  try {
    const { size } = fstatSync(descriptor);
    if (size === 0) return;
    const header = newestHeader(descriptor);
    if (header === null) {
      throw new DamagedDatabaseError(
        `The file ${file} is no database: restore the data folder from a backup.`,
      );
    }
    const expected = (header.lastPage + 1) * header.pageSize;
    // Free pages at the end may never have been written, so a short file need not lack anything.
    if (size >= expected || new Pages(descriptor, size, header.pageSize).areThere(header.roots)) return;
    throw new DamagedDatabaseError(
      `The database file ${file} is shorter than its header says (${size} of ${expected} bytes): restore the data folder from a backup.`,
    );
  } finally {
    closeSync(descriptor);
  }
}

function openIfThere(file: string): number | null {
  try {
    return openSync(file, "r");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

/** Of the two that commits write by turns. Null: there is none. */
function newestHeader(descriptor: number): Header | null {
  const first = readHeader(descriptor, 0);
  const second = first === null ? null : readHeader(descriptor, first.pageSize);
  if (first === null || second === null) return null;
  return second.transaction > first.transaction ? second : first;
}

function readHeader(descriptor: number, offset: number): Header | null {
  const page = Buffer.alloc(Meta.TransactionId + 8);
  if (readSync(descriptor, page, 0, page.length, offset) < page.length) return null;
  if (page.readUInt32LE(Meta.Magic) !== MAGIC) return null;
  const roots = [Meta.FreeRoot, Meta.MainRoot].map((root) => page.readBigUInt64LE(root));
  return {
    pageSize: page.readUInt32LE(Meta.PageSize),
    lastPage: Number(page.readBigUInt64LE(Meta.LastPage)),
    roots: roots.filter((root) => root !== NO_PAGE).map(Number),
    transaction: page.readBigUInt64LE(Meta.TransactionId),
  };
}

/** The pages of a file that is shorter than it might be. */
class Pages {
  readonly #descriptor: number;
  readonly #pageSize: number;
  readonly #count: number;

  constructor(descriptor: number, size: number, pageSize: number) {
    this.#descriptor = descriptor;
    this.#pageSize = pageSize;
    this.#count = Math.floor(size / pageSize);
  }

  /** Whether the file has all pages of these trees. */
  areThere(roots: readonly number[]): boolean {
    const pending = [...roots];
    for (let number = pending.pop(); number !== undefined; number = pending.pop()) {
      if (number < MetaPages || number >= this.#count) return false;
      const page = Buffer.alloc(this.#pageSize);
      readSync(this.#descriptor, page, 0, page.length, number * this.#pageSize);
      const flags = page.readUInt16LE(18);
      if ((flags & (BRANCH | LEAF)) === 0) return false;
      for (const node of nodesOf(page)) {
        if ((flags & BRANCH) !== 0) pending.push(childOf(page, node));
        else if (overflowEnd(page, node) > this.#count) return false;
      }
    }
    return true;
  }
}

/** Offsets of the page's nodes. */
function* nodesOf(page: Buffer): Iterable<number> {
  const end = page.readUInt16LE(20);
  for (let pointer = PAGE_HEADER_BYTES; pointer < end; pointer += 2) yield page.readUInt16LE(pointer);
}

function childOf(page: Buffer, node: number): number {
  return page.readUInt32LE(node) + page.readUInt16LE(node + 4) * 2 ** 32;
}

/** The page after a value that has pages of its own; 0 for any other. */
function overflowEnd(page: Buffer, node: number): number {
  if ((page.readUInt16LE(node + 4) & BIG_DATA) === 0) return 0;
  const valueBytes = page.readUInt32LE(node);
  const start = Number(page.readBigUInt64LE(node + 8 + page.readUInt16LE(node + 6)));
  return start + Math.floor((PAGE_HEADER_BYTES - 1 + valueBytes) / page.length) + 1;
}
