/** One action or HTTP action under way. Worker side. */
import type { JSONValue, Ts } from "../storage/types";
import type { FileStore } from "../storage/file-store";
import { actionStorageSyscall } from "./action-storage";
import { wallClock } from "./clock";
import { failureOf, type SourceMaps } from "./failure";
import { RunRefused } from "./function-table";
import { LogBuffer } from "./log-buffer";
import { displayPath } from "./path";
import { SyscallArgs, SyscallError } from "./syscall-args";
import { deploymentMetadata, requestMetadata, userIdentity } from "./transaction-syscalls";
import { VECTOR_SEARCH } from "./vector-search";
import type { ClientInfo, Failure, Identity, LogLevel, ScheduledJob } from "./types";
import type { CallReply, DeploymentInfo, FromActionWorker } from "./worker-messages";

export type ActionScope = {
  id: number;
  /** Function path; of an HTTP action its router's. */
  path: string;
  component: string;
  identity: Identity | { kind: "invalid"; error: string };
  requestId: string;
  client: ClientInfo | null;
  callerJob: ScheduledJob | null;
  scheduledJob: ScheduledJob | null;
};

export type ActionEnvironment = {
  deployment: DeploymentInfo;
  maps: SourceMaps;
  files: FileStore;
  /** See vector-search.ts. */
  vectorSearch: (component: string, query: JSONValue, atLeast: Ts) => Promise<string>;
  send: (message: FromActionWorker) => void;
};

/** Operations that the main thread does, and the names by which a warning calls them. */
const REMOTE: Record<string, string> = {
  "1.0/actions/query": "query",
  "1.0/actions/mutation": "mutation",
  "1.0/actions/action": "action",
  "1.0/actions/schedule": "schedule",
  "1.0/actions/cancel_job": "cancel_job",
  "1.0/createFunctionHandle": "createFunctionHandle",
  "1.0/storageGetUrl": "storageGetUrl",
  "1.0/storageGetMetadata": "storageGetMetadata",
  "1.0/storageGenerateUploadUrl": "storageGenerateUploadUrl",
  "1.0/storageDelete": "storageDelete",
};

type PendingCall = { name: string; resolve: (value: string) => void; reject: (error: Error) => void };

export class ActionRun {
  readonly #logs: LogBuffer;
  readonly #calls = new Map<number, PendingCall>();
  readonly #timers = new Map<number, NodeJS.Timeout>();
  /** Fires on errors that nobody awaits: rejections and throwing timers. */
  readonly #stray: Promise<never>;
  #failStray: (error: unknown) => void = () => undefined;
  #isFinished = false;
  #nextId = 1;

  constructor(
    readonly env: ActionEnvironment,
    readonly scope: ActionScope,
  ) {
    this.#logs = new LogBuffer((line) => env.send({ type: "log", id: scope.id, line }));
    this.#stray = new Promise((_, reject) => (this.#failStray = reject));
    this.#stray.catch(() => undefined);
  }

  /** What `work` gives, unless the run fails elsewhere first. Afterwards whatever it left running has no more effect. */
  async execute<T>(work: () => Promise<T>): Promise<T> {
    return Promise.race([work(), this.#stray]);
  }

  /** Ends the run: timers stop, further operations are refused, unfinished ones are warned of. */
  finish(): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    if (this.#calls.size === 0) return;
    const names = [...this.#calls.values()].map(({ name }) => name);
    this.#calls.clear();
    this.logText(
      "WARN",
      `${names.length} unawaited operation${names.length === 1 ? "" : "s"}: [${names.join(", ")}]. ` +
        "Async operations should be awaited or they might not run. " +
        "See https://docs.convex.dev/functions/actions#dangling-promises for more information.",
    );
  }

  failure(error: unknown): Failure {
    return error instanceof RunRefused ? error.failure : failureOf(error, this.env.maps);
  }

  log(level: LogLevel, args: readonly unknown[]): void {
    if (!this.#isFinished) this.#logs.log(level, args, wallClock());
  }

  /** Logs words of the runtime's own, unquoted. */
  logText(level: LogLevel, text: string): void {
    this.#logs.add(level, [text], wallClock());
  }

  fail(error: unknown): void {
    this.#failStray(error);
  }

  asyncSyscall(op: string, text: string): string | Promise<string> {
    if (op === VECTOR_SEARCH) return this.#vectorSearch(new SyscallArgs(op, text));
    const name = REMOTE[op];
    return name === undefined ? this.#local(op, text) : this.#remote(name, op, text);
  }

  /** The operations whose arguments and results are objects of the realm rather than JSON. */
  jsSyscall(op: string, args: object): Promise<unknown> {
    const remote = (main: string, fields: object) => this.#remote(op, main, JSON.stringify(fields));
    return actionStorageSyscall(op, args, { files: this.env.files, remote });
  }

  /** Sees what was acknowledged before: the main thread knows up to where that is. */
  async #vectorSearch(args: SyscallArgs): Promise<string> {
    const visibleTs = await this.#remote("vectorSearch", VECTOR_SEARCH, "{}");
    return this.env.vectorSearch(this.scope.component, args.value("query"), BigInt(visibleTs));
  }

  #remote(name: string, op: string, text: string): Promise<string> {
    if (this.#isFinished) throw new SyscallError(`${op} was called after the action had ended`);
    const call = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#calls.set(call, { name, resolve, reject });
      this.env.send({ type: "call", call: { id: this.scope.id, call, op, args: text } });
    });
  }

  /** Takes the main thread's answer to an operation. */
  reply(call: number, reply: CallReply): void {
    const pending = this.#calls.get(call);
    this.#calls.delete(call);
    if (reply.ok) pending?.resolve(reply.value);
    else pending?.reject(new SyscallError(reply.message, reply.data));
  }

  /** Starts a timer that ends with the run; returns its id. `delay` in ms. */
  setTimer(callback: () => void, delay: number, repeat: boolean): number {
    const id = this.#nextId++;
    if (this.#isFinished) return id;
    const guarded = () => {
      if (!repeat) this.#timers.delete(id);
      try {
        callback();
      } catch (error) {
        this.fail(error);
      }
    };
    this.#timers.set(id, repeat ? setInterval(guarded, delay) : setTimeout(guarded, delay));
    return id;
  }

  clearTimer(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  #local(op: string, text: string): string {
    if (this.#isFinished) throw new SyscallError(`${op} was called after the action had ended`);
    const { identity, path, component } = this.scope;
    switch (op) {
      case "1.0/getUserIdentity":
        if (identity.kind === "invalid") throw new SyscallError(identity.error);
        return userIdentity(identity);
      case "1.0/getFunctionMetadata":
        return JSON.stringify({ name: displayPath(path), componentPath: component } satisfies JSONValue);
      case "1.0/getDeploymentMetadata":
        return deploymentMetadata(this.env.deployment);
      case "1.0/getRequestMetadata":
        return requestMetadata(this.scope);
      case "1.0/auditLog":
        throw new SyscallError("Audit logging is not yet supported in actions");
      default:
        return refuseOperation(new SyscallArgs(op, text));
    }
  }
}

const UNSUPPORTED: Record<string, string> = {
  "1.0/createServiceToken": "Convex Cloud services",
  "1.0/getServiceUrl": "Convex Cloud services",
};

function refuseOperation({ op }: SyscallArgs): never {
  const what = UNSUPPORTED[op];
  throw new SyscallError(what === undefined ? `Unknown async operation ${op}` : `not supported yet: ${what}`);
}
