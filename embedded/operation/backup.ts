/** A copy of the data folder, of one moment, made while the deployment runs. The copy is itself a data folder. */
import { constants } from "node:fs";
import { chmod, copyFile, cp, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { ApiError } from "../http/api";
import type { FileRemoval } from "../scheduler/file-removal";
import { syncFolder } from "../storage/file-store";
import type { Store } from "../storage/store";

export type BackupSources = { dataDir: string; store: Store; fileRemoval: FileRemoval };

/** Holds the admin key and everybody's data. */
const OWNER_ONLY = { folder: 0o700, file: 0o600 };

export class Backup {
  readonly #o: BackupSources;
  #isRunning = false;

  constructor(sources: BackupSources) {
    this.#o = sources;
  }

  /** Makes `target`, which must not exist. It appears whole, or not at all. Throws ApiError. */
  async to(target: string): Promise<void> {
    if (!path.isAbsolute(target))
      throw new ApiError(400, "BadBackupFolder", "The folder must be an absolute path.");
    if (await exists(target))
      throw new ApiError(409, "BackupExists", `There is something at ${target} already.`);
    if (this.#isRunning) throw new ApiError(409, "BackupRunning", "Another backup is being made.");
    this.#isRunning = true;
    const unfinished = `${target}.unfinished`;
    const release = this.#o.fileRemoval.hold();
    try {
      await rm(unfinished, { recursive: true, force: true });
      await this.#copy(unfinished);
      await rename(unfinished, target);
      await syncFolder(path.dirname(target));
    } catch (error) {
      await rm(unfinished, { recursive: true, force: true });
      throw error;
    } finally {
      release();
      this.#isRunning = false;
    }
  }

  /** The database first: whatever it names is there, and stays there meanwhile. */
  async #copy(target: string): Promise<void> {
    const { dataDir, store } = this.#o;
    await mkdir(path.join(target, "db"), { recursive: true, mode: OWNER_ONLY.folder });
    await chmod(target, OWNER_ONLY.folder);
    await store.backup(path.join(target, "db"));
    for (const entry of await readdir(dataDir, { withFileTypes: true })) {
      const [from, to] = [path.join(dataDir, entry.name), path.join(target, entry.name)];
      if (entry.isFile() && !entry.name.endsWith(".tmp")) {
        await copyFile(from, to);
        await chmod(to, OWNER_ONLY.file);
      } else if (entry.isDirectory() && entry.name !== "db") {
        await cp(from, to, { recursive: true, mode: constants.COPYFILE_FICLONE, filter: isWanted });
      }
    }
  }
}

/** What is still being written goes by these names; it belongs to nothing yet. */
function isWanted(source: string): boolean {
  return !/^(?:unfinished-|tmp-)/.test(path.basename(source));
}

function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
