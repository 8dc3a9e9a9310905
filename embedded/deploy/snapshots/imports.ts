/** Imports from their upload to their end; followed in the rows of `_snapshot_imports`. Carried out one after the other. */
import * as z from "zod";
import type { Committer } from "../../engine/committer";
import { DatabaseError } from "../../engine/errors";
import type { Transaction } from "../../engine/transaction";
import { int64 } from "../../runtime/transaction-syscalls";
import type { FileRemoval } from "../../scheduler/file-removal";
import { FileRefused, type FileStore } from "../../storage/file-store";
import type { JSONObject, ValidatorJSON } from "../../storage/types";
import { APP } from "../../runtime/component-path";
import { DeployError } from "../deploy-error";
import { componentStates } from "../deployed-components";
import { documents, tableScan } from "../documents";
import { Progress } from "./exports";
import { ImportError } from "./import-error";
import { planImport, plannedChanges, type PlannedTable } from "./import-plan";
import { ImportRun } from "./import-run";
import { openSource, type ImportFormat } from "./import-source";
import { summary, type ImportMode } from "./import-summary";
import type { ImportRequest } from "./routes";
import { Uploads } from "./uploads";

export type ImportsOptions = {
  committer: Committer;
  /** The deployment's stored files. */
  files: FileStore;
  fileRemoval: Pick<FileRemoval, "removeUnowned">;
  /** Where uploaded files lie until their import has ended. */
  uploads: FileStore;
  onError: (error: unknown) => void;
};

type Import = {
  id: string;
  key: string;
  format: ImportFormat;
  mode: ImportMode;
  component: string;
  planned: PlannedTable[];
  abort: AbortController;
};

const TABLE = "_snapshot_imports";
const MODE_NAMES = {
  append: "Append",
  replace: "Replace",
  replaceAll: "ReplaceAll",
  requireEmpty: "RequireEmpty",
};
const CUT_OFF =
  "The import was cut off by a restart of the deployment. Nothing that it would have replaced has changed.";

const importRow = z.object({ _id: z.string(), state: z.object({ state: z.string() }).loose() });

export class Imports {
  readonly #o: ImportsOptions;
  readonly #uploads: Uploads;
  /** Not yet ended. */
  readonly #imports = new Map<string, Import>();
  #work: Promise<void> = Promise.resolve();

  constructor(options: ImportsOptions) {
    this.#o = options;
    this.#uploads = new Uploads(options.uploads);
  }

  /** What had not ended when the process did has failed. */
  async start(): Promise<void> {
    const { committer, uploads } = this.#o;
    await committer.execute((tx) => {
      for (const text of [...documents(tx, tableScan(TABLE))]) {
        const { _id, state } = importRow.parse(JSON.parse(text));
        if (state.state !== "completed" && state.state !== "failed")
          tx.patch(_id, { state: failed(CUT_OFF) });
      }
    });
    for await (const key of uploads.earlierKeys()) await uploads.remove(key);
  }

  /** Resolves when the one under way, if any, has given up. */
  async stop(): Promise<void> {
    for (const { abort } of this.#imports.values()) abort.abort(new ImportError(CUT_OFF));
    await this.#work;
  }

  /** The token of a new upload. */
  startUpload(): string {
    return this.#uploads.start();
  }

  /** The part's token. */
  uploadPart(token: string, part: number, body: AsyncIterable<Uint8Array>): Promise<string> {
    return this.#uploads.addPart(token, part, body);
  }

  /** The import's id, when it is durable; it is then read through in the background. */
  async finishUpload(token: string, partTokens: readonly string[], request: ImportRequest): Promise<string> {
    const format = formatOf(request);
    const component = request.componentPath ?? "";
    this.#requireComponent(component);
    const key = await this.#uploads.finish(token, partTokens);
    const row = {
      state: { state: "uploaded" },
      format: { ...format },
      mode: MODE_NAMES[request.mode],
      component_path: component,
      requestor: { type: "snapshotImport" },
    };
    const { value: id } = await this.#o.committer.execute((tx) => tx.insert(TABLE, row));
    const { mode } = request;
    const entry = { id, key, format, mode, component, planned: [], abort: new AbortController() };
    this.#imports.set(id, entry);
    this.#enqueue(entry, () => this.#plan(entry));
    return id;
  }

  /** Begins an import that waits for it. Throws DeployError for any other. */
  async perform(id: string): Promise<void> {
    const entry = this.#imports.get(id);
    await this.#o.committer.execute((tx) => {
      if (entry === undefined || stateOf(tx, id) !== "waiting_for_confirmation") {
        throw new DeployError("ImportNotWaiting", `There is no import ${id} that waits to be performed.`);
      }
      tx.patch(id, { state: inProgress("Importing", []) });
    });
    if (entry !== undefined) this.#enqueue(entry, () => this.#perform(entry));
  }

  async cancel(id: string): Promise<void> {
    const entry = this.#imports.get(id);
    if (entry === undefined) throw new DeployError("ImportNotFound", `There is no import ${id} under way.`);
    entry.abort.abort(new ImportError("Import was canceled"));
    // One that waits for its confirmation has nothing running that could notice.
    this.#enqueue(entry, () => Promise.reject(entry.abort.signal.reason as Error));
    await this.#work;
  }

  #enqueue(entry: Import, work: () => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      if (!this.#imports.has(entry.id)) return;
      try {
        entry.abort.signal.throwIfAborted();
        await work();
      } catch (error) {
        await this.#fail(entry, error).catch(this.#o.onError);
      }
    });
  }

  async #plan(entry: Import): Promise<void> {
    const source = await this.#open(entry);
    try {
      entry.planned = await planImport(source, entry.abort.signal);
    } finally {
      source.close();
    }
    const changes = plannedChanges(this.#o.committer, entry.planned, entry.mode);
    await this.#setState(entry.id, {
      state: "waiting_for_confirmation",
      message_to_confirm: summary(changes),
      require_manual_confirmation: changes.some(({ deleted }) => deleted > 0),
    });
  }

  async #perform(entry: Import): Promise<void> {
    const { committer, files, fileRemoval } = this.#o;
    const { id, planned, mode } = entry;
    const checkpoints: string[] = [];
    const progress = new Progress((message) => this.#setState(id, inProgress(message, checkpoints)));
    const source = await this.#open(entry);
    try {
      await new ImportRun({
        committer,
        files,
        source,
        planned,
        mode,
        signal: entry.abort.signal,
        onProgress: (message) => progress.show(message),
        onCheckpoint: async (message) => {
          checkpoints.push(message);
          await this.#setState(id, inProgress(message, checkpoints));
        },
        complete: (tx, rows) => {
          const timestamp = int64(committer.visibleTs);
          tx.patch(id, { state: { state: "completed", timestamp, num_rows_written: int64(BigInt(rows)) } });
        },
        onFilesReplaced: (keys) => fileRemoval.removeUnowned(keys),
      }).perform();
    } finally {
      source.close();
      await progress.end();
    }
    await this.#forget(entry);
  }

  #open({ key, format, component }: Import) {
    const optionalFields =
      format.format === "zip" ? new Set<string>() : this.#optionalFields(component, format.table);
    return openSource({ file: this.#o.uploads.pathOf(key), format, component, optionalFields });
  }

  /** A misspelled name would get tables of its own, which no function could read. */
  #requireComponent(component: string): void {
    const known = this.#o.committer.read(componentStates);
    if (component === APP || known.has(component)) return;
    const names = [...known.keys()].sort().map((name) => JSON.stringify(name));
    const those = names.length === 0 ? "There is none" : `There are ${names.join(", ")}`;
    throw new DeployError(
      "ComponentNotFound",
      `This deployment has no component ${JSON.stringify(component)}. ${those}.`,
    );
  }

  #optionalFields(component: string, table: string): Set<string> {
    const schema = this.#o.committer.catalog.schema(component);
    const type = schema?.tables.find(({ tableName }) => tableName === table)?.documentType;
    return new Set(optionalFields(type ?? null));
  }

  async #fail(entry: Import, error: unknown): Promise<void> {
    const isRefusal =
      error instanceof ImportError || error instanceof DatabaseError || error instanceof FileRefused;
    if (!isRefusal) this.#o.onError(error);
    const message = isRefusal ? error.message : "Your request couldn't be completed. Try again later.";
    await this.#setState(entry.id, failed(`Hit an error while importing:\n${message}`));
    await this.#forget(entry);
  }

  async #forget({ id, key }: Import): Promise<void> {
    this.#imports.delete(id);
    await this.#o.uploads.remove(key);
  }

  /** Final states stay. */
  async #setState(id: string, state: JSONObject): Promise<void> {
    await this.#o.committer.execute((tx) => {
      const current = stateOf(tx, id);
      if (current !== "completed" && current !== "failed") tx.patch(id, { state });
    });
  }
}

function stateOf(tx: Transaction, id: string): string | null {
  const text = tx.get(id, { isSystem: true, table: TABLE });
  return text === null ? null : importRow.parse(JSON.parse(text)).state.state;
}

function inProgress(message: string, checkpoints: readonly string[]): JSONObject {
  return { state: "in_progress", progress_message: message, checkpoint_messages: [...checkpoints] };
}

function failed(message: string): JSONObject {
  return { state: "failed", error_message: message };
}

function formatOf({ format, tableName }: ImportRequest): ImportFormat {
  const table = tableName ?? null;
  if (format === "zip") {
    if (table !== null) throw new DeployError("InvalidName", "ZIP import cannot have table name");
    return { format };
  }
  const names = {
    csv: ["CSV", "csv"],
    jsonLines: ["JSONL", "jsonl"],
    jsonArray: ["JSON", "json_array"],
  } as const;
  const [title, name] = names[format];
  if (table === null) throw new DeployError("InvalidName", `${title} import requires table name`);
  return { format: name, table };
}

function optionalFields(validator: ValidatorJSON | null): string[] {
  if (validator?.type === "union") return validator.value.flatMap(optionalFields);
  if (validator?.type !== "object") return [];
  return Object.entries(validator.value).flatMap(([name, { optional }]) => (optional ? [name] : []));
}
