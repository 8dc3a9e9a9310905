import { setImmediate as nextTurn } from "node:timers/promises";
import type { TableInfo } from "../../engine/catalog";
import { parseFileRow, type FileRow } from "../../runtime/file-rows";
import type { Snapshot } from "../../storage/store";
import { documentText } from "../../storage/stored-document";

/** A page is a few milliseconds of work. */
const PAGE_ROWS = 500;

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
