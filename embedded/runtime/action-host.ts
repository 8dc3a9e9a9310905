/**
 * The threads that run actions of one environment and code version, one action at a time each: whatever an action does to its
 * thread, it does to nobody else. Threads are made when actions wait for one, up to a limit, and end when unused. Main thread.
 */
import { Worker } from "node:worker_threads";
import { lost, post, settle, waitingEntry, type ActionHooks, type Entry, type Member } from "./action-entry";
import { functionFailure, outOfMemory, outOfMemoryText } from "./failure";
import { HttpExchange, type RoutedHttpRequest } from "./http-exchange";
import {
  ACTION_WAIT_MS,
  HEAP_CEILING_MB,
  MAX_CONCURRENT_ACTIONS,
  NODE_GROWTH_BYTES,
  NODE_HEAP_MB,
  USER_GROWTH_BYTES,
  USER_HEAP_MB,
} from "./limits";
import { GrowthMeter, type ThreadLoad } from "./thread-memory";
import type { Failure, HttpActionOutcome, ModuleEnvironment, Settled } from "./types";
import type { ActionCall, ActionMessage, FromActionWorker, WorkerSetup } from "./worker-messages";

export type ActionHostOptions = {
  environment: ModuleEnvironment;
  workerFile: string;
  setup: Omit<WorkerSetup, "clock">;
  /** Time that one action may take, ms. */
  limitMs: number;
  /** Actions that may run at a time; more wait. */
  maxConcurrent?: number;
  /** How long one waits for that before it is refused, ms. */
  waitMs?: number;
};

const WATCH_MS = 50;
/** Threads that start at a time: a burst of short actions is done before many threads could have started for it. */
const MAX_STARTING = 2;
const IDLE_MS = 30_000;
/** Workers that may die in a row before they can run anything, and under one action before it has started. */
const MAX_ATTEMPTS = 3;

export class ActionHost {
  readonly #options: ActionHostOptions;
  readonly #maxConcurrent: number;
  readonly #waitMs: number;
  readonly #growthBytes: number;
  readonly #heapMb: number;
  readonly #members = new Set<Member>();
  /** Ready and unused, the one used last at the end. */
  readonly #free: Member[] = [];
  readonly #queue: Entry[] = [];
  #env: Record<string, string>;
  #nextId = 1;
  #startFailures = 0;
  #watch: NodeJS.Timeout | null = null;
  #idle: (() => void)[] = [];
  #isEnded = false;

  constructor(options: ActionHostOptions) {
    this.#options = options;
    this.#maxConcurrent = options.maxConcurrent ?? MAX_CONCURRENT_ACTIONS;
    this.#waitMs = options.waitMs ?? ACTION_WAIT_MS;
    const isNode = options.environment === "node";
    this.#growthBytes = isNode ? NODE_GROWTH_BYTES : USER_GROWTH_BYTES;
    this.#heapMb = isNode ? NODE_HEAP_MB : USER_HEAP_MB;
    this.#env = options.setup.env;
  }

  get load(): ThreadLoad {
    const bytes = [...this.#members].map((member) => member.bytes);
    return { running: this.#running().length, waiting: this.#queue.length, bytes };
  }

  /** Never rejects. */
  run(action: Omit<ActionMessage, "id">, hooks: ActionHooks): Promise<Settled> {
    return new Promise((settle) => {
      const id = this.#nextId++;
      const start = (member: Member) => post(member, { type: "action", action: { ...action, id } });
      this.#enter({ ...waitingEntry, id, path: action.path, hooks, http: null, settle, start });
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
      this.#enter({
        ...waitingEntry,
        id,
        path: new URL(request.url).pathname,
        hooks,
        http,
        settle,
        start,
      });
    });
    return { head: http.head, finished };
  }

  setEnv(env: Record<string, string>): void {
    this.#env = env;
    for (const member of this.#members) post(member, { type: "env", env });
  }

  /** Lets actions finish, at most `graceMs`, then ends the workers. */
  async retire(graceMs: number): Promise<void> {
    if (!this.#isIdle()) {
      let timer: NodeJS.Timeout | undefined;
      const idle = new Promise<void>((resolve) => this.#idle.push(resolve));
      await Promise.race([idle, new Promise((resolve) => (timer = setTimeout(resolve, graceMs)))]);
      clearTimeout(timer);
    }
    this.#isEnded = true;
    this.#stopWatching();
    for (const entry of this.#queue.splice(0)) settle(entry, { ok: false, failure: lost() });
    await Promise.all([...this.#members].map((member) => this.#end(member, lost())));
  }

  #enter(entry: Entry): void {
    if (this.#isEnded) return settle(entry, { ok: false, failure: lost() });
    entry.timer = setTimeout(() => this.#refuse(entry), this.#waitMs).unref();
    this.#queue.push(entry);
    this.#dispatch();
  }

  #refuse(entry: Entry): void {
    this.#queue.splice(this.#queue.indexOf(entry), 1);
    settle(entry, { ok: false, failure: this.#tooMany() });
    this.#announceIdle();
  }

  #dispatch(): void {
    while (this.#queue.length > 0) {
      const member = this.#free.pop();
      if (member === undefined) break;
      const entry = this.#queue.shift();
      if (entry !== undefined) this.#assign(member, entry);
    }
    let starting = [...this.#members].filter(({ isReady }) => !isReady).length;
    const wanted = Math.min(this.#queue.length, MAX_STARTING);
    for (; starting < wanted && this.#members.size < this.#maxConcurrent; starting++) this.#spawn();
  }

  #assign(member: Member, entry: Entry): void {
    clearTimeout(member.idleTimer);
    clearTimeout(entry.timer);
    entry.timer = setTimeout(
      () => void this.#end(member, this.#timeout(entry)),
      this.#options.limitMs,
    ).unref();
    member.running = entry;
    member.memory.begin(member.thread);
    this.#watch ??= setInterval(() => this.#watchMemory(), WATCH_MS).unref();
    entry.start(member);
  }

  #spawn(): void {
    const worker = new Worker(this.#options.workerFile, {
      workerData: {
        ...this.#options.setup,
        env: this.#env,
        clock: new SharedArrayBuffer(0),
      } satisfies WorkerSetup,
      env: this.#options.environment === "node" ? { ...this.#env } : {},
      execArgv: ["--experimental-vm-modules", "--experimental-import-meta-resolve", "--no-warnings"],
      resourceLimits: { maxOldGenerationSizeMb: HEAP_CEILING_MB, maxYoungGenerationSizeMb: 16 },
    });
    const memory = new GrowthMeter(this.#growthBytes);
    const member: Member = {
      worker,
      thread: null,
      memory,
      bytes: 0,
      running: null,
      isReady: false,
      idleTimer: undefined,
    };
    this.#members.add(member);
    let failure: Failure = lost();
    worker.on("message", (message: FromActionWorker) => this.#receive(member, message));
    worker.on("error", (error: Error) => (failure = this.#workerFailure(error)));
    worker.on("exit", () => this.#lose(member, failure));
  }

  #receive(member: Member, message: FromActionWorker): void {
    if (!this.#members.has(member)) return;
    const entry = member.running;
    switch (message.type) {
      case "ready":
        member.isReady = true;
        member.thread = message.thread;
        this.#startFailures = 0;
        return this.#release(member);
      case "memory":
        member.bytes = message.bytes;
        if (message.bytes > this.#growthBytes) return void this.#end(member, this.#outOfMemory());
        // It pauses, so it tells by itself how much it has: only what it takes while it does not counts as growth.
        return member.memory.begin(member.thread);
      case "analysis":
        return;
      case "call":
        if (entry?.id === message.call.id) void this.#call(member, entry, message.call);
        return;
      default:
        if (entry?.id === message.id) this.#progress(member, entry, message);
    }
  }

  #progress(member: Member, entry: Entry, message: FromAction): void {
    switch (message.type) {
      case "started":
        entry.isStarted = true;
        return;
      case "log":
        return entry.hooks.log(message.line);
      case "settled":
        return this.#finish(member, message.settled, message.bytes);
      case "finished":
        return this.#finish(member, { ok: true, value: "null" }, message.bytes);
      default:
        entry.http?.receive(message);
    }
  }

  async #call(member: Member, entry: Entry, call: ActionCall): Promise<void> {
    const reply = await entry.hooks.call(call);
    if (member.running === entry) post(member, { type: "reply", id: call.id, call: call.call, reply });
  }

  /** `bytes`: what the thread still holds. One that keeps much is not used again. */
  #finish(member: Member, settled: Settled, bytes: number): void {
    const entry = member.running;
    member.running = null;
    member.bytes = bytes;
    if (bytes > this.#growthBytes / 2) void this.#end(member, lost());
    else this.#release(member);
    if (entry !== null) settle(entry, settled);
    this.#announceIdle();
  }

  /** It takes the next action, or waits for one. */
  #release(member: Member): void {
    this.#free.push(member);
    this.#dispatch();
    if (member.running === null) {
      member.idleTimer = setTimeout(() => {
        if (this.#free.length > 1) void this.#end(member, lost());
      }, IDLE_MS).unref();
    }
  }

  #watchMemory(): void {
    for (const member of this.#members) {
      if (member.running !== null && member.memory.isOver(member.thread))
        void this.#end(member, this.#outOfMemory());
    }
  }

  #running(): Member[] {
    return [...this.#members].filter(({ running }) => running !== null);
  }

  #isIdle(): boolean {
    return this.#queue.length === 0 && this.#running().length === 0;
  }

  #announceIdle(): void {
    if (!this.#isIdle()) return;
    this.#stopWatching();
    for (const resume of this.#idle.splice(0)) resume();
  }

  #stopWatching(): void {
    if (this.#watch !== null) clearInterval(this.#watch);
    this.#watch = null;
  }

  /** Ends the thread; what runs on it fails. */
  async #end(member: Member, failure: Failure): Promise<void> {
    if (member.running !== null) member.running.isStarted = true;
    this.#lose(member, failure);
    await member.worker.terminate();
  }

  /** What had not started runs elsewhere; anything else fails. */
  #lose(member: Member, failure: Failure): void {
    if (!this.#members.delete(member)) return;
    clearTimeout(member.idleTimer);
    const position = this.#free.indexOf(member);
    if (position !== -1) this.#free.splice(position, 1);
    const entry = member.running;
    member.running = null;
    if (entry !== null) this.#failOrRetry(entry, failure);
    if (!member.isReady && ++this.#startFailures >= MAX_ATTEMPTS) {
      this.#startFailures = 0;
      for (const waiting of this.#queue.splice(0)) settle(waiting, { ok: false, failure });
    }
    if (!this.#isEnded) this.#dispatch();
    this.#announceIdle();
  }

  #failOrRetry(entry: Entry, failure: Failure): void {
    if (entry.isStarted || this.#isEnded || ++entry.attempts >= MAX_ATTEMPTS) {
      return settle(entry, { ok: false, failure });
    }
    clearTimeout(entry.timer);
    entry.timer = setTimeout(() => this.#refuse(entry), this.#waitMs).unref();
    this.#queue.unshift(entry);
  }

  #timeout({ path }: Entry): Failure {
    const seconds = this.#options.limitMs / 1000;
    return functionFailure([
      this.#options.environment === "node"
        ? `Action \`${path}\` execution timed out (maximum duration ${seconds}s)`
        : `Function execution timed out (maximum duration: ${seconds}s)`,
    ]);
  }

  #outOfMemory(): Failure {
    return functionFailure([outOfMemoryText(this.#heapMb)]);
  }

  #tooMany(): Failure {
    const setting =
      this.#options.environment === "node" ? "PRAXTALK_MAX_NODE_ACTIONS" : "PRAXTALK_MAX_ACTIONS";
    return {
      kind: "system",
      code: "TooManyConcurrentRequests",
      status: 429,
      message:
        `Too many concurrent requests. Your backend is limited to ${this.#maxConcurrent} concurrent actions. ` +
        `To raise the limit, set ${setting}.`,
    };
  }

  #workerFailure(error: Error): Failure {
    return outOfMemory(error, this.#heapMb) ?? functionFailure([`Uncaught ${error.stack ?? error.message}`]);
  }
}

type FromAction = Exclude<FromActionWorker, { type: "ready" | "memory" | "analysis" | "call" }>;
