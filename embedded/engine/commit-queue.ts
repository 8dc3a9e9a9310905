import type { Snapshot, Store } from "../storage/store";
import type { Ts } from "../storage/types";
import { CommitGroup, type GroupCommit, type GroupState, type WriteObserver } from "./commit-group";

/** Decides on one piece of work inside a group; what it returns is called when the group is durable. It must throw, which rejects this work alone, before it changes anything. */
type Decide<T> = (group: CommitGroup) => T;

type Job = { decide: (group: CommitGroup) => () => void; reject: (error: unknown) => void };

/** Work in pages: at most one page a group, first in it. False: nothing left to do. */
export type BackgroundStep = (group: CommitGroup, snapshot: Snapshot) => boolean;

/** Keeps a group's share of the main thread short. */
const MAX_GROUP_JOBS = 500;

export type QueueEvents = {
  observe: WriteObserver;
  onCommit: (commit: GroupCommit) => void;
  onFailure: (error: Error) => void;
  onWrite: (write: { commits: number; writeMs: number }) => void;
  now: () => number;
};

/**
 * Runs work in groups, one group at a time: while one is being written the next one gathers. So everything in a
 * group is decided on the newest durable state plus what the group itself has decided before.
 */
export class CommitQueue {
  readonly #store: Store;
  readonly #state: GroupState;
  readonly #events: QueueEvents;
  #jobs: Job[] = [];
  readonly #background = new Set<BackgroundStep>();
  #running: Promise<void> | null = null;
  #failure: Error | null = null;
  #closed = false;
  #visibleTs: Ts;
  readonly #visibleWaiters = new Set<{ ts: Ts; resolve: () => void }>();

  constructor(store: Store, state: GroupState, events: QueueEvents) {
    this.#store = store;
    this.#state = state;
    this.#events = events;
    this.#visibleTs = state.lastTs;
  }

  get length(): number {
    return this.#jobs.length;
  }

  get visibleTs(): Ts {
    return this.#visibleTs;
  }

  /** Resolves with what `decide` returned, when all that it did is durable and visible. */
  run<T>(decide: Decide<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const refusal = this.#failure ?? (this.#closed ? new Error("The database is closing.") : null);
      if (refusal !== null) return reject(refusal);
      this.#jobs.push({
        decide: (group) => {
          const result = decide(group);
          return () => resolve(result);
        },
        reject,
      });
      this.#start();
    });
  }

  /** Resolves when `visibleTs` is at least `ts`. */
  async waitUntilVisible(ts: Ts): Promise<void> {
    if (this.#visibleTs >= ts) return;
    await new Promise<void>((resolve) => this.#visibleWaiters.add({ ts, resolve }));
  }

  /** Adds work to be done in pages, until it says that it is done. */
  addBackground(step: BackgroundStep): void {
    this.#background.add(step);
    this.#start();
  }

  removeBackground(step: BackgroundStep): void {
    this.#background.delete(step);
  }

  /** Refuses new work; resolves when what there is has been done. Background work stops where it is. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#background.clear();
    while (this.#running !== null) await this.#running;
  }

  #start(): void {
    this.#running ??= this.#loop();
  }

  async #loop(): Promise<void> {
    while (this.#failure === null && (this.#jobs.length > 0 || this.#background.size > 0)) {
      // Lets in what else arrives in this turn of the event loop: one flush for all of it.
      await new Promise((resolve) => setImmediate(resolve));
      await this.#runGroup();
    }
    // In the same turn as the last look at the queue, or work that comes now would wait for ever.
    this.#running = null;
  }

  async #runGroup(): Promise<void> {
    const group = new CommitGroup(this.#state, this.#events.now, this.#events.observe);
    const settles: (() => void)[] = [];
    const accepted: Job[] = [];
    try {
      this.#stepBackground(group);
      for (const job of this.#jobs.splice(0, MAX_GROUP_JOBS)) {
        try {
          settles.push(job.decide(group));
          accepted.push(job);
        } catch (error) {
          job.reject(error);
        }
      }
      if (!group.isEmpty) await this.#write(group);
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)), accepted);
      return;
    }
    this.#visibleTs = group.lastTs;
    for (const commit of group.commits) this.#events.onCommit(commit);
    for (const settle of settles) settle();
    for (const waiter of this.#visibleWaiters) {
      if (waiter.ts > this.#visibleTs) continue;
      this.#visibleWaiters.delete(waiter);
      waiter.resolve();
    }
  }

  async #write(group: CommitGroup): Promise<void> {
    const started = performance.now();
    await this.#store.write((batch) => group.flush(batch, () => this.#store.snapshot()));
    this.#events.onWrite({ commits: group.commits.length, writeMs: performance.now() - started });
  }

  #stepBackground(group: CommitGroup): void {
    const [step] = this.#background;
    if (step === undefined) return;
    const snapshot = this.#store.snapshot();
    try {
      this.#background.delete(step);
      // To the end of the line: several take turns.
      if (step(group, snapshot)) this.#background.add(step);
    } finally {
      snapshot.close();
    }
  }

  /** What is on disk is unknown now, so nothing more may be promised. */
  #fail(error: Error, accepted: Job[]): void {
    this.#failure = error;
    for (const job of [...accepted, ...this.#jobs]) job.reject(error);
    this.#jobs = [];
    this.#background.clear();
    this.#events.onFailure(error);
  }
}
