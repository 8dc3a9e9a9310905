/** What an ActionHost keeps of each action and of each thread. Main thread. */
import type { Worker } from "node:worker_threads";
import type { HttpExchange } from "./http-exchange";
import type { GrowthMeter } from "./thread-memory";
import type { Failure, LogLine, Settled } from "./types";
import type { ActionCall, CallReply, ToActionWorker } from "./worker-messages";

/** What an action needs while it runs. */
export type ActionHooks = {
  log: (line: LogLine) => void;
  call: (call: ActionCall) => Promise<CallReply>;
};

/** An action from its call to its end. */
export type Entry = {
  id: number;
  path: string;
  hooks: ActionHooks;
  http: HttpExchange | null;
  settle: (settled: Settled) => void;
  /** Sends it to the worker. */
  start: (member: Member) => void;
  /** Threads that died under it before it had started. */
  attempts: number;
  /** While it waits for a thread: refuses it. While it runs: ends it. */
  timer: NodeJS.Timeout | undefined;
  /** It may have had effects: it must not be given to another worker any more. */
  isStarted: boolean;
};

/** A thread of the host. */
export type Member = {
  worker: Worker;
  /** See thread-memory.ts. */
  thread: string | null;
  memory: GrowthMeter;
  /** As it last told. */
  bytes: number;
  running: Entry | null;
  isReady: boolean;
  /** Ends it when nothing has run on it for long. */
  idleTimer: NodeJS.Timeout | undefined;
};

/** Of an action that has just come. */
export const waitingEntry = { attempts: 0, timer: undefined, isStarted: false };

/** Gives the outcome to who called. */
export function settle(entry: Entry, settled: Settled): void {
  clearTimeout(entry.timer);
  entry.settle(settled);
}

export function post(member: Member, message: ToActionWorker): void {
  member.worker.postMessage(message);
}

/** Why an action ended whose thread is gone. */
export function lost(): Failure {
  return {
    kind: "system",
    code: "TransientError",
    status: 503,
    message: "Transient error while executing action",
  };
}
