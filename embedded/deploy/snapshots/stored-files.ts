import { setImmediate as nextTurn } from "node:timers/promises";
import type { TableInfo } from "../../engine/catalog";
import type { Committer } from "../../engine/committer";
import { FILE_TABLE, parseFileRow, type FileRow } from "../../runtime/file-rows";
import type { Snapshot } from "../../storage/store";
import { documentText } from "../../storage/stored-document";

/** A page is a few milliseconds of work. */
const PAGE_ROWS = 500;

/** Keys of the files that the component's `_file_storage` owns. */
export async function storedFileKeys(committer: Committer, component: string): Promise<string[]> {
  const table = committer.catalog.table(component, FILE_TABLE);
  if (table === null) return [];
  const keys: string[] = [];
  const snapshot = committer.store.snapshot();
  try {
    for await (const { storageKey } of storedFiles(snapshot, table)) keys.push(storageKey);
  } finally {
    snapshot.close();
  }
  return keys;
}

/** The rows of a `_file_storage`, in the order of their ids; others get their turn between reading a page and giving it. */
export async function* storedFiles(snapshot: Snapshot, { byId }: TableInfo): AsyncGenerator<FileRow> {
  for (let position: string | null = ""; position !== null;) {
    const page: FileRow[] = [];
    let last: string | null = null;
    for (const id of snapshot.keys(byId, position, null, false)) {
      const stored = snapshot.get(byId, id);
      if (stored !== undefined) page.push(parseFileRow(documentText(stored)));
      if (page.length < PAGE_ROWS) continue;
      last = id;
      break;
    }
    await nextTurn();
    yield* page;
    position = last === null ? null : `${last}\0`;
  }
}
