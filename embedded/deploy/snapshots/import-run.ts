/**
 * Carries an import out. Tables that are replaced, or new, are written out of sight and change with one commit. Rows that
 * are appended to tables in service are first checked, all of them, and then written page by page.
 */
import { randomUUID } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Committer } from "../../engine/committer";
import { isObject } from "../../engine/document";
import { DatabaseError } from "../../engine/errors";
import type { TableReplacement } from "../../engine/table-replacement";
import type { Transaction } from "../../engine/transaction";
import { renumberId } from "../../engine/virtual-documents";
import { fileFields, FILE_TABLE, FILE_VIEW, isContentType, isUuid } from "../../runtime/file-rows";
import { FileRefused, requireSpace, type FileStore } from "../../storage/file-store";
import { decodeId } from "../../storage/ids";
import { SYSTEM_TABLES, VIRTUAL_TABLES } from "../../storage/system-tables";
import type { JSONObject, JSONValue } from "../../storage/types";
import { addUnmounted } from "../deployed-components";
import { inComponent } from "./export-zip";
import { ImportError, rowError } from "./import-error";
import { otherTables, type PlannedTable } from "./import-plan";
import type { ImportedFile, ImportSource } from "./import-source";
import { separated, type ImportMode } from "./import-summary";
import { asInvalidZip, TABLES_TABLE } from "./import-zip";
import { storedFileKeys } from "./stored-files";

export type ImportRunOptions = {
  committer: Committer;
  files: FileStore;
  /** Folder of the files, whose disk must have room for them. */
  source: ImportSource;
  planned: readonly PlannedTable[];
  mode: ImportMode;
  signal: AbortSignal;
  onProgress: (message: string) => void;
  onCheckpoint: (message: string) => Promise<void>;
  /** Writes down that the import is done, in the transaction that makes it so. */
  complete: (tx: Transaction, rowsWritten: number) => void;
  /** Files that may have lost their owner. */
  onFilesReplaced: (keys: string[]) => void;
};

/** A page is a few milliseconds of work. */
const PAGE_ROWS = 250;
const PAGE_CHARACTERS = 256 * 1024;

type Restored = { fields: JSONObject; id: string | null; creationTime: number | null; row: number };
type WritePage = (component: string, body: (tx: Transaction) => void) => Promise<void>;

export class ImportRun {
  readonly #o: ImportRunOptions;
  readonly #storedKeys: string[] = [];
  #rowsWritten = 0;

  constructor(options: ImportRunOptions) {
    this.#o = options;
  }

  /** Rejects with ImportError or DatabaseError, nothing changed, for an import that cannot be done. */
  async perform(): Promise<void> {
    const { committer, planned } = this.#o;
    await requireSpace(
      this.#o.files.location.dir,
      this.#o.source.files.reduce((sum, { size }) => sum + size, 0),
    );
    const [appended, replaced] = this.#split(planned);
    const replacement = await committer.replaceTables(
      replaced.map(({ component, name, number }) =>
        name === FILE_VIEW
          ? { component, name: FILE_TABLE, number: FILE_TABLE_NUMBER }
          : { component, name, number },
      ),
    );
    try {
      await this.#write(replaced, (component, body) => replacement.write(component, body));
      await this.#check(appended, replacement);
      await this.#finish(replacement, replaced, appended);
    } catch (error) {
      await replacement.abandon();
      // Rows of files that were appended stay.
      this.#o.onFilesReplaced(this.#storedKeys);
      throw error;
    }
  }

  /** Which tables are added to, and which are written anew. */
  #split(planned: readonly PlannedTable[]): [PlannedTable[], PlannedTable[]] {
    const { committer, mode } = this.#o;
    if (mode !== "append") return [[], [...planned, ...this.#cleared()]];
    const { catalog } = committer;
    const exists = ({ component, name }: PlannedTable) => catalog.view(component, name) !== null;
    const appended = planned.filter(exists);
    for (const { component, name, number } of appended) {
      const view = catalog.view(component, name);
      const actual = view?.virtual?.number ?? view?.table.number;
      if (number === null || number === actual) continue;
      throw new DatabaseError(
        "TableNumberConflict",
        `table ${name}${inComponent(component)} wants table number ${number} but was already assigned ${actual}`,
      );
    }
    return [appended, planned.filter((table) => !exists(table))];
  }

  /** Tables of the schema that a `replaceAll` without them empties. */
  #cleared(): PlannedTable[] {
    const { committer, planned, mode } = this.#o;
    if (mode !== "replaceAll") return [];
    return otherTables(committer, planned).filter((table) => isInSchema(committer, table));
  }

  #deleted(): PlannedTable[] {
    const { committer, planned, mode } = this.#o;
    if (mode !== "replaceAll") return [];
    return otherTables(committer, planned).filter((table) => !isInSchema(committer, table));
  }

  async #finish(
    replacement: TableReplacement,
    replaced: readonly PlannedTable[],
    appended: readonly PlannedTable[],
  ): Promise<void> {
    const { committer, mode, signal, complete } = this.#o;
    const done = appended.length === 0;
    for (;;) {
      signal.throwIfAborted();
      const replacedFiles = await this.#filesOf(replaced);
      const { outcome } = committer.prepare((tx) => {
        addUnmounted(
          tx,
          replaced.map(({ component }) => component),
        );
        if (done) complete(tx, this.#rowsWritten);
      });
      const options = { deleted: this.#deleted(), requireEmpty: mode === "requireEmpty", extra: outcome };
      const result = await replacement.finish(options);
      if (result.ok) {
        this.#o.onFilesReplaced(replacedFiles);
        break;
      }
      await committer.waitUntilVisible(result.retryAfter);
    }
    if (done) return;
    await this.#write(appended, async (component, body) => {
      await committer.execute(body, { component });
    });
    await committer.execute((tx) => complete(tx, this.#rowsWritten));
  }

  /** Refuses what cannot be appended before any of it is. */
  async #check(appended: readonly PlannedTable[], replacement: TableReplacement): Promise<void> {
    for (const table of appended) {
      if (table.name === FILE_VIEW) {
        await this.#checkFiles(table.component);
        continue;
      }
      const ids = new Set<string>();
      for await (const page of this.#pages(table)) {
        for (const { id, row } of page) {
          if (id === null) continue;
          if (ids.has(id)) throw rowError(row, `has the _id ${id} of another row`);
          ids.add(id);
        }
        replacement.check(table.component, (tx) => restoreAll(tx, table.name, page));
      }
    }
  }

  async #checkFiles(component: string): Promise<void> {
    const { committer, signal, source } = this.#o;
    await this.#describedFiles(component);
    const ids = new Set<string>();
    for (const file of source.files.filter((file) => file.component === component)) {
      if (ids.size % PAGE_ROWS === 0) await nextTurn();
      signal.throwIfAborted();
      const physical = physicalFileId(file.id);
      const read = (tx: Transaction) => tx.get(physical, { isSystem: true, table: FILE_TABLE });
      if (ids.has(file.id) || committer.read(read, { component }) !== null)
        throw new ImportError(`_storage file ${file.id} exists already`);
      ids.add(file.id);
    }
  }

  async #write(tables: readonly PlannedTable[], writePage: WritePage): Promise<void> {
    for (const table of tables) {
      if (table.name === FILE_VIEW) await this.#writeFiles(table, writePage);
      else await this.#writeTable(table, writePage);
    }
  }

  async #writeTable(table: PlannedTable, writePage: WritePage): Promise<void> {
    const { onProgress, onCheckpoint } = this.#o;
    const { component, name } = table;
    const where = `"${name}"${inComponent(component)}`;
    let rows = 0;
    onProgress(`Importing ${where}`);
    for await (const page of this.#pages(table)) {
      await writePage(component, (tx) => restoreAll(tx, name, page));
      rows += page.length;
      onProgress(`Importing ${where} (${separated(rows)} documents)`);
    }
    this.#rowsWritten += rows;
    await onCheckpoint(`Imported ${where} (${separated(rows)} documents)`);
  }

  async #writeFiles({ component }: PlannedTable, writePage: WritePage): Promise<void> {
    const { source, onProgress, onCheckpoint } = this.#o;
    const described = await this.#describedFiles(component);
    const files = source.files.filter((file) => file.component === component);
    let count = 0;
    for (const file of files) {
      this.#o.signal.throwIfAborted();
      const metadata = described.get(file.id) ?? { ...NOTHING_KNOWN, id: file.id };
      const fields = await this.#store(file, metadata);
      const id = physicalFileId(file.id);
      await writePage(component, (tx) => tx.restore(FILE_TABLE, fields, { ...metadata, id }));
      onProgress(`Importing "${FILE_VIEW}" (${separated(++count)}/${separated(files.length)} files)`);
    }
    await onCheckpoint(`Imported "${FILE_VIEW}"${inComponent(component)} (${separated(count)} files)`);
  }

  /** By their ids, which files need not have. */
  async #describedFiles(component: string): Promise<Map<string, FileMetadata>> {
    const described = new Map<string, FileMetadata>();
    for (const table of this.#o.source.tables) {
      if (table.component !== component || table.name !== FILE_VIEW) continue;
      let row = 0;
      for await (const value of table.rows()) {
        const metadata = fileMetadata(value, ++row);
        described.set(metadata.id, metadata);
      }
    }
    return described;
  }

  async #store(file: ImportedFile, { sha256, contentType, storageId }: FileMetadata): Promise<JSONObject> {
    try {
      const stored = await this.#o.files.receive(await file.open(), { sha256 });
      this.#storedKeys.push(stored.key);
      return fileFields(stored, storageId ?? randomUUID(), contentType);
    } catch (error) {
      if (error instanceof FileRefused) throw new ImportError(`_storage file ${file.id}: ${error.message}`);
      throw asInvalidZip(error);
    }
  }

  /** The rows of a table, taken apart. */
  async *#pages({ component, name }: PlannedTable): AsyncGenerator<Restored[]> {
    let page: Restored[] = [];
    let characters = 0;
    for (const table of this.#o.source.tables) {
      if (table.component !== component || table.name !== name || name === TABLES_TABLE) continue;
      let row = 0;
      for await (const value of table.rows()) {
        this.#o.signal.throwIfAborted();
        page.push(restored(value, ++row));
        characters += JSON.stringify(value).length;
        if (page.length < PAGE_ROWS && characters < PAGE_CHARACTERS) continue;
        yield page;
        page = [];
        characters = 0;
      }
    }
    if (page.length > 0) yield page;
  }

  /** Stored files of tables that are about to be replaced. */
  async #filesOf(tables: readonly PlannedTable[]): Promise<string[]> {
    const keys: string[] = [];
    for (const { component, name } of tables)
      if (name === FILE_VIEW) keys.push(...(await storedFileKeys(this.#o.committer, component)));
    return keys;
  }
}

const FILE_TABLE_NUMBER = SYSTEM_TABLES.find(({ name }) => name === FILE_TABLE)?.number ?? null;
const FILE_VIEW_NUMBER = VIRTUAL_TABLES.find(({ name }) => name === FILE_VIEW)?.number ?? null;

type FileMetadata = {
  id: string;
  creationTime: number | null;
  sha256: string | null;
  contentType: string | null;
  storageId: string | null;
};

/** A file that was put into the ZIP file by hand. */
const NOTHING_KNOWN = { creationTime: null, sha256: null, contentType: null, storageId: null };

function fileMetadata(value: JSONValue, row: number): FileMetadata {
  if (!isObject(value) || typeof value["_id"] !== "string")
    throw rowError(row, "wasn't a valid Convex value: no _id");
  const text = (name: string) => {
    const field = value[name];
    return typeof field === "string" ? field : null;
  };
  const { _creationTime: creationTime } = value;
  const storageId = text("internalId");
  if (storageId !== null && !isUuid(storageId))
    throw rowError(row, "wasn't a valid Convex value: internalId is no UUID");
  const contentType = text("contentType");
  if (contentType !== null && !isContentType(contentType))
    throw rowError(row, "wasn't a valid Convex value: contentType is no content type");
  return {
    id: value["_id"],
    creationTime: typeof creationTime === "number" ? creationTime : null,
    sha256: text("sha256"),
    contentType,
    storageId,
  };
}

/** Throws ImportError for ids of a deployment whose `_storage` has another number. */
function physicalFileId(id: string): string {
  const number = decodeId(id)?.tableNumber;
  if (FILE_TABLE_NUMBER === null || number !== FILE_VIEW_NUMBER) {
    throw new ImportError(`_storage entry has invalid ID ${id} (${number} != ${FILE_VIEW_NUMBER})`);
  }
  return renumberId(id, FILE_TABLE_NUMBER);
}

function restored(value: JSONValue, row: number): Restored {
  if (!isObject(value)) throw rowError(row, "wasn't an object");
  const { _id: id = null, _creationTime: creationTime = null, ...fields } = value;
  if (id !== null && typeof id !== "string")
    throw rowError(row, "wasn't a valid Convex value: _id is no string");
  if (creationTime !== null && typeof creationTime !== "number") {
    throw rowError(row, "wasn't a valid Convex value: _creationTime is no number");
  }
  return { fields, id, creationTime, row };
}

function restoreAll(tx: Transaction, table: string, page: readonly Restored[]): void {
  for (const { fields, id, creationTime, row } of page) {
    try {
      tx.restore(table, fields, { id, creationTime });
    } catch (error) {
      if (!(error instanceof DatabaseError) || !INVALID_VALUE.has(error.code)) throw error;
      throw rowError(row, `of "${table}" wasn't a valid Convex value: ${error.message}`);
    }
  }
}

/** What is wrong with the row as such. */
const INVALID_VALUE = new Set([
  "InvalidValue",
  "InvalidFieldName",
  "ValueTooLargeError",
  "ValueTooNested",
  "ArrayTooLong",
  "TooManyFields",
]);

function isInSchema({ catalog }: Committer, { component, name }: PlannedTable): boolean {
  return catalog.schema(component)?.tables.some(({ tableName }) => tableName === name) === true;
}
