/** A copy of the data folder, of one moment, made while the deployment runs. The copy is itself a data folder. */
import { constants } from "node:fs";
import { chmod, copyFile, cp, mkdir, readdir, realpath, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { ApiError } from "../http/api";
import type { FileRemoval } from "../scheduler/file-removal";
import { flush } from "../storage/file-store";
import type { Store } from "../storage/store";

export type BackupSources = { dataDir: string; store: Store; fileRemoval: FileRemoval };

/** Holds the admin key and everybody's data. */
const OWNER_ONLY = { folder: 0o700, file: 0o600 };

/** Copied by itself; parts of uploads, which a restart cuts off. */
const NOT_COPIED = new Set(["db", "imports"]);

export class Backup {
  readonly #o: BackupSources;
  #isRunning = false;

  constructor(sources: BackupSources) {
    this.#o = sources;
  }

  /** Makes `target`, which must not exist. It appears whole and flushed, or not at all. Throws ApiError. */
  async to(target: string): Promise<void> {
    if (!path.isAbsolute(target))
      throw new ApiError(400, "BadBackupFolder", "The folder must be an absolute path.");
    const dataDir = await realPathOf(this.#o.dataDir);
    if (`${await realPathOf(target)}${path.sep}`.startsWith(`${dataDir}${path.sep}`)) {
      throw new ApiError(400, "BadBackupFolder", "The folder must lie outside the data folder.");
    }
    if (await exists(target))
      throw new ApiError(409, "BackupExists", `There is something at ${target} already.`);
    if (this.#isRunning) throw new ApiError(409, "BackupRunning", "Another backup is being made.");
    this.#isRunning = true;
    const unfinished = `${target}.unfinished`;
    const release = this.#o.fileRemoval.hold();
    try {
      await rm(unfinished, { recursive: true, force: true });
      await this.#copy(unfinished);
      await flushTree(unfinished);
      await rename(unfinished, target);
      await flush(path.dirname(target));
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
      } else if (entry.isDirectory() && !NOT_COPIED.has(entry.name)) {
        await cp(from, to, { recursive: true, mode: constants.COPYFILE_FICLONE, filter: isWanted });
      }
    }
  }
}

/** What is still being written goes by these names; it belongs to nothing yet. */
function isWanted(source: string): boolean {
  return !/^(?:unfinished-|tmp-)/.test(path.basename(source));
}

async function flushTree(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const inner = path.join(folder, entry.name);
    await (entry.isDirectory() ? flushTree(inner) : flush(inner));
  }
  await flush(folder);
}

/** Without symbolic links, also of what does not exist yet. */
async function realPathOf(file: string): Promise<string> {
  const parent = path.dirname(file);
  return realpath(file).catch(async () =>
    parent === file ? file : path.join(await realPathOf(parent), path.basename(file)),
  );
}

function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
