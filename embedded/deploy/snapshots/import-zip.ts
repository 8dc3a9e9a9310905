/** ZIP files as exports make them. Nothing is unpacked to disk by its name: names only say which table an entry is. */
import { Readable } from "node:stream";
import { promisify } from "node:util";
import { crc32 } from "node:zlib";
import * as yauzl from "yauzl";
import { identifierFault } from "../../engine/catalog-changes";
import { childPath } from "../../runtime/component-path";
import { FILE_VIEW } from "../../runtime/file-rows";
import { decodeId } from "../../storage/ids";
import type { JSONValue } from "../../storage/types";
import { inComponent } from "./export-zip";
import { ImportError } from "./import-error";
import { jsonLines } from "./import-rows";
import type { ImportedFile, ImportSource, ImportTable } from "./import-source";

export const TABLES_TABLE = "_tables";

const TABLE_ENTRY = /^(.*\/)?([^/]+)\/(documents|generated_schema)\.jsonl$/;
const FILE_ENTRY = /^(.*\/)?_storage\/([^/.]+)(?:\.[^/]+)?$/;
const COMPONENT_FOLDER = /^(.*\/)?_components\/([^/]+)\/$/;
const MAX_SCHEMA_BYTES = 64 * 1024;

type ZipTable = {
  component: string;
  name: string;
  documents: yauzl.Entry | null;
  schema: yauzl.Entry | null;
};

/** `base`: the component that the file's root stands for. */
export async function openZip(file: string, base: string): Promise<ImportSource> {
  const zip = await open(file);
  try {
    const tables = new Map<string, ZipTable>();
    const files: ImportedFile[] = [];
    let packed = 0;
    for await (const entry of entriesOf(zip)) {
      packed += entry.compressedSize;
      if (packed > zip.fileSize) throw invalidZip("its entries overlap");
      addTable(tables, entry, base);
      addFile(files, zip, entry, base);
    }
    requireDescribed(tables, files);
    const found: ImportTable[] = [];
    for (const { component, name, documents, schema } of tables.values()) {
      if (documents === null) continue;
      const uniform = schema !== null && (await isUniform(zip, schema, name));
      found.push({ component, name, rows: () => rowsOf(zip, documents, uniform) });
    }
    return { tables: found, files, close: () => zip.close() };
  } catch (error) {
    zip.close();
    throw error;
  }
}

async function open(file: string): Promise<yauzl.ZipFile> {
  const openFile = promisify<string, yauzl.Options, yauzl.ZipFile>(yauzl.open);
  try {
    // Checks names as well: absolute ones and those that lead out of their folder are refused.
    return await openFile(file, { lazyEntries: true, autoClose: false, validateEntrySizes: true });
  } catch (error) {
    throw invalidZip(error);
  }
}

async function* entriesOf(zip: yauzl.ZipFile): AsyncGenerator<yauzl.Entry> {
  for (;;) {
    const entry = await new Promise<yauzl.Entry | null>((resolve, reject) => {
      const onEntry = (next: yauzl.Entry) => settle(() => resolve(next));
      const onEnd = () => settle(() => resolve(null));
      const onError = (error: Error) => settle(() => reject(invalidZip(error)));
      const settle = (done: () => void) => {
        zip.off("entry", onEntry).off("end", onEnd).off("error", onError);
        done();
      };
      zip.on("entry", onEntry).on("end", onEnd).on("error", onError);
      zip.readEntry();
    });
    if (entry === null) return;
    yield entry;
  }
}

function addTable(tables: Map<string, ZipTable>, entry: yauzl.Entry, base: string): void {
  const [, folder = "", name = "", kind] = TABLE_ENTRY.exec(entry.fileName) ?? [];
  if (kind === undefined) return;
  const isKnown = !name.startsWith("_") || name === TABLES_TABLE || name === FILE_VIEW;
  if (!isKnown) return;
  const fault = identifierFault(name);
  if (fault !== null) throw new ImportError(`table name '${name}' invalid: ${fault}`);
  const component = componentOf(folder, base);
  const key = tableKey(component, name);
  const table = tables.get(key) ?? { component, name, documents: null, schema: null };
  if (kind === "generated_schema") table.schema = entry;
  else if (table.documents === null) table.documents = entry;
  else throw new ImportError(`The ZIP file has the table '${name}' twice: ${entry.fileName}`);
  tables.set(key, table);
}

function tableKey(component: string, name: string): string {
  return `${component}\0${name}`;
}

function addFile(files: ImportedFile[], zip: yauzl.ZipFile, entry: yauzl.Entry, base: string): void {
  const [, folder = "", id] = FILE_ENTRY.exec(entry.fileName) ?? [];
  if (id === undefined || id === "documents") return;
  if (decodeId(id) === null) throw new ImportError(`_storage id '${id}' invalid: it is no ID`);
  const open = () => streamOf(zip, entry);
  files.push({ component: componentOf(folder, base), id, size: entry.uncompressedSize, open });
}

/** The list of `_storage` says that files come at all: without it they would be left out without a word. */
function requireDescribed(tables: ReadonlyMap<string, ZipTable>, files: readonly ImportedFile[]): void {
  for (const { component, id } of files) {
    if (tables.get(tableKey(component, FILE_VIEW))?.documents != null) continue;
    throw new ImportError(
      `The ZIP file has the stored file ${id}${inComponent(component)}, but no _storage/documents.jsonl beside it. Add one; it may be empty`,
    );
  }
}

/** Folders above the outermost `_components` are ignored: a file may have been packed again inside another folder. */
function componentOf(folder: string, base: string): string {
  const names: string[] = [];
  for (let rest = folder; ;) {
    const [, before = "", name] = COMPONENT_FOLDER.exec(rest) ?? [];
    if (name === undefined) break;
    const fault = identifierFault(name);
    if (fault !== null) throw new ImportError(`component name '${name}' invalid: ${fault}`);
    names.unshift(name);
    rest = before;
  }
  return names.reduce(childPath, base);
}

/** Whether the documents are written as today's exports write them. */
async function isUniform(zip: yauzl.ZipFile, entry: yauzl.Entry, table: string): Promise<boolean> {
  if (entry.uncompressedSize > MAX_SCHEMA_BYTES) throw oldExport(table);
  let text = "";
  for await (const chunk of (await streamOf(zip, entry)) as AsyncIterable<Buffer>)
    text += chunk.toString("utf8");
  if (text.trim() === '"uniform"') return true;
  throw oldExport(table);
}

function oldExport(table: string): ImportError {
  return new ImportError(
    `cannot parse ${table}/generated_schema.jsonl: it was written by an older kind of export, which this deployment does not read`,
  );
}

async function* rowsOf(zip: yauzl.ZipFile, entry: yauzl.Entry, uniform: boolean): AsyncGenerator<JSONValue> {
  const stream = await streamOf(zip, entry);
  try {
    yield* jsonLines(stream, uniform);
  } catch (error) {
    throw asInvalidZip(error);
  } finally {
    stream.destroy();
  }
}

async function streamOf(zip: yauzl.ZipFile, entry: yauzl.Entry): Promise<Readable> {
  try {
    const stream = await new Promise<Readable>((resolve, reject) =>
      zip.openReadStream(entry, (error, opened) => (error === null ? resolve(opened) : reject(error))),
    );
    return Readable.from(checked(stream, entry));
  } catch (error) {
    throw invalidZip(error);
  }
}

/** What the stream gives; fails at its end if it is not what was packed. */
async function* checked(stream: Readable, entry: yauzl.Entry): AsyncGenerator<Buffer> {
  let sum = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    sum = crc32(chunk, sum);
    yield chunk;
  }
  if (sum !== entry.crc32) throw invalidZip(`the checksum of ${entry.fileName} is wrong`);
}

/** Errors that reading a damaged entry ends with; those of our own stay. */
export function asInvalidZip(error: unknown): unknown {
  if (error instanceof ImportError || !(error instanceof Error)) return error;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return code === "" || code.startsWith("Z_") ? invalidZip(error) : error;
}

function invalidZip(why: unknown): ImportError {
  return new ImportError(`invalid zip file: ${why instanceof Error ? why.message : String(why)}`);
}
