/** What functions of every kind may do with stored files; each runs inside a transaction. Answers are JSON texts. */
import { randomUUID } from "node:crypto";
import type { Transaction } from "../engine/transaction";
import { FileRefused, type FileStore } from "../storage/file-store";
import { findFile, insertFile } from "./file-rows";
import { MAX_MUTATION_FILE_BYTES } from "./limits";
import { SyscallError, type SyscallArgs } from "./syscall-args";
import { signUploadToken } from "./upload-token";

/** `cloudUrl`: origin of the API, as clients see it. */
export function storageGetUrl(tx: Transaction, args: SyscallArgs, cloudUrl: string): string {
  const file = findFile(tx, args.string("storageId"));
  if (file === null) return "null";
  const component = tx.component === "" ? "" : `?component=${encodeURIComponent(tx.component)}`;
  return JSON.stringify(`${cloudUrl}/api/storage/${file.storageId}${component}`);
}

export function storageGetMetadata(tx: Transaction, args: SyscallArgs): string {
  const file = findFile(tx, args.string("storageId"));
  if (file === null) return "null";
  const { storageId, size, contentType = null } = file;
  const sha256 = Buffer.from(file.sha256, "base64").toString("hex");
  return JSON.stringify({ storageId, sha256, size, contentType });
}

/** The file itself goes once the transaction has been committed. */
export function storageDelete(tx: Transaction, args: SyscallArgs): string {
  const storageId = args.string("storageId");
  const file = findFile(tx, storageId);
  if (file === null) throw new SyscallError(`storage id ${storageId} not found`);
  tx.remove(file._id, null, "system");
  return "null";
}

/**
 * Stores a file inside a mutation. It is on disk before the mutation commits; `noteStored` is told of it, so that it can be
 * removed should the mutation not commit.
 */
export function storageStore(
  tx: Transaction,
  args: SyscallArgs,
  files: FileStore,
  noteStored: (key: string) => void,
): string {
  try {
    const sha256 = sha256Option(args.has("sha256") ? args.value("sha256") : undefined);
    const file = files.receiveNow(Buffer.from(args.string("blob"), "base64"), { sha256 });
    noteStored(file.key);
    const contentType = args.optionalString("contentType");
    return JSON.stringify(insertFile(tx, file, randomUUID(), contentType === "" ? null : contentType));
  } catch (error) {
    throw error instanceof FileRefused ? new SyscallError(error.message) : error;
  }
}

/** `{blob, contentType}` of the file, or null. Throws SyscallError for one too large for the function's thread. */
export function storageGet(tx: Transaction, args: SyscallArgs, files: FileStore): string {
  const file = findFile(tx, args.string("storageId"));
  if (file === null) return "null";
  if (file.size > MAX_MUTATION_FILE_BYTES) {
    const most = `${MAX_MUTATION_FILE_BYTES / 1024 / 1024} MiB`;
    throw new SyscallError(`A mutation cannot read a file of more than ${most}: use an action.`);
  }
  const blob = files.readNow(file.storageKey).toString("base64");
  return JSON.stringify({ blob, contentType: file.contentType ?? null });
}

/** The checksum that the caller of store() expects, hex or base64, as base64; null: none. */
export function sha256Option(sha256: unknown): string | null {
  if (sha256 === undefined || sha256 === null) return null;
  if (typeof sha256 === "string") {
    const bytes = Buffer.from(sha256, /^[0-9a-f]{64}$/i.test(sha256) ? "hex" : "base64");
    if (bytes.length === 32) return bytes.toString("base64");
  }
  throw new SyscallError("The option `sha256` of store() is no SHA-256 checksum.");
}

/** `now` in Unix ms. */
export function storageGenerateUploadUrl(tx: Transaction, cloudUrl: string, now: number): string {
  const token = signUploadToken(tx.catalog.uploadKey, tx.component, now);
  return JSON.stringify(`${cloudUrl}/api/storage/upload?token=${token}`);
}
