/** Exports and imports of one deployment, put together. */
import path from "node:path";
import type { Committer } from "../../engine/committer";
import type { Route } from "../../http/api";
import type { FileRemoval } from "../../scheduler/file-removal";
import { FileStore } from "../../storage/file-store";
import { Exports } from "./exports";
import { Imports } from "./imports";
import { snapshotRoutes } from "./routes";

export type SnapshotsOptions = {
  committer: Committer;
  /** The deployment's stored files. */
  files: FileStore;
  fileRemoval: FileRemoval;
  dataDir: string;
  instanceName: string;
  onError: (error: unknown) => void;
};

export type Snapshots = { routes: Route[]; stop(): Promise<void> };

/** Resolves when what an earlier run of the process left behind has been dealt with. */
export async function openSnapshots(options: SnapshotsOptions): Promise<Snapshots> {
  const { committer, files, fileRemoval, dataDir, instanceName, onError } = options;
  const archives = await FileStore.create(path.join(dataDir, "exports"));
  const uploads = await FileStore.create(path.join(dataDir, "imports"));
  const exports = new Exports({ committer, files, fileRemoval, archives, now: Date.now, onError });
  const imports = new Imports({ committer, files, fileRemoval, uploads, onError });
  await exports.start();
  await imports.start();
  return {
    routes: snapshotRoutes({ exports, imports, archives, instanceName }),
    stop: async () => {
      await Promise.all([exports.stop(), imports.stop()]);
    },
  };
}
