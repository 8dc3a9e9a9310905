/** One attempt of a query or mutation, with the functions that it calls inside its transaction. Worker side. */
import type { CatalogCache } from "../engine/catalog";
import { NeedsTable, Transaction } from "../engine/transaction";
import type { FileStore } from "../storage/file-store";
import type { Snapshot, Store } from "../storage/store";
import type { JSONValue, TransactionOutcome } from "../storage/types";
import { wallClock } from "./clock";
import { CallLimits } from "./call-limits";
import { APP } from "./component-path";
import { beginCronRun, completeCronRun } from "./cron-rows";
import { failureOf, internalFailure, type SourceMaps } from "./failure";
import { callingFrame, settle, type Frame } from "./frames";
import {
  checkArgs,
  checkReturn,
  notFound,
  refuse,
  RunRefused,
  type FunctionTable,
  type LoadedFunction,
} from "./function-table";
import { MAX_CALL_DEPTH } from "./limits";
import { LogBuffer } from "./log-buffer";
import { SeededRandom } from "./random";
import type { RunClockWriter } from "./run-clock";
import { functionAddress, type FunctionAddress } from "./function-address";
import type { FunctionHandles } from "./function-handles";
import { beginScheduledJob, completeScheduledJob, findSessionRecord, recordSession } from "./run-records";
import { SyscallArgs, SyscallError } from "./syscall-args";
import {
  syncSyscall,
  transactionSyscall,
  type RunNotes,
  type SyscallFrame,
  type SyscallScope,
} from "./transaction-syscalls";
import { usageWarnings } from "./usage-warnings";
import type { CodeVersion, Failure, LogLevel, Settled } from "./types";
import type { DeploymentInfo, RunMessage, RunResult } from "./worker-messages";

/** What a worker has for all its runs. */
export type RunEnvironment = {
  store: Store;
  catalogs: CatalogCache;
  functions: FunctionTable;
  code: CodeVersion;
  handles: FunctionHandles;
  deployment: DeploymentInfo;
  files: FileStore;
  maps: SourceMaps;
  clock: RunClockWriter;
  randomBytes: (length: number) => Uint8Array;
  /** Host operations (WebCrypto) that some run's code may be waiting for. */
  hostOperations: { pending: number; settled(): Promise<void> };
};

export class TransactionRun {
  readonly #logs = new LogBuffer();
  readonly #notes: RunNotes;
  readonly #now = wallClock();
  readonly #snapshot;
  readonly #tx: Transaction;
  #top: Frame | null = null;
  /** The innermost function under way: its random numbers are the ones that user code gets. */
  #active: Frame | null = null;
  #isNested = false;
  #unhandled: { error: unknown } | null = null;
  /** Why the run is void, whatever the developer's code makes of the error it saw. */
  #void: unknown = null;

  constructor(
    readonly env: RunEnvironment,
    readonly request: RunMessage,
    /** Given: belongs to the caller, who closes it. */
    readonly sharedSnapshot?: Snapshot,
  ) {
    this.#notes = { identityRead: false, timeRead: false, journal: request.journal, storedFiles: [] };
    this.#snapshot = sharedSnapshot ?? env.store.snapshot(request.minTs);
    this.#tx = this.#transaction(request.path.startsWith("_system/"));
  }

  /** Never rejects: what goes wrong is in the result. Closes a snapshot of its own. */
  async execute(): Promise<RunResult> {
    this.env.clock.begin(this.request.id);
    try {
      const replay = this.#replay();
      if (replay !== null) return replay;
      return await this.#run();
    } catch (error) {
      return this.#result({
        settled: { ok: false, failure: error instanceof RunRefused ? error.failure : internalFailure(error) },
      });
    } finally {
      if (this.sharedSnapshot === undefined) this.#snapshot.close();
      if (this.#isNested) callingFrame.disable();
      // What a failed run left behind must not wake up inside the next one.
      while (this.env.hostOperations.pending > 0) await this.env.hostOperations.settled();
    }
  }

  // Called by the realm while this run is the worker's current one.

  /** Component whose code is running. */
  component(): string {
    const frame = this.#isNested ? (callingFrame.getStore() ?? this.#top) : this.#top;
    return frame?.scope.frame.component ?? this.request.component;
  }

  now(): number {
    this.#notes.timeRead = true;
    return this.#now;
  }

  elapsed(): number {
    return this.request.kind === "Query" ? 0 : wallClock() - this.#now;
  }

  random(): number {
    return this.#active?.random.next() ?? 0;
  }

  log(level: LogLevel, args: unknown[]): void {
    const { isTop, path, component } = this.#callingFrame().scope.frame;
    this.#logs.log(level, args, wallClock(), isTop ? undefined : { path, component });
  }

  unhandledRejection(error: unknown): void {
    this.#unhandled ??= { error };
  }

  syscall(op: string, args: string): string {
    return this.#operate(syncSyscall, this.#callingFrame(), op, args);
  }

  asyncSyscall(op: string, args: string): string | Promise<string> {
    const frame = this.#callingFrame();
    if (frame.child === null && frame.waiting.length === 0) return this.#perform(frame, op, args);
    // Operations take effect in the order in which they were made: this one waits for the call before it.
    const perform = () => new Promise<string>((done) => done(this.#perform(frame, op, args)));
    return new Promise((resolve) => frame.waiting.push(() => resolve(perform())));
  }

  #perform(frame: Frame, op: string, args: string): string | Promise<string> {
    if (op === "1.0/runUdf") return this.#call(frame, new SyscallArgs(op, args));
    const result = this.#operate(transactionSyscall, frame, op, args);
    for (const limits of frame.limits) limits.check();
    return result;
  }

  /** Lets developer errors through; any other one voids the run. Called for every document read: no closures here. */
  #operate(syscall: typeof transactionSyscall, frame: Frame, op: string, args: string): string {
    const { clock } = this.env;
    const started = clock.enter();
    try {
      return syscall(frame.scope, op, args);
    } catch (error) {
      if (!(error instanceof SyscallError)) this.#void ??= error;
      throw error;
    } finally {
      clock.leave(started);
    }
  }

  #callingFrame(): Frame {
    const frame = this.#isNested ? (callingFrame.getStore() ?? this.#top) : this.#top;
    if (frame === null) throw new SyscallError("Can't use database at import time");
    return frame;
  }

  #scope(frame: SyscallFrame, tx: Transaction): SyscallScope {
    const { code, handles, deployment, files } = this.env;
    return {
      tx,
      request: this.request,
      code,
      handles,
      deployment,
      snapshotTs: this.#snapshot.ts,
      now: this.#now,
      frame,
      notes: this.#notes,
      files,
    };
  }

  #transaction(system: boolean): Transaction {
    const { kind, component } = this.request;
    return new Transaction({
      snapshot: this.#snapshot,
      catalog: this.env.catalogs.at(this.#snapshot),
      kind: kind === "Query" ? "query" : "mutation",
      component,
      beginTime: this.#now,
      randomBytes: this.env.randomBytes,
      system,
    });
  }

  /** The recorded answer, if this request of its session has run before. */
  #replay(): RunResult | null {
    const { session } = this.request;
    const record = session === null ? null : findSessionRecord(this.#tx.in(APP), session);
    if (record === null) return null;
    const result = this.#result({ settled: { ok: true, value: record.value } });
    return { ...result, logLines: record.logLines, replayedTs: record.ts };
  }

  async #run(): Promise<RunResult> {
    const { request } = this;
    const settled = await this.#settledTop();
    for (const warning of usageWarnings(this.#tx.metrics())) this.#logs.add("WARN", [warning], wallClock());
    if (this.#void instanceof NeedsTable) {
      const { component, tableName } = this.#void;
      return this.#result({ settled, needsTable: { component, name: tableName } });
    }
    if (this.#void !== null) throw this.#void as Error;
    if (request.kind === "Query") return this.#result({ settled, readSet: this.#tx.outcome().readSet });
    if (!settled.ok) return this.#result({ settled });
    if (request.scheduledJob !== null) completeScheduledJob(this.#tx, request.scheduledJob, wallClock());
    if (request.cronRun !== null) completeCronRun(this.#tx, request.cronRun, wallClock());
    if (request.session !== null) {
      recordSession(this.#tx.in(APP), request.session, settled.value, this.#logs.lines);
    }
    return this.#result({ settled, outcome: this.#tx.outcome() });
  }

  async #settledTop(): Promise<Settled> {
    const { path, kind, args, identity, allowInternal, scheduledJob, cronRun, source } = this.request;
    try {
      if (scheduledJob !== null) beginScheduledJob(this.#tx, scheduledJob);
      if (cronRun !== null) beginCronRun(this.#tx, cronRun, { path, args });
      const isAdmin = identity.kind === "admin";
      const options = { udfType: kind, allowInternal, isAdmin };
      if (!this.#tx.hasComponent()) refuse(notFound(this.request, options));
      const loading =
        source === null
          ? this.env.functions.resolve(this.request, options)
          : this.env.functions.resolveSource(source, this.request, options);
      const fn = loading instanceof Promise ? await loading : loading;
      this.#top = this.#frame(fn, this.#tx, null);
      const value = await this.#invoke(this.#top, fn, args);
      if (kind === "Query" && value.includes('"$commitTs"')) refuseCommitTs(value);
      return { ok: true, value };
    } catch (error) {
      return { ok: false, failure: this.#failure(error) };
    }
  }

  #failure(error: unknown): Failure {
    return error instanceof RunRefused ? error.failure : failureOf(error, this.env.maps);
  }

  #frame(fn: LoadedFunction, tx: Transaction, parent: Frame | null, limits: CallLimits[] = []): Frame {
    const seed =
      parent === null ? Buffer.from(this.env.randomBytes(16)).toString("hex") : String(parent.random.next());
    const frame: SyscallFrame = {
      path: fn.path,
      component: fn.component,
      kind: fn.udfType === "Mutation" ? "Mutation" : "Query",
      isTop: parent === null,
      hasPaginated: false,
    };
    return {
      scope: this.#scope(frame, tx),
      tx,
      depth: (parent?.depth ?? 0) + 1,
      random: new SeededRandom(seed),
      limits: [...(parent?.limits ?? []), ...limits],
      child: null,
      waiting: [],
    };
  }

  async #invoke(frame: Frame, fn: LoadedFunction, args: string): Promise<string> {
    const idTable = (text: string) => frame.tx.tableOfId(text);
    this.env.clock.operation(() => checkArgs(fn, args, idTable));
    const outer = this.#active;
    this.#active = frame;
    try {
      const result = await settle(frame, fn.invoke(args), {
        takeUnhandled: () => this.#takeUnhandled(),
        hostOperations: this.env.hostOperations,
      });
      return this.env.clock.operation(() => checkReturn(fn, result, idTable));
    } finally {
      this.#active = outer;
    }
  }

  #takeUnhandled(): { error: unknown } | null {
    const unhandled = this.#unhandled;
    this.#unhandled = null;
    return unhandled;
  }

  /** Runs another function inside this transaction; only its own writes are undone if it fails. */
  async #call(parent: Frame, args: SyscallArgs): Promise<string> {
    this.#isNested = true;
    const call = this.#callee(parent, args);
    parent.child = call;
    try {
      return await call;
    } finally {
      parent.child = null;
      while (parent.child === null) {
        const next = parent.waiting.shift();
        if (next === undefined) break;
        next();
      }
    }
  }

  async #callee(parent: Frame, args: SyscallArgs): Promise<string> {
    const type = args.string("udfType");
    const kind = type === "mutation" ? "Mutation" : "Query";
    if (parent.scope.frame.kind === "Query" && type !== "query") {
      throw new SyscallError(`Cannot call a ${type} function from a query function`);
    }
    if (parent.depth > MAX_CALL_DEPTH) {
      throw new SyscallError(
        "Cross component call depth limit exceeded. Do you have an infinite loop in your app?",
      );
    }
    const callArgs = JSON.stringify([args.value("args")] satisfies JSONValue[]);
    const { code, handles } = this.env;
    const address = functionAddress(args, parent.scope.frame.component, code, handles);
    const tx = this.#transactionFor(address, type === "snapshotQuery", parent);
    const savepoint = tx.savepoint();
    try {
      const fn = await this.env.functions.resolve(address, {
        udfType: kind,
        allowInternal: true,
        isAdmin: this.request.identity.kind === "admin",
      });
      const own = args.has("transactionLimits") ? [new CallLimits(tx, args.value("transactionLimits"))] : [];
      const frame = this.#frame(fn, tx, parent, own);
      const value = await callingFrame.run(frame, () => this.#invoke(frame, fn, callArgs));
      tx.release(savepoint);
      return value;
    } catch (error) {
      tx.rollbackTo(savepoint);
      if (error instanceof SyscallError) throw error;
      const failure = this.#failure(error);
      throw new SyscallError(
        failure.message.trimEnd(),
        failure.kind === "function" ? failure.data : undefined,
      );
    }
  }

  /** As the called function's component sees it. A snapshot query sees none of the run's own writes. */
  #transactionFor({ component }: FunctionAddress, isSnapshot: boolean, parent: Frame): Transaction {
    return (isSnapshot ? this.#transaction(false) : parent.tx).in(component);
  }

  #result(
    o: { settled: Settled } & Partial<Pick<RunResult, "readSet" | "needsTable">> & {
        outcome?: TransactionOutcome;
      },
  ): RunResult {
    const { identityRead, timeRead, journal, storedFiles } = this.#notes;
    return {
      id: this.request.id,
      settled: o.settled,
      logLines: this.#logs.lines,
      snapshotTs: this.#snapshot.ts,
      ...this.env.clock.end(),
      usage: this.#tx.usage(),
      readSet: o.readSet ?? null,
      journal,
      identityRead,
      timeRead,
      storedFiles,
      outcome: o.outcome ?? null,
      replayedTs: null,
      also: [],
      needsTable: o.needsTable ?? null,
    };
  }
}

function refuseCommitTs(value: string): void {
  const hasToken = (json: JSONValue): boolean =>
    typeof json === "object" && json !== null && ("$commitTs" in json || Object.values(json).some(hasToken));
  if (hasToken(JSON.parse(value) as JSONValue))
    refuse("A query may not return a commit timestamp placeholder.");
}
