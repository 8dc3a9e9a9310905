import type { Snapshot, Store } from "../storage/store";
import { idTableResolver } from "./catalog";
import { withIndexState, withoutDropped, withoutIndexes, withSystemTables } from "./catalog-changes";
import type { CommitGroup } from "./commit-group";
import type { CommitQueue } from "./commit-queue";
import { withoutHidden } from "./hidden-tables";
import { TableSweep } from "./table-sweep";

/** Entries deleted in one go from an index that is no more. */
const PURGE_PAGE = 1_000;

/**
 * Makes the catalog fit for service: system tables, and none of the indexes that a crash left half built. Indexes of system
 * tables that a new version of the software brings are built before it resolves.
 */
export async function repairCatalog(queue: CommitQueue, store: Store): Promise<void> {
  const tasks = await queue.run((group) => {
    const { row } = group.catalog;
    const unfinished = row.indexes.filter((index) => index.state === "building");
    const cleaned = withoutIndexes(withoutHidden(row), new Set(unfinished.map(({ number }) => number)));
    const components = ["", ...group.catalog.components()];
    const repaired = components.reduce(withSystemTables, cleaned);
    if (repaired !== row) group.commitCatalog(repaired);
    const tables = group.catalog.components().flatMap((component) => group.catalog.tables(component));
    return tables.map((table) => ({
      table,
      indexes: table.indexes.filter((index) => index.state === "building"),
      validator: null,
    }));
  });
  const built = new Set(tasks.flatMap(({ indexes }) => indexes.map(({ number }) => number)));
  const sweep = new TableSweep(tasks);
  while (!sweep.done) await queue.run((group) => buildPage(sweep, group, store));
  await queue.run((group) => {
    const row = withIndexState(group.catalog.row, built, "enabled");
    if (row !== group.catalog.row) group.commitCatalog(row);
  });
}

function buildPage(sweep: TableSweep, group: CommitGroup, store: Store): void {
  const snapshot = store.snapshot();
  const entries = sweep.step(snapshot, idTableResolver(group.catalog, ""));
  snapshot.close();
  group.addEntries(entries);
}

/** Deletes, as background work, what indexes that are no more have left. */
export class Purge {
  readonly #queue: CommitQueue;
  #running = false;

  constructor(queue: CommitQueue) {
    this.#queue = queue;
  }

  /** Goes on until nothing is left; call it whenever there may be something new. */
  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#queue.addBackground((group, snapshot) => {
      this.#running = purgePage(group, snapshot);
      return this.#running;
    });
  }
}

/** False when nothing is left. */
function purgePage(group: CommitGroup, snapshot: Snapshot): boolean {
  const [dropped] = group.catalog.row.dropped;
  if (dropped === undefined) return false;
  const keys: string[] = [];
  for (const key of snapshot.keys(dropped.index, "", null, false)) {
    if (keys.push(key) >= PURGE_PAGE) break;
  }
  group.addHidden((batch) => {
    for (const key of keys) batch.removeKey(dropped.index, key);
  });
  if (keys.length < PURGE_PAGE) group.commitCatalog(withoutDropped(group.catalog.row, dropped.index));
  return true;
}
