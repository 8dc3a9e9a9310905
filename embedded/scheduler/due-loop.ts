/**
 * Finds the rows of a table that are due, in every component, and has them run: the earliest first, so many at a time.
 * It looks when something about due rows was committed, when one is due, and when a run ends. Holds no row but those
 * running.
 */
import type { Committer } from "../engine/committer";
import { CATALOG_INDEX } from "../engine/catalog";
import type { Transaction } from "../engine/transaction";

const MAX_PARALLEL = 8;
/**
 * A row further away than this is looked at again then: timers stand still while the machine sleeps and know nothing of a
 * clock that is set, and what expires by the clock must not outlive it by hours.
 */
const MAX_TIMER_MS = 60_000;
/** Unreadable rows are set aside so many at a time. */
const PAGE = 100;

export type DueRow<Row> = { row: Row; id: string; component: string; nextTs: number };

export type DueLoopOptions<Row> = {
  committer: Committer;
  /** A system table with the index `by_due` on the field `nextTs`, Unix ms. */
  table: string;
  /** Throws for a text that is no row of the table. */
  parse: (text: string) => Row & { _id: string; nextTs: number | null };
  /** Takes a row out of the way that cannot be read: it must not be due any more. */
  setAside: (tx: Transaction, id: string) => void;
  /** Runs one row; when it ends, the row is due no more, or later. Must not reject. */
  run: (due: DueRow<Row>) => Promise<void>;
  now: () => number;
  onError: (error: unknown) => void;
};

export class DueLoop<Row> {
  readonly #o: DueLoopOptions<Row>;
  readonly #running = new Set<string>();
  #dueIndexes: ReadonlySet<number> = new Set();
  #unsubscribe: () => void = () => undefined;
  #timer: NodeJS.Timeout | null = null;
  #isLookPlanned = false;
  #isStarted = false;
  #isStopped = false;
  #isPaused = false;

  constructor(options: DueLoopOptions<Row>) {
    this.#o = options;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** How long the first row that is due has waited, ms; 0 when none does. */
  lagMs(): number {
    const now = this.#o.now();
    const due = this.#components().flatMap((component) => this.#dueIn(component, now).due);
    return now - Math.min(now, ...due.map(({ nextTs }) => nextTs));
  }

  /** Takes up what is due. */
  start(): void {
    this.#isStarted = true;
    this.#unsubscribe = this.#o.committer.onCommit(({ keys }) => {
      if (keys.some(({ index }) => index === CATALOG_INDEX || this.#dueIndexes.has(index))) this.#planLook();
    });
    this.#planLook();
  }

  /** Starts nothing more. */
  stop(): void {
    this.#isStopped = true;
    this.#unsubscribe();
    this.#clearTimer();
  }

  /** While paused nothing is started; what runs goes on. */
  setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused;
    this.#planLook();
  }

  /** Many commits in one turn of the event loop cause one look. */
  #planLook(): void {
    if (!this.#isStarted || this.#isLookPlanned || this.#isStopped) return;
    this.#isLookPlanned = true;
    setImmediate(() => {
      this.#isLookPlanned = false;
      if (this.#isStopped || this.#isPaused) return;
      try {
        this.#look();
      } catch (error) {
        this.#o.onError(error);
        this.#lookIn(MAX_TIMER_MS);
      }
    });
  }

  #lookIn(ms: number): void {
    this.#clearTimer();
    this.#timer = setTimeout(() => this.#planLook(), Math.min(Math.ceil(ms), MAX_TIMER_MS));
  }

  #clearTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #look(): void {
    this.#clearTimer();
    const now = this.#o.now();
    const found = this.#components().map((component) => this.#dueIn(component, now));
    const due = found.flatMap((part) => part.due).sort((a, b) => a.nextTs - b.nextTs);
    for (const row of due.slice(0, MAX_PARALLEL - this.#running.size)) void this.#run(row);
    const nextDue = Math.min(...found.map((part) => part.nextDue));
    if (nextDue < Infinity) this.#lookIn(nextDue - now);
  }

  /** Components that have the table; also notes which indexes tell of due rows. */
  #components(): string[] {
    const { committer, table } = this.#o;
    const { catalog } = committer;
    const tables = catalog.row.tables.filter(({ name }) => name === table);
    const indexes = tables.flatMap(({ byId }) => catalog.tableOfIndex(byId)?.indexes ?? []);
    this.#dueIndexes = new Set(indexes.filter(({ name }) => name === "by_due").map(({ number }) => number));
    return tables.map(({ component }) => component);
  }

  /** As many due rows as could be started, and when the next one is due, Unix ms. */
  #dueIn(component: string, now: number): { due: DueRow<Row>[]; nextDue: number } {
    const { committer, table, parse } = this.#o;
    const unreadable: string[] = [];
    const found = committer.read(
      (tx) => {
        const due: DueRow<Row>[] = [];
        for (const text of dueTexts(tx, table)) {
          const row = parsedOr(() => parse(text), this.#o.onError);
          if (row === null) {
            unreadable.push((JSON.parse(text) as { _id: string })._id);
            if (unreadable.length === PAGE) break;
            continue;
          }
          const { _id: id, nextTs } = row;
          if (nextTs === null || this.#running.has(keyOf(component, id))) continue;
          if (nextTs > now) return { due, nextDue: nextTs };
          if (due.length === MAX_PARALLEL) break;
          due.push({ row, id, component, nextTs });
        }
        return { due, nextDue: Infinity };
      },
      { component },
    );
    if (unreadable.length > 0) this.#setAside(component, unreadable);
    return found;
  }

  #setAside(component: string, ids: readonly string[]): void {
    const body = (tx: Transaction) => ids.forEach((id) => this.#o.setAside(tx, id));
    // Its commit causes the next look.
    this.#o.committer.execute(body, { component }).catch((error: unknown) => {
      if (!this.#isStopped) this.#o.onError(error);
    });
  }

  async #run(due: DueRow<Row>): Promise<void> {
    const key = keyOf(due.component, due.id);
    this.#running.add(key);
    try {
      await this.#o.run(due);
    } finally {
      this.#running.delete(key);
      this.#planLook();
    }
  }
}

function* dueTexts(tx: Transaction, table: string): Generator<string> {
  const query = tx.openQuery({
    source: {
      type: "IndexRange",
      indexName: `${table}.by_due`,
      range: [{ type: "Gt", fieldPath: "nextTs", value: null }],
      order: "asc",
    },
    operators: [],
  });
  try {
    for (let text = tx.next(query); text !== null; text = tx.next(query)) yield text;
  } finally {
    tx.closeQuery(query);
  }
}

function parsedOr<Row>(parse: () => Row, onError: (error: unknown) => void): Row | null {
  try {
    return parse();
  } catch (error) {
    onError(error);
    return null;
  }
}

/** Ids are unique within a component only. */
function keyOf(component: string, id: string): string {
  return `${component}\0${id}`;
}
