/** What functions of every kind may do with stored files; each runs inside a transaction. Answers are JSON texts. */
import type { Transaction } from "../engine/transaction";
import { findFile } from "./file-rows";
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

/** `now` in Unix ms. */
export function storageGenerateUploadUrl(tx: Transaction, cloudUrl: string, now: number): string {
  const token = signUploadToken(tx.catalog.uploadKey, tx.component, now);
  return JSON.stringify(`${cloudUrl}/api/storage/upload?token=${token}`);
}
