/** The threads that run queries and mutations of one code version. Main thread. */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { functionFailure, internalFailure, outOfMemory, outOfMemoryText } from "./failure";
import { HEAP_CEILING_MB, SYSTEM_TIME_MS, USER_GROWTH_BYTES, USER_HEAP_MB, USER_TIME_MS } from "./limits";
import { newRunClock, readRunClock, type RunTimes } from "./run-clock";
import { GrowthMeter, type ThreadLoad } from "./thread-memory";
import type { Failure } from "./types";
import { UserTimeJudge } from "./user-time";
import type {
  FromFunctionWorker,
  RunMessage,
  RunResult,
  ToFunctionWorker,
  WorkerSetup,
} from "./worker-messages";

export type PoolOptions = {
  workerFile: string;
  setup: Omit<WorkerSetup, "clock">;
  size?: number;
  userMs?: number;
};

/** Runs sent ahead to one worker, so that it need not wait for the next one. */
const MAX_AHEAD = 8;
const WATCH_MS = 20;
/** After this, runs sent ahead to a run's worker are given to another one, and its memory is watched. */
const SUSPECT_AFTER_MS = 50;
/** A run whose worker died of something else is tried this often. */
const MAX_ATTEMPTS = 3;
/** Between tries to start a worker, when many in a row have failed (ms). */
const START_PAUSE_MS = 1_000;

type Pending = { message: RunMessage; attempts: number; resolve: (result: PoolResult) => void };

/** `died`: the run ended with its worker, so nothing is known of what it read. */
export type PoolResult = { type: "result"; result: RunResult } | { type: "died"; failure: Failure };

type PoolWorker = {
  worker: Worker;
  clock: SharedArrayBuffer;
  /** See thread-memory.ts. */
  thread: string | null;
  memory: GrowthMeter;
  /** As it last told. */
  bytes: number;
  /** The run whose memory is being watched. */
  suspect: number;
  /** Runs sent and not answered, in order. */
  sent: Map<number, Pending>;
  outbox: RunMessage[];
  isReady: boolean;
  /** Its run takes long: no other one is sent to it before that ends. */
  isHeldUp: boolean;
};

export class FunctionPool {
  readonly #options: PoolOptions;
  readonly #size: number;
  readonly #workers = new Set<PoolWorker>();
  #queue: Pending[] = [];
  #nextId = 1;
  #env: Record<string, string>;
  #dispatchQueued = false;
  #watch: NodeJS.Timeout | null = null;
  #isEnded = false;
  #idle: (() => void)[] = [];
  #startFailures = 0;
  readonly #time: UserTimeJudge;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#env = options.setup.env;
    this.#time = new UserTimeJudge(options.userMs ?? USER_TIME_MS);
    this.#size = options.size ?? Math.max(2, availableParallelism());
  }

  /** Resolves when all workers have loaded the code; when one cannot, rejects and ends the others. */
  async start(): Promise<void> {
    try {
      await Promise.all(Array.from({ length: this.#size }, () => this.#spawn()));
    } catch (error) {
      await this.#end();
      throw error;
    }
  }

  get load(): ThreadLoad {
    const members = [...this.#workers];
    return {
      running: members.reduce((sum, { sent }) => sum + sent.size, 0),
      waiting: this.#queue.length,
      bytes: members.map(({ bytes }) => bytes),
    };
  }

  /** Never rejects. */
  run(message: Omit<RunMessage, "id">): Promise<PoolResult> {
    return new Promise((resolve) => {
      if (this.#isEnded) {
        resolve({ type: "died", failure: shuttingDown() });
        return;
      }
      this.#queue.push({ message: { ...message, id: this.#nextId++ }, attempts: 0, resolve });
      this.#dispatchSoon();
    });
  }

  setEnv(env: Record<string, string>): void {
    this.#env = env;
    for (const member of this.#workers) post(member, { type: "env", env });
  }

  /** Lets queued runs finish, then ends the workers; after `graceMs` ends them anyway. */
  async retire(graceMs: number): Promise<void> {
    if (!this.#isIdle()) {
      let timer: NodeJS.Timeout | undefined;
      const idle = new Promise<void>((resolve) => this.#idle.push(resolve));
      await Promise.race([idle, new Promise((resolve) => (timer = setTimeout(resolve, graceMs)))]);
      clearTimeout(timer);
    }
    await this.#end();
  }

  async #end(): Promise<void> {
    this.#isEnded = true;
    const members = [...this.#workers];
    this.#workers.clear();
    const unfinished = [...this.#queue, ...members.flatMap(({ sent }) => [...sent.values()])];
    this.#queue = [];
    for (const { resolve } of unfinished) resolve({ type: "died", failure: shuttingDown() });
    this.#becomeIdle();
    await Promise.all(members.map(({ worker }) => worker.terminate()));
  }

  #isIdle(): boolean {
    return this.#queue.length === 0 && [...this.#workers].every(({ sent }) => sent.size === 0);
  }

  #spawn(): Promise<void> {
    const clock = newRunClock();
    const worker = new Worker(this.#options.workerFile, {
      workerData: { ...this.#options.setup, env: this.#env, clock } satisfies WorkerSetup,
      execArgv: ["--experimental-vm-modules", "--no-warnings"],
      resourceLimits: {
        maxOldGenerationSizeMb: HEAP_CEILING_MB,
        maxYoungGenerationSizeMb: 16,
      },
    });
    const member: PoolWorker = {
      worker,
      clock,
      thread: null,
      memory: new GrowthMeter(USER_GROWTH_BYTES),
      bytes: 0,
      suspect: 0,
      sent: new Map(),
      outbox: [],
      isReady: false,
      isHeldUp: false,
    };
    this.#workers.add(member);
    return new Promise((resolve, reject) => {
      worker.on("message", (message: FromFunctionWorker) => {
        if (message.type === "ready") {
          member.isReady = true;
          member.thread = message.thread;
          this.#startFailures = 0;
          resolve();
          this.#dispatchSoon();
        } else if (message.type === "memory") member.bytes = message.bytes;
        else if (message.type === "results") this.#finish(member, message.results);
      });
      let failure: Error = new Error("a function worker exited");
      worker.on("error", (error: Error) => (failure = error));
      worker.on("exit", () => {
        reject(failure);
        this.#replace(member, failure);
      });
    });
  }

  /** At once when a worker has nothing to do; else with what else arrives in this turn, since each message has its cost. */
  #dispatchSoon(): void {
    if (this.#dispatchQueued) return;
    this.#dispatchQueued = true;
    const dispatch = (): void => {
      this.#dispatchQueued = false;
      this.#dispatch();
    };
    if (this.#hasIdleWorker()) queueMicrotask(dispatch);
    else setImmediate(dispatch);
  }

  #hasIdleWorker(): boolean {
    for (const { isReady, sent } of this.#workers) if (isReady && sent.size === 0) return true;
    return false;
  }

  #dispatch(): void {
    let taken = 0;
    for (; taken < this.#queue.length; taken++) {
      const pending = this.#queue[taken];
      const member = this.#leastLoaded();
      if (pending === undefined || member === null) break;
      member.sent.set(pending.message.id, pending);
      member.outbox.push(pending.message);
    }
    if (taken === 0) return;
    this.#queue.splice(0, taken);
    for (const member of this.#workers) {
      if (member.outbox.length === 0) continue;
      post(member, { type: "runs", runs: member.outbox });
      member.outbox = [];
    }
    this.#watch ??= setInterval(() => this.#watchRuns(), WATCH_MS).unref();
  }

  #leastLoaded(): PoolWorker | null {
    let best: PoolWorker | null = null;
    for (const member of this.#workers) {
      if (!member.isReady || member.isHeldUp || member.sent.size >= MAX_AHEAD) continue;
      if (best === null || member.sent.size < best.sent.size) best = member;
    }
    return best;
  }

  #finish(member: PoolWorker, results: RunResult[]): void {
    member.isHeldUp = false;
    for (const result of results) {
      const pending = member.sent.get(result.id);
      // A run that was taken back is answered by the worker that has it now.
      if (pending === undefined) continue;
      member.sent.delete(result.id);
      pending.resolve({ type: "result", result });
    }
    this.#dispatch();
    if (this.#isIdle()) this.#becomeIdle();
  }

  #becomeIdle(): void {
    this.#stopWatching();
    const idle = this.#idle;
    this.#idle = [];
    for (const resume of idle) resume();
  }

  #stopWatching(): void {
    if (this.#watch !== null) clearInterval(this.#watch);
    this.#watch = null;
  }

  #watchRuns(): void {
    for (const member of [...this.#workers]) {
      const times = readRunClock(member.clock);
      if (times === null) continue;
      if (this.#time.isOver(member, times)) {
        const seconds = this.#time.limitMs / 1000;
        const text = `Function execution timed out (maximum duration: ${seconds}s)`;
        this.#kill(member, times, functionFailure([text]));
      } else if (times.systemMs > SYSTEM_TIME_MS) {
        this.#kill(member, times, systemTimeout());
      } else if (times.userMs + times.systemMs > SUSPECT_AFTER_MS) this.#watchSuspect(member, times);
    }
  }

  #watchSuspect(member: PoolWorker, times: RunTimes): void {
    if (member.suspect !== times.run) {
      member.suspect = times.run;
      member.memory.begin(member.thread);
      if (this.#size > 1) this.#takeBack(member, times.run);
    } else if (member.memory.isOver(member.thread)) {
      this.#kill(member, times, functionFailure([outOfMemoryText(USER_HEAP_MB)]));
    }
  }

  #takeBack(member: PoolWorker, running: number): void {
    const others = [...member.sent.values()].filter(({ message }) => message.id !== running);
    if (others.length === 0 || [...this.#workers].every((other) => other === member || !other.isReady))
      return;
    member.isHeldUp = true;
    for (const { message } of others) member.sent.delete(message.id);
    this.#queue.unshift(...others);
    this.#dispatch();
  }

  /** Ends the worker because of its run; whatever else it had is run by others. */
  #kill(member: PoolWorker, { run }: RunTimes, failure: Failure): void {
    const culprit = member.sent.get(run);
    member.sent.delete(run);
    culprit?.resolve({ type: "died", failure });
    void member.worker.terminate();
    this.#replace(member, null);
  }

  /** `error`: the worker died by itself. */
  #replace(member: PoolWorker, error: Error | null): void {
    if (!this.#workers.delete(member)) return;
    const running = readRunClock(member.clock)?.run;
    for (const pending of [...member.sent.values()].reverse()) {
      const isCulprit = error !== null && pending.message.id === running;
      if (isCulprit || ++pending.attempts >= MAX_ATTEMPTS) {
        pending.resolve({ type: "died", failure: crashFailure(error) });
      } else this.#queue.unshift(pending);
    }
    if (this.#isEnded) return;
    if (!member.isReady && ++this.#startFailures >= MAX_ATTEMPTS * this.#size) {
      // What keeps workers from starting may pass (memory, descriptors): callers hear of it now, and it is tried again later.
      for (const { resolve } of this.#queue.splice(0))
        resolve({ type: "died", failure: crashFailure(error) });
      setTimeout(() => this.#spawnAgain(), START_PAUSE_MS).unref();
    } else this.#spawnAgain();
    if (this.#isIdle()) this.#becomeIdle();
  }

  /** A worker that cannot start is tried again by its own exit. */
  #spawnAgain(): void {
    if (!this.#isEnded) this.#spawn().catch(() => undefined);
  }
}

function post(member: PoolWorker, message: ToFunctionWorker): void {
  member.worker.postMessage(message);
}

function crashFailure(error: Error | null): Failure {
  return outOfMemory(error, USER_HEAP_MB) ?? internalFailure(error ?? new Error("A function worker exited."));
}

function systemTimeout(): Failure {
  return {
    kind: "system",
    code: "SystemTimeoutError",
    status: 503,
    message: "Your request timed out performing too many system operations.",
  };
}

function shuttingDown(): Failure {
  return { kind: "system", code: "Overloaded", status: 503, message: "The deployment is shutting down." };
}
