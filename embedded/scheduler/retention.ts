/** Deletes records that nobody can ask for any more: results of scheduled functions, records of replayed mutations. */
import * as z from "zod";
import type { Committer } from "../engine/committer";
import type { Transaction } from "../engine/transaction";
import { APP } from "../runtime/component-path";
import { jobsCompletedBefore } from "./jobs";

const DAY_MS = 24 * 60 * 60 * 1000;
const JOB_RESULT_DAYS = 7;
/** A client may send a mutation again this long after its first try. */
const SESSION_REQUEST_DAYS = 14;
const SWEEP_INTERVAL_MS = 60 * 60 * 1000;
const PAGE = 100;

export class Retention {
  readonly #committer: Committer;
  readonly #now: () => number;
  readonly #onError: (error: unknown) => void;
  #timer: NodeJS.Timeout | null = null;
  #isStopped = false;

  constructor(options: { committer: Committer; now: () => number; onError: (error: unknown) => void }) {
    this.#committer = options.committer;
    this.#now = options.now;
    this.#onError = options.onError;
  }

  /** Sweeps now and every hour. */
  start(): void {
    this.sweep()
      .catch(this.#onError)
      .finally(() => {
        if (this.#isStopped) return;
        this.#timer = setTimeout(() => this.start(), SWEEP_INTERVAL_MS);
        this.#timer.unref();
      });
  }

  stop(): void {
    this.#isStopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  async sweep(): Promise<void> {
    const now = this.#now();
    for (const component of this.#committer.catalog.components()) {
      const done = (tx: Transaction) => jobsCompletedBefore(tx, now - JOB_RESULT_DAYS * DAY_MS, PAGE);
      await this.#deletePages(component, done);
    }
    await this.#deletePages(APP, (tx) => sessionRequestsBefore(tx, now - SESSION_REQUEST_DAYS * DAY_MS));
  }

  /** One small transaction per page, so that other work gets its turn between them. */
  async #deletePages(component: string, find: (tx: Transaction) => string[]): Promise<void> {
    // Most sweeps find nothing; those write nothing.
    while (!this.#isStopped && this.#committer.read(find, { component }).length > 0) {
      await this.#committer.execute(
        (tx) => {
          for (const id of find(tx)) tx.remove(id);
        },
        { component },
      );
    }
  }
}

const row = z.object({ _id: z.string() });

function sessionRequestsBefore(tx: Transaction, time: number): string[] {
  const query = tx.openQuery({
    source: {
      type: "IndexRange",
      indexName: "_session_requests.by_creation_time",
      range: [{ type: "Lt", fieldPath: "_creationTime", value: time }],
      order: "asc",
    },
    operators: [{ limit: PAGE }],
  });
  const ids: string[] = [];
  for (let text = tx.next(query); text !== null; text = tx.next(query))
    ids.push(row.parse(JSON.parse(text))._id);
  return ids;
}
