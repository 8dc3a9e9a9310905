/**
 * A deployment of named cells, with exact control over when a query's run ends and when a commit happens. A query
 * takes its snapshot when it is asked for and answers when it is let go.
 */
import type { CommitEvent } from "@/embedded/engine/committer";
import type {
  ActionOutcome,
  Identity,
  MutationOutcome,
  MutationRequest,
  QueryOutcome,
  QueryRequest,
  RunRequest,
} from "@/embedded/runtime/types";
import type { IndexKeyWrite, ReadSet, Ts } from "@/embedded/storage/types";
import type { LiveQueriesOptions } from "@/embedded/sync/live-queries";

export type Reader = { read: (cell: string) => string; identity: () => Identity; journal: string | null };
export type QueryBody = (reader: Reader, args: string[]) => { value: string; journal?: string };

const touched = (cell: string): IndexKeyWrite => ({ index: 1, key: cell });

export class FakeDeployment {
  visibleTs: Ts = 100n;
  /** Every run that was asked for, e.g. `count.js:get ["a"]`. */
  readonly runs: string[] = [];
  batches = 0;
  readonly #cells = new Map<string, string>();
  readonly #history: { ts: Ts; cells: Map<string, string> }[] = [{ ts: 100n, cells: new Map() }];
  readonly #commits: CommitEvent[] = [];
  readonly #listeners = new Set<(commit: CommitEvent) => void>();
  readonly #queries = new Map<string, QueryBody>();
  readonly #held: (() => void)[] = [];
  /** While true, runs wait for `release`. */
  holding = false;
  /** Called with each run before it answers: commits from here fall between a run's snapshot and its answer. */
  onRun: (request: QueryRequest) => void = () => {};
  unavailable = false;
  mutations: MutationRequest[] = [];
  /** What the next mutations do; the default commits nothing. */
  mutate: (request: MutationRequest) => Promise<MutationOutcome> = async () => ({
    ok: true,
    value: "null",
    ts: this.visibleTs,
    logLines: [],
  });
  act: (request: RunRequest) => Promise<ActionOutcome> = async () => ({
    ok: true,
    value: "null",
    logLines: [],
  });

  define(path: string, body: QueryBody): void {
    this.#queries.set(path, body);
  }

  write(cells: Record<string, string>): Ts {
    this.visibleTs += 10n;
    for (const [cell, value] of Object.entries(cells)) this.#cells.set(cell, value);
    this.#history.push({ ts: this.visibleTs, cells: new Map(this.#cells) });
    const commit = { ts: this.visibleTs, keys: Object.keys(cells).map(touched), dropped: [] };
    this.#commits.push(commit);
    for (const listener of [...this.#listeners]) listener(commit);
    return this.visibleTs;
  }

  /** Content of a cell as of a timestamp. */
  at(ts: Ts, cell: string): string {
    const state = this.#history.findLast((entry) => entry.ts <= ts);
    return state?.cells.get(cell) ?? "";
  }

  /** Lets runs that wait answer, oldest first. */
  release(count = Infinity): void {
    for (const resume of this.#held.splice(0, count)) resume();
  }

  get held(): number {
    return this.#held.length;
  }

  readonly functions: LiveQueriesOptions["functions"] & {
    mutation(request: MutationRequest): Promise<MutationOutcome>;
    action(request: RunRequest): Promise<ActionOutcome>;
  } = {
    query: (request) => this.#answer(request, this.#run(request)),
    queryBatch: async (requests) => {
      this.batches += 1;
      const outcomes = requests.map((request) => this.#run(request));
      return Promise.all(requests.map((request, i) => this.#answer(request, outcomes[i]!)));
    },
    mutation: (request) => {
      this.mutations.push(request);
      return this.mutate(request);
    },
    action: (request) => this.act(request),
  };

  readonly committer: LiveQueriesOptions["committer"] = (() => {
    // eslint-disable-next-line @typescript-eslint/no-this-alias
    const fake = this;
    return {
      get visibleTs() {
        return fake.visibleTs;
      },
      onCommit(listener: (commit: CommitEvent) => void) {
        fake.#listeners.add(listener);
        return () => fake.#listeners.delete(listener);
      },
      changedSince(readSet: ReadSet, since: Ts, upTo: Ts) {
        const keys = fake.#commits
          .filter(({ ts }) => ts > since && ts <= upTo)
          .flatMap((commit) => commit.keys);
        return keys.some(({ key }) => readSet.ranges.some((range) => range.lo === key));
      },
      waitUntilVisible: () => Promise.resolve(),
    };
  })();

  #run(request: QueryRequest): QueryOutcome {
    this.runs.push(`${request.path} ${request.args}`);
    const cells = new Set<string>();
    let identityRead = false;
    const ts = this.visibleTs;
    const base = { ts, logLines: [], timeRead: false, journal: null };
    const body = this.#queries.get(request.path);
    if (this.unavailable) {
      const failure = { kind: "system" as const, code: "Overloaded", status: 503, message: "busy" };
      return { ...base, ok: false, failure, readSet: { ranges: [] }, identityRead };
    }
    if (body === undefined) throw new Error(`no query ${request.path}`);
    const reader: Reader = {
      read: (cell) => {
        cells.add(cell);
        return this.#cells.get(cell) ?? "";
      },
      identity: () => {
        identityRead = true;
        return request.identity;
      },
      journal: request.journal ?? null,
    };
    const readSet = () => ({ ranges: [...cells].map((cell) => ({ index: 1, lo: cell, hi: `${cell}\0` })) });
    try {
      const { value, journal = null } = body(reader, JSON.parse(request.args) as string[]);
      return { ...base, ok: true, value: JSON.stringify(value), journal, readSet: readSet(), identityRead };
    } catch (error) {
      const failure = { kind: "function" as const, message: String(error) };
      return { ...base, ok: false, failure, readSet: readSet(), identityRead };
    }
  }

  async #answer(request: QueryRequest, outcome: QueryOutcome): Promise<QueryOutcome> {
    this.onRun(request);
    if (this.holding) await new Promise<void>((resolve) => this.#held.push(resolve));
    return outcome;
  }
}

/** Resolves once everything that can happen without new input has happened. */
export async function settled(turns = 6): Promise<void> {
  for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
}
