/** Exports of the whole deployment, one at a time: asked for, made in the background, kept for two weeks. */
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import type { Committer } from "../../engine/committer";
import type { Transaction } from "../../engine/transaction";
import { int64 } from "../../runtime/transaction-syscalls";
import type { FileRemoval } from "../../scheduler/file-removal";
import type { FileStore } from "../../storage/file-store";
import type { JSONObject } from "../../storage/types";
import { DeployError } from "../deploy-error";
import { documents, tableScan } from "../documents";
import { exportZip } from "./export-zip";

export type ExportsOptions = {
  committer: Committer;
  /** The deployment's stored files. */
  files: FileStore;
  fileRemoval: Pick<FileRemoval, "hold">;
  /** Where the ZIP files lie. */
  archives: FileStore;
  /** Unix ms. */
  now: () => number;
  onError: (error: unknown) => void;
};

export type ExportFile = { key: string; size: number; startTs: bigint };

const TABLE = "_exports";
const KEPT_MS = 14 * 24 * 60 * 60 * 1000;
/** A change of the message that followers see costs a commit: not more often than this, ms. */
const PROGRESS_MS = 1_000;

const integer = z
  .object({ $integer: z.string() })
  .transform(({ $integer }) => Buffer.from($integer, "base64").readBigInt64LE());
const exportRow = z.object({
  _id: z.string(),
  _creationTime: z.number(),
  state: z.enum(["requested", "in_progress", "completed", "failed"]),
  start_ts: integer.optional(),
  zip_object_key: z.string().optional(),
  /** Bytes of the ZIP file. */
  size: z.number().optional(),
});
type ExportRow = z.infer<typeof exportRow>;

export class Exports {
  readonly #o: ExportsOptions;
  #stopped = new AbortController();
  #work: Promise<void> = Promise.resolve();

  constructor(options: ExportsOptions) {
    this.#o = options;
  }

  /** What was under way when the process ended has failed; what no row knows is removed. */
  async start(): Promise<void> {
    const { committer, archives } = this.#o;
    await committer.execute((tx) => {
      for (const row of rows(tx)) if (isUnderWay(row)) tx.patch(row._id, this.#failed());
    });
    await this.#expire();
    const known = new Set(committer.read(rows).map((row) => row.zip_object_key));
    for await (const key of archives.earlierKeys()) if (!known.has(key)) await archives.remove(key);
  }

  /** Resolves when the one under way, if any, has given up. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#work;
  }

  /** Resolves when it is durable that an export was asked for. Throws DeployError while another one is under way. */
  async request(includeStorage: boolean): Promise<void> {
    const { value: id } = await this.#o.committer.execute((tx) => {
      if (rows(tx).some(isUnderWay)) {
        throw new DeployError("ExportInProgress", "There is already an export requested or in progress.");
      }
      return tx.insert(TABLE, {
        state: "requested",
        format: { format: "zip", include_storage: includeStorage },
      });
    });
    this.#work = this.#perform(id, includeStorage).catch(this.#o.onError);
  }

  /** The finished export with this row id or start timestamp. */
  find(idOrTs: string): ExportFile | null {
    const found = this.#o.committer
      .read(rows)
      .find(({ _id, start_ts }) => _id === idOrTs || String(start_ts) === idOrTs);
    if (found?.zip_object_key === undefined || found.size === undefined || found.start_ts === undefined)
      return null;
    return { key: found.zip_object_key, size: found.size, startTs: found.start_ts };
  }

  /** However it fails, its row says so: another one may then be asked for. */
  async #perform(id: string, includeStorage: boolean): Promise<void> {
    try {
      await this.#expire();
      await this.#make(id, includeStorage);
    } catch (error) {
      await this.#update(id, this.#failed());
      throw error;
    }
  }

  async #make(id: string, includeStorage: boolean): Promise<void> {
    const { committer, files, archives, now } = this.#o;
    // First the files are kept from being deleted, then the snapshot is taken that names them.
    const release = this.#o.fileRemoval.hold();
    const catalog = committer.catalog;
    const snapshot = committer.store.snapshot();
    const progress = new Progress((message) => this.#update(id, { progress_message: message }));
    try {
      if (snapshot.catalogVersion !== catalog.version)
        throw new Error("The catalog changed between two reads.");
      const startTs = int64(snapshot.ts);
      await this.#update(id, {
        state: "in_progress",
        start_ts: startTs,
        progress_message: "Beginning backup",
      });
      const onProgress = (message: string) => progress.show(message);
      const zip = exportZip({ snapshot, catalog, files, includeStorage, onProgress, madeAt: now() });
      this.#stopped.signal.addEventListener("abort", () => zip.destroy(new Error("The deployment stops.")), {
        once: true,
      });
      const archive = await archives.receive(zip);
      await progress.end();
      await this.#update(id, {
        state: "completed",
        complete_ts: int64(committer.visibleTs),
        zip_object_key: archive.key,
        size: archive.size,
        progress_message: { $undefined: null },
      });
    } finally {
      await progress.end();
      snapshot.close();
      release();
    }
  }

  async #update(id: string, fields: JSONObject): Promise<void> {
    await this.#o.committer.execute((tx) => tx.patch(id, fields));
  }

  #failed(): JSONObject {
    return { state: "failed", failed_ts: int64(BigInt(Math.floor(this.#o.now())) * 1_000_000n) };
  }

  async #expire(): Promise<void> {
    const { committer, archives, now } = this.#o;
    const isOld = (row: ExportRow) => !isUnderWay(row) && row._creationTime < now() - KEPT_MS;
    for (const { _id, zip_object_key } of committer.read(rows).filter(isOld)) {
      await committer.execute((tx) => tx.remove(_id));
      if (zip_object_key !== undefined) await archives.remove(zip_object_key);
    }
  }
}

/** Shows the newest of many messages, now and then. */
export class Progress {
  readonly #show: (message: string) => Promise<void>;
  #latest: string | null = null;
  #work: Promise<void> | null = null;
  readonly #ended = new AbortController();

  constructor(show: (message: string) => Promise<void>) {
    this.#show = show;
  }

  show(message: string): void {
    this.#latest = message;
    this.#work ??= this.#loop();
  }

  /** Nothing is shown any more when this resolves. */
  async end(): Promise<void> {
    this.#latest = null;
    this.#ended.abort();
    await this.#work;
  }

  async #loop(): Promise<void> {
    while (this.#latest !== null) {
      const message = this.#latest;
      this.#latest = null;
      // Only news for whoever waits: what is really wrong shows elsewhere.
      await this.#show(message).catch(() => undefined);
      await sleep(PROGRESS_MS, undefined, { signal: this.#ended.signal }).catch(() => undefined);
    }
    this.#work = null;
  }
}

function rows(tx: Transaction): ExportRow[] {
  return [...documents(tx, tableScan(TABLE))].map((text) => exportRow.parse(JSON.parse(text)));
}

function isUnderWay({ state }: ExportRow): boolean {
  return state === "requested" || state === "in_progress";
}
