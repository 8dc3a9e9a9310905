/** The ZIP file of an export, made from one snapshot of the database as it is read. */
import { Readable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { ZipFile } from "yazl";
import type { Catalog, TableInfo } from "../../engine/catalog";
import { renumberId } from "../../engine/virtual-documents";
import { FILE_TABLE, FILE_VIEW, parseFileRow } from "../../runtime/file-rows";
import type { FileStore } from "../../storage/file-store";
import type { Snapshot } from "../../storage/store";
import { documentText } from "../../storage/stored-document";
import { VIRTUAL_TABLES } from "../../storage/system-tables";
import { exportedDocument } from "./export-json";
import { extensionOf } from "./file-extensions";
import { storedFiles } from "./stored-files";

export type ExportContents = {
  snapshot: Snapshot;
  catalog: Catalog;
  files: FileStore;
  includeStorage: boolean;
  /** Told of each table when its turn comes. */
  onProgress: (message: string) => void;
  /** Unix ms: when it was made, as the entries say. */
  madeAt: number;
};

/** One read of the database: a few milliseconds. */
const PAGE_DOCUMENTS = 200;
const PAGE_BYTES = 256 * 1024;

const README = `# Data of a Convex deployment

Each folder is a table: <table>/documents.jsonl has one document a line, as JSON in which an int64 is an integer without
a dot and a float64 always has a dot or an exponent. _storage/ has the stored files, _components/<name>/ the same again
for each component.

\`npx convex import <this file>\` puts all of it into a deployment.
See https://docs.convex.dev/database/import-export/export
`;

/** The bytes of the file; fails with what went wrong on the way. */
export function exportZip(contents: ExportContents): Readable {
  const zip = new ZipFile();
  const options = { compress: true, mtime: new Date(contents.madeAt), mode: 0o100644 };
  const output = zip.outputStream as Readable;
  const fail = (error: Error) => output.destroy(error);
  const add = (path: string, open: () => Readable) => {
    // Whoever has ended it closes the snapshot too.
    if (output.destroyed) throw new Error("The export has ended.");
    zip.addReadStreamLazy(path, options, (give) => give(null, open()));
  };
  const addText = (path: string, text: string) => zip.addBuffer(Buffer.from(text), path, options);

  zip.on("error", fail);
  addText("README.md", README);
  const { catalog, snapshot } = contents;
  const components = [...catalog.components()].sort();
  for (const component of components) {
    const lines = userTables(catalog, component).map(({ name, number }) =>
      JSON.stringify({ name, id: number }),
    );
    addText(`${folderOf(component)}_tables/documents.jsonl`, lines.map((line) => `${line}\n`).join(""));
  }
  const tables = components.flatMap((component) => userTables(catalog, component));
  tables.sort((a, b) => snapshot.count(a.byId) - snapshot.count(b.byId));
  for (const table of tables) {
    const folder = `${folderOf(table.component)}${table.name}`;
    add(`${folder}/documents.jsonl`, () => {
      contents.onProgress(`Backing up ${table.name}${inComponent(table.component)}`);
      return Readable.from(lines(snapshot, table, exportedDocument));
    });
    addText(`${folder}/generated_schema.jsonl`, '"uniform"\n');
  }
  const files = contents.includeStorage ? components : [];
  addAllFiles(contents, files, add).then(() => zip.end(), fail);
  return output;
}

/** Path of the component's folder, as it begins the names of its entries. */
export function folderOf(component: string): string {
  return component === ""
    ? ""
    : component
        .split("/")
        .map((name) => `_components/${name}/`)
        .join("");
}

export function inComponent(component: string): string {
  return component === "" ? "" : ` in component ${component}`;
}

function userTables(catalog: Catalog, component: string): TableInfo[] {
  const tables = catalog.tables(component).filter((table) => !table.isSystem);
  return tables.sort((a, b) => a.number - b.number);
}

async function addAllFiles(
  { snapshot, catalog, files, onProgress }: ExportContents,
  components: readonly string[],
  add: (path: string, open: () => Readable) => void,
): Promise<void> {
  for (const component of components) {
    const table = catalog.table(component, FILE_TABLE);
    if (table === null) continue;
    const folder = `${folderOf(component)}${FILE_VIEW}`;
    add(`${folder}/documents.jsonl`, () => {
      onProgress(`Backing up ${FILE_VIEW}${inComponent(component)}`);
      return Readable.from(lines(snapshot, table, fileMetadata));
    });
    for await (const { _id: id, storageKey, contentType } of storedFiles(snapshot, table)) {
      add(`${folder}/${publicId(id)}${extensionOf(contentType)}`, () => files.read(storageKey));
    }
  }
}

/** Of a row of `_file_storage`, as JSON text. */
function fileMetadata(text: string): string {
  const { _id, _creationTime, sha256, size, contentType = null, storageId } = parseFileRow(text);
  return JSON.stringify({
    _id: publicId(_id),
    _creationTime,
    sha256,
    size,
    contentType,
    internalId: storageId,
  });
}

function publicId(id: string): string {
  const view = VIRTUAL_TABLES.find(({ name }) => name === FILE_VIEW);
  if (view === undefined) throw new Error(`There is no view ${FILE_VIEW}.`);
  return renumberId(id, view.number);
}

/** A line for each document of the table, in the order of their ids, in pieces of a page. */
async function* lines(
  snapshot: Snapshot,
  { byId }: TableInfo,
  line: (text: string) => string,
): AsyncGenerator<Buffer> {
  for (let position: string | null = ""; position !== null;) {
    const page: string[] = [];
    let bytes = 0;
    let last: string | null = null;
    for (const id of snapshot.keys(byId, position, null, false)) {
      const stored = snapshot.get(byId, id);
      if (stored === undefined) continue;
      page.push(line(documentText(stored)));
      bytes += stored.length;
      if (page.length < PAGE_DOCUMENTS && bytes < PAGE_BYTES) continue;
      last = id;
      break;
    }
    if (page.length > 0) yield Buffer.from(`${page.join("\n")}\n`);
    position = last === null ? null : `${last}\0`;
    await nextTurn();
  }
}
