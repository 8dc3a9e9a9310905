/** Queries and mutations from request to durable result: attempts, commits, re-runs. Main thread. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Committer } from "../engine/committer";
import { DatabaseError } from "../engine/errors";
import type { Ts } from "../storage/types";
import { monotonic } from "./clock";
import { executionRecord, type ExecutionListener } from "./execution-record";
import { functionFailure, internalFailure } from "./failure";
import type { FunctionPool, PoolResult } from "./function-pool";
import { MUTATION_RETRIES, RETRY_BACKOFF_MS } from "./limits";
import { int64 } from "./transaction-syscalls";
import type {
  Failure,
  MutationOutcome,
  MutationRequest,
  QueryOutcome,
  QueryRequest,
  RunRequest,
} from "./types";
import type { UnsentRun } from "./worker-messages";

/** Tables that one mutation may have to create before it can run. */
const MAX_NEW_TABLES = 100;

type Conflict = { table: string; documentId: string | null };

type Pool = Pick<FunctionPool, "run">;

export class FunctionRunner {
  constructor(
    readonly committer: Committer,
    readonly report: ExecutionListener,
    /** Told of failures that are the deployment's own. */
    readonly onError: (error: unknown) => void,
    /** Told, once its commit has been decided on, of files that a mutation has stored. */
    readonly onFilesStored: (keys: readonly string[]) => void,
  ) {}

  async query(pool: Pool, request: QueryRequest): Promise<QueryOutcome> {
    const message = queryMessage(request);
    if (request.minTs !== undefined) await this.committer.waitUntilVisible(request.minTs);
    return this.#finishQuery(request, await this.#attempt(pool, message));
  }

  /** All on one snapshot, one after the other. If one of them ends its worker, they run apart. */
  async queryBatch(pool: Pool, requests: QueryRequest[], minTs?: Ts): Promise<QueryOutcome[]> {
    const [first, ...others] = requests.map(queryMessage);
    if (first === undefined) return [];
    if (minTs !== undefined) await this.committer.waitUntilVisible(minTs);
    const { result, totalMs } = await this.#attempt(pool, { ...first, also: others });
    if (result.type === "died") return Promise.all(requests.map((request) => this.query(pool, request)));
    const results = [result.result, ...result.result.also];
    return requests.flatMap((request, i) => {
      const own = results[i];
      return own === undefined
        ? []
        : [this.#finishQuery(request, { result: { type: "result", result: own }, totalMs })];
    });
  }

  #finishQuery(request: QueryRequest, run: AttemptOutcome): QueryOutcome {
    const executionId = randomUUID();
    this.report(() => executionRecord({ request, udfType: "Query", executionId, ...run }));
    if (run.result.type === "died") {
      const { failure } = run.result;
      const nothingRead = {
        readSet: { ranges: [] },
        journal: request.journal ?? null,
        identityRead: true,
        timeRead: true,
        readsUnknown: true,
      };
      return { ts: this.committer.visibleTs, logLines: [], ...nothingRead, ok: false, failure };
    }
    const { settled, snapshotTs, readSet, journal, logLines, identityRead, timeRead } = run.result.result;
    const base = {
      ts: snapshotTs,
      readSet: readSet ?? { ranges: [] },
      journal,
      logLines,
      identityRead,
      timeRead,
    };
    return { ...base, ...settled };
  }

  async mutation(pool: () => Pool, request: MutationRequest): Promise<MutationOutcome> {
    const stored: string[] = [];
    try {
      return await this.#mutation(pool, request, stored);
    } finally {
      if (stored.length > 0) this.onFilesStored(stored);
    }
  }

  async #mutation(pool: () => Pool, request: MutationRequest, stored: string[]): Promise<MutationOutcome> {
    const message = runMessage("Mutation", request);
    message.session = request.session ?? null;
    for (let retries = 0, newTables = 0; ;) {
      const run = await this.#attempt(pool(), message);
      const executionId = randomUUID();
      const finish = (outcome: MutationOutcome, conflict?: Conflict, willRetry = false): MutationOutcome => {
        const occ = conflict === undefined ? null : { ...conflict, retryCount: retries };
        const failure = outcome.ok ? undefined : outcome.failure;
        this.report(() =>
          executionRecord({ request, udfType: "Mutation", executionId, ...run, failure, occ, willRetry }),
        );
        return outcome;
      };
      if (run.result.type === "died") return finish({ ok: false, failure: run.result.failure, logLines: [] });
      const { result } = run.result;
      stored.push(...result.storedFiles);
      if (result.needsTable !== null && newTables++ < MAX_NEW_TABLES) {
        const refusal = await this.#createTable(result.needsTable);
        if (refusal === null) continue;
        return finish({ ok: false, failure: refusal, logLines: result.logLines });
      }
      const { settled, logLines } = result;
      if (!settled.ok) return finish({ ...settled, logLines });
      if (result.replayedTs !== null) return { ...settled, ts: result.replayedTs, logLines };
      if (result.outcome === null) return finish({ ok: false, failure: noOutcome(), logLines });
      const commit = await this.committer.commit(result.outcome);
      if (commit.ok)
        return finish({ ok: true, value: withCommitTs(settled.value, commit.ts), ts: commit.ts, logLines });
      const failure = occFailure(commit.conflict);
      if (retries >= MUTATION_RETRIES) return finish({ ok: false, failure, logLines }, commit.conflict);
      finish({ ok: false, failure, logLines }, commit.conflict, true);
      await Promise.all([this.committer.waitUntilVisible(commit.retryAfter), sleep(backoff(retries++))]);
    }
  }

  /** Null, or why there can be no such table. */
  async #createTable({ component, name }: { component: string; name: string }): Promise<Failure | null> {
    try {
      await this.committer.createTable(component, name);
      return null;
    } catch (error) {
      if (error instanceof DatabaseError) return functionFailure([`Uncaught Error: ${error.message}`]);
      throw error;
    }
  }

  /** Sees every commit that was acknowledged before now. */
  async #attempt(pool: Pool, message: UnsentRun): Promise<AttemptOutcome> {
    const started = monotonic();
    const result = await pool.run({ ...message, minTs: this.committer.visibleTs });
    for (const failure of failuresOf(result)) {
      if (failure.kind === "system" && failure.detail !== undefined) this.onError(new Error(failure.detail));
    }
    return { result, totalMs: monotonic() - started };
  }
}

function noOutcome(): Failure {
  return internalFailure(new Error("A mutation ended without an outcome."));
}

function failuresOf(result: PoolResult): Failure[] {
  if (result.type === "died") return [result.failure];
  return [result.result, ...result.result.also].flatMap(({ settled }) =>
    settled.ok ? [] : [settled.failure],
  );
}

export type AttemptOutcome = { result: PoolResult; totalMs: number };

function queryMessage(request: QueryRequest): UnsentRun {
  const { journal = null, source = null } = request;
  return { ...runMessage("Query", request), journal, source };
}

function runMessage(kind: "Query" | "Mutation", request: RunRequest): UnsentRun {
  const { path, component, args, identity, allowInternal, requestId } = request;
  return {
    kind,
    path,
    component,
    args,
    identity,
    allowInternal,
    requestId,
    client: request.client ?? null,
    callerJob: request.callerJob ?? null,
    scheduledJob: request.scheduledJob ?? null,
    cronRun: request.cronRun ?? null,
    source: null,
    journal: null,
    session: null,
    also: [],
  };
}

/** Pause before the next attempt, in ms: doubles from attempt to attempt, with jitter so that rivals do not meet again. */
function backoff(retry: number): number {
  const limit = Math.min(RETRY_BACKOFF_MS.max, RETRY_BACKOFF_MS.initial * 2 ** retry);
  return limit * (0.5 + Math.random() / 2);
}

/** The result may hold placeholders of the commit's timestamp. */
function withCommitTs(value: string, ts: Ts): string {
  return value.includes('"$commitTs"')
    ? value.replaceAll('{"$commitTs":null}', JSON.stringify(int64(ts)))
    : value;
}

function occFailure({ table, documentId }: Conflict): Failure {
  const document =
    documentId === null ? "" : ` Another call to this mutation changed the document with ID "${documentId}".`;
  return {
    kind: "system",
    code: "OptimisticConcurrencyControlFailure",
    status: 503,
    message:
      `Documents read from or written to the "${table}" table changed while this mutation was being run and ` +
      `on every subsequent retry.${document} See https://docs.convex.dev/error#1`,
  };
}
