/**
 * Stored files on disk, in one flat folder. A file gets its name only when it is complete and flushed, and never changes
 * under it. Which files belong to somebody is not known here: that is a row of `_file_storage`.
 */
import { createHash, randomUUID } from "node:crypto";
import {
  closeSync,
  createReadStream,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { mkdir, open, opendir, rename, rm, statfs, type FileHandle } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";

export type StoredFile = {
  /** Name of the file in its folder. */
  key: string;
  /** Bytes. */
  size: number;
  /** Base64. */
  sha256: string;
};

/** Of a file, both ends included. */
export type ByteRange = { start: number; end: number };

/** A file that cannot be taken; answered to its sender as it is. */
export class FileRefused extends Error {
  override name = "FileRefused";

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** `boot` is different for every run of the process; its threads share it. */
export type FileStoreLocation = { dir: string; boot: string };

export type ReceiveOptions = {
  maxBytes?: number;
  /** Base64; any other content is refused. */
  sha256?: string | null;
};

const UNFINISHED = "unfinished-";
const KEY = /^[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** A full disk would keep the database from committing, so files stop short of it; bytes, or this share of a small disk. */
const RESERVED_BYTES = 64 * 1024 * 1024;
const RESERVED_SHARE = 0.1;
/** The space left is looked at again after so many bytes: few, since many files may be under way at a time. */
const SPACE_CHECK_BYTES = 256 * 1024;
const DISK_FULL = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

export class FileStore {
  readonly #dir: string;
  readonly #boot: string;

  private constructor({ dir, boot }: FileStoreLocation) {
    this.#dir = dir;
    this.#boot = boot;
  }

  /** Makes the folder; once in a process. */
  static async create(dir: string): Promise<FileStore> {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    return new FileStore({ dir, boot: randomUUID().slice(0, 8) });
  }

  /** The store that another thread of the process has created. */
  static at(location: FileStoreLocation): FileStore {
    return new FileStore(location);
  }

  get location(): FileStoreLocation {
    return { dir: this.#dir, boot: this.#boot };
  }

  /** Writes all that the source gives and flushes it. If anything goes wrong, or the source fails, nothing is left behind. */
  async receive(source: AsyncIterable<Uint8Array>, options: ReceiveOptions = {}): Promise<StoredFile> {
    const key = `${this.#boot}-${randomUUID()}`;
    const unfinished = path.join(this.#dir, UNFINISHED + key);
    try {
      const { size, sha256 } = await this.#write(unfinished, source, options);
      if (options.sha256 != null && options.sha256 !== sha256) {
        throw sha256Mismatch(options.sha256, sha256);
      }
      await rename(unfinished, this.pathOf(key));
      await flush(this.#dir);
      return { key, size, sha256 };
    } catch (error) {
      await rm(unfinished, { force: true });
      throw asFileRefused(error);
    }
  }

  /** As `receive`, without yielding: for threads that do one thing at a time. */
  receiveNow(
    bytes: Uint8Array,
    { sha256: expected = null }: Pick<ReceiveOptions, "sha256"> = {},
  ): StoredFile {
    const sha256 = createHash("sha256").update(bytes).digest("base64");
    if (expected !== null && expected !== sha256) throw sha256Mismatch(expected, sha256);
    const key = `${this.#boot}-${randomUUID()}`;
    const unfinished = path.join(this.#dir, UNFINISHED + key);
    try {
      const { bavail, blocks, bsize } = statfsSync(this.#dir);
      if (!hasSpace(bavail * bsize - bytes.byteLength, blocks * bsize)) throw diskFull();
      writeFileSync(unfinished, bytes, { flag: "wx", mode: 0o600, flush: true });
      renameSync(unfinished, this.pathOf(key));
      syncFolderNow(this.#dir);
      return { key, size: bytes.byteLength, sha256 };
    } catch (error) {
      rmSync(unfinished, { force: true });
      throw asFileRefused(error);
    }
  }

  readNow(key: string): Buffer {
    return readFileSync(this.pathOf(key));
  }

  /** Where the file is; throws for a text that is no key. */
  pathOf(key: string): string {
    if (!KEY.test(key)) throw new Error(`Not a key of a stored file: ${key}`);
    return path.join(this.#dir, key);
  }

  /** Fails while it is read when there is no such file. */
  read(key: string, range?: ByteRange): Readable {
    return createReadStream(this.pathOf(key), range);
  }

  async remove(key: string): Promise<void> {
    await rm(this.pathOf(key), { force: true });
  }

  /** Files that an earlier run of the process left, unfinished ones removed on the way. */
  async *earlierKeys(): AsyncGenerator<string> {
    for await (const { name } of await opendir(this.#dir)) {
      const isUnfinished = name.startsWith(UNFINISHED);
      const key = isUnfinished ? name.slice(UNFINISHED.length) : name;
      if (!KEY.test(key) || key.startsWith(this.#boot)) continue;
      if (isUnfinished) await rm(path.join(this.#dir, name), { force: true });
      else yield key;
    }
  }

  async #write(
    file: string,
    source: AsyncIterable<Uint8Array>,
    { maxBytes = Infinity }: ReceiveOptions,
  ): Promise<Pick<StoredFile, "size" | "sha256">> {
    const hash = createHash("sha256");
    let size = 0;
    let checkedAt = -Infinity;
    const handle = await open(file, "wx", 0o600);
    try {
      for await (const chunk of source) {
        size += chunk.byteLength;
        if (size > maxBytes) throw tooLarge(maxBytes);
        if (size - checkedAt >= SPACE_CHECK_BYTES) {
          await requireSpace(this.#dir, 0);
          checkedAt = size;
        }
        hash.update(chunk);
        await writeAll(handle, chunk);
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    return { size, sha256: hash.digest("base64") };
  }
}

/** Throws FileRefused unless the disk of `dir` has this many bytes to spare. */
export async function requireSpace(dir: string, bytes: number): Promise<void> {
  const { bavail, blocks, bsize } = await statfs(dir);
  if (!hasSpace(bavail * bsize - bytes, blocks * bsize)) throw diskFull();
}

/** Whether so many bytes are enough to leave on a disk of this size. */
function hasSpace(left: number, total: number): boolean {
  return left >= Math.min(RESERVED_BYTES, total * RESERVED_SHARE);
}

/** An error of the disk as one that tells the sender. */
export function asFileRefused(error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? error.code : null;
  return typeof code === "string" && DISK_FULL.has(code) ? diskFull() : error;
}

/** Flushes a file or a folder: a rename survives a power cut only once its folder is on disk. */
export async function flush(fileOrFolder: string): Promise<void> {
  const handle = await open(fileOrFolder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function syncFolderNow(folder: string): void {
  const fd = openSync(folder, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function sha256Mismatch(expected: string, actual: string): FileRefused {
  return new FileRefused(400, "Sha256Mismatch", `Sha256 mismatch. Expected: ${expected} Actual: ${actual}`);
}

async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let written = 0; written < chunk.byteLength;) {
    written += (await handle.write(chunk, written)).bytesWritten;
  }
}

function tooLarge(maxBytes: number): FileRefused {
  return new FileRefused(413, "FileTooLarge", `Files on this deployment may have at most ${maxBytes} bytes.`);
}

function diskFull(): FileRefused {
  return new FileRefused(507, "DiskFull", "There is no space left on the disk of this deployment.");
}
