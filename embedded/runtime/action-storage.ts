/** `storage.store` and `storage.get` of actions: the file is written or read in the action's thread, its row in the main one. */
import { buffer } from "node:stream/consumers";
import { FileRefused, type FileStore } from "../storage/file-store";
import { sha256Option } from "./storage-syscalls";
import { SyscallError } from "./syscall-args";

/** Operations of the main thread that only this file asks for. */
export const INSERT_FILE = "storage/insert";
export const LOOK_UP_FILE = "storage/lookUp";

export type ActionStorage = {
  files: FileStore;
  /** Does an operation of the main thread. */
  remote: (op: string, args: object) => Promise<string>;
};

export async function actionStorageSyscall(
  op: string,
  args: object,
  storage: ActionStorage,
): Promise<unknown> {
  const fields = args as Record<string, unknown>;
  switch (op) {
    case "storage/storeBlob":
      return storeBlob(
        fields["blob"],
        sha256Option((fields["options"] as { sha256?: unknown } | undefined)?.sha256),
        storage,
      );
    case "storage/getBlob":
      return getBlob(fields["storageId"], storage);
    default:
      throw new SyscallError(`Unknown operation ${op}`);
  }
}

async function storeBlob(blob: unknown, sha256: string | null, storage: ActionStorage): Promise<string> {
  if (!(blob instanceof Blob)) {
    throw new SyscallError(
      "store() expects a Blob. If you are trying to store a Request, `await request.blob()` will give you the correct input.",
    );
  }
  const file = await refusedAsSyscallError(storage.files.receive(blob.stream(), { sha256 }));
  try {
    const contentType = blob.type === "" ? null : blob.type;
    return JSON.parse(await storage.remote(INSERT_FILE, { ...file, contentType })) as string;
  } catch (error) {
    await storage.files.remove(file.key);
    throw error;
  }
}

async function getBlob(storageId: unknown, { files, remote }: ActionStorage): Promise<Blob | null> {
  const found = JSON.parse(await remote(LOOK_UP_FILE, { storageId })) as {
    key: string;
    contentType: string | null;
  } | null;
  if (found === null) return null;
  return new Blob([await buffer(files.read(found.key))], { type: found.contentType ?? "" });
}

async function refusedAsSyscallError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof FileRefused ? new SyscallError(error.message) : error;
  }
}
