/** The threads that run actions of one environment and code version. Main thread. */
import { Worker } from "node:worker_threads";
import { functionFailure, outOfMemory } from "./failure";
import { HttpExchange, type RoutedHttpRequest } from "./http-exchange";
import { ACTION_HEAP_MB } from "./limits";
import type { Failure, HttpActionOutcome, LogLine, ModuleEnvironment, Settled } from "./types";
import type {
  ActionCall,
  ActionMessage,
  CallReply,
  FromActionWorker,
  ToActionWorker,
  WorkerSetup,
} from "./worker-messages";

export type ActionHostOptions = {
  environment: ModuleEnvironment;
  workerFile: string;
  setup: Omit<WorkerSetup, "clock">;
  /** Time that one action may take, ms. */
  limitMs: number;
};

/** What an action needs while it runs. */
export type ActionHooks = {
  log: (line: LogLine) => void;
  call: (call: ActionCall) => Promise<CallReply>;
};

type Entry = {
  path: string;
  hooks: ActionHooks;
  http: HttpExchange | null;
  settle: (settled: Settled) => void;
  /** Sends it to the worker. */
  start: (member: Member) => void;
};

type RunningEntry = Entry & {
  timer: NodeJS.Timeout;
  /** It may have had effects: it must not be given to another worker any more. */
  isStarted: boolean;
  attempts: number;
};

type Member = {
  worker: Worker;
  running: Map<number, RunningEntry>;
  isReady: boolean;
  /** Pings without an answer so far. */
  unanswered: number;
};

const PING_MS = 1_000;
/** A worker that leaves so many pings unanswered computes without a pause: new actions go to another one. */
const STUCK_AFTER = 2;
/** Workers that may die under an action before it has started. */
const MAX_ATTEMPTS = 3;

export class ActionHost {
  readonly #options: ActionHostOptions;
  readonly #members = new Set<Member>();
  #env: Record<string, string>;
  #nextId = 1;
  #ping: NodeJS.Timeout | null = null;
  #idle: (() => void)[] = [];
  #isEnded = false;

  constructor(options: ActionHostOptions) {
    this.#options = options;
    this.#env = options.setup.env;
  }

  /** Never rejects. */
  run(action: Omit<ActionMessage, "id">, hooks: ActionHooks): Promise<Settled> {
    return new Promise((settle) => {
      const id = this.#nextId++;
      const start = (member: Member) => post(member, { type: "action", action: { ...action, id } });
      this.#enter(id, { path: action.path, hooks, http: null, settle, start });
    });
  }

  /** `finished` resolves when the handler and its response body are done. */
  http(
    request: RoutedHttpRequest,
    hooks: ActionHooks,
  ): { head: Promise<HttpActionOutcome>; finished: Promise<void> } {
    const id = this.#nextId++;
    const http = new HttpExchange(id, request);
    const finished = new Promise<void>((resolve) => {
      const settle = (settled: Settled) => {
        if (!settled.ok) http.fail(settled.failure);
        resolve();
      };
      const start = (member: Member) => http.start((message) => post(member, message));
      this.#enter(id, { path: new URL(request.url).pathname, hooks, http, settle, start });
    });
    return { head: http.head, finished };
  }

  setEnv(env: Record<string, string>): void {
    this.#env = env;
    for (const member of this.#members) post(member, { type: "env", env });
  }

  /** Lets actions finish, at most `graceMs`, then ends the workers. */
  async retire(graceMs: number): Promise<void> {
    if (![...this.#members].every(({ running }) => running.size === 0)) {
      let timer: NodeJS.Timeout | undefined;
      const idle = new Promise<void>((resolve) => this.#idle.push(resolve));
      await Promise.race([idle, new Promise((resolve) => (timer = setTimeout(resolve, graceMs)))]);
      clearTimeout(timer);
    }
    this.#isEnded = true;
    this.#stopPinging();
    await Promise.all([...this.#members].map((member) => this.#end(member)));
  }

  #enter(id: number, entry: Entry, attempts = 1): void {
    const member = this.#member();
    const timer = setTimeout(() => this.#expire(member, id, entry.path), this.#options.limitMs).unref();
    member.running.set(id, { ...entry, timer, isStarted: false, attempts });
    this.#ping ??= setInterval(() => this.#pingAll(), PING_MS).unref();
    entry.start(member);
  }

  /** A worker that answers; a new one if there is none. */
  #member(): Member {
    for (const member of this.#members) if (member.unanswered < STUCK_AFTER) return member;
    const worker = new Worker(this.#options.workerFile, {
      workerData: {
        ...this.#options.setup,
        env: this.#env,
        clock: new SharedArrayBuffer(0),
      } satisfies WorkerSetup,
      env: this.#options.environment === "node" ? { ...this.#env } : {},
      execArgv: ["--experimental-vm-modules", "--experimental-import-meta-resolve", "--no-warnings"],
      resourceLimits: { maxOldGenerationSizeMb: ACTION_HEAP_MB },
    });
    const member: Member = { worker, running: new Map(), isReady: false, unanswered: 0 };
    this.#members.add(member);
    let failure: Failure = lost();
    worker.on("message", (message: FromActionWorker) => this.#receive(member, message));
    worker.on("error", (error: Error) => (failure = workerFailure(error)));
    worker.on("exit", () => this.#lose(member, failure));
    return member;
  }

  #receive(member: Member, message: FromActionWorker): void {
    if (message.type === "ready" || message.type === "pong" || message.type === "analysis") {
      member.isReady = true;
      member.unanswered = 0;
      return;
    }
    if (message.type === "call") {
      void this.#call(member, message.call);
      return;
    }
    const entry = member.running.get(message.id);
    switch (message.type) {
      case "started":
        if (entry !== undefined) entry.isStarted = true;
        return;
      case "log":
        return entry?.hooks.log(message.line);
      case "settled":
        return this.#leave(member, message.id, message.settled);
      case "finished":
        return this.#leave(member, message.id, { ok: true, value: "null" });
      default:
        entry?.http?.receive(message);
    }
  }

  async #call(member: Member, call: ActionCall): Promise<void> {
    const entry = member.running.get(call.id);
    if (entry === undefined) return;
    const reply = await entry.hooks.call(call);
    if (member.running.has(call.id)) post(member, { type: "reply", id: call.id, call: call.call, reply });
  }

  #leave(member: Member, id: number, settled: Settled): void {
    const entry = member.running.get(id);
    if (entry === undefined) return;
    member.running.delete(id);
    clearTimeout(entry.timer);
    entry.settle(settled);
    if (member.running.size === 0 && this.#members.size > 1) void this.#end(member);
    if ([...this.#members].some(({ running }) => running.size > 0)) return;
    this.#stopPinging();
    const idle = this.#idle;
    this.#idle = [];
    for (const resume of idle) resume();
  }

  #expire(member: Member, id: number, path: string): void {
    const seconds = this.#options.limitMs / 1000;
    const text =
      this.#options.environment === "node"
        ? `Action \`${path}\` execution timed out (maximum duration ${seconds}s)`
        : `Function execution timed out (maximum duration: ${seconds}s)`;
    post(member, { type: "abandon", id });
    this.#leave(member, id, { ok: false, failure: functionFailure([text]) });
    // Code that never pauses cannot be stopped but with its thread: no new actions for that unless it answers.
    member.unanswered = STUCK_AFTER;
    post(member, { type: "ping", nonce: member.unanswered });
    setTimeout(() => {
      if (member.unanswered >= STUCK_AFTER) void this.#end(member);
    }, PING_MS).unref();
  }

  #pingAll(): void {
    for (const member of this.#members) {
      if (!member.isReady) continue;
      member.unanswered++;
      post(member, { type: "ping", nonce: member.unanswered });
    }
  }

  #stopPinging(): void {
    if (this.#ping !== null) clearInterval(this.#ping);
    this.#ping = null;
    for (const member of this.#members) member.unanswered = 0;
  }

  async #end(member: Member): Promise<void> {
    this.#lose(member, lost());
    await member.worker.terminate();
  }

  /** What had not started runs elsewhere; the rest fails. */
  #lose(member: Member, failure: Failure): void {
    if (!this.#members.delete(member)) return;
    for (const [id, entry] of [...member.running]) {
      if (entry.isStarted || this.#isEnded || entry.attempts >= MAX_ATTEMPTS) {
        this.#leave(member, id, { ok: false, failure });
        continue;
      }
      member.running.delete(id);
      clearTimeout(entry.timer);
      this.#enter(id, entry, entry.attempts + 1);
    }
  }
}

function post(member: Member, message: ToActionWorker): void {
  member.worker.postMessage(message);
}

function lost(): Failure {
  return {
    kind: "system",
    code: "TransientError",
    status: 503,
    message: "Transient error while executing action",
  };
}

function workerFailure(error: Error): Failure {
  return outOfMemory(error, ACTION_HEAP_MB) ?? functionFailure([`Uncaught ${error.stack ?? error.message}`]);
}
