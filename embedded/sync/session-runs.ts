/** The mutations and actions that one socket asked for: mutations one at a time in order, actions side by side. */
import { createHash } from "node:crypto";
import { clientFailure, clientLogLines } from "../http/redaction";
import type { Functions } from "../runtime/functions";
import type { ClientInfo, Failure, Identity, LogLine, RunRequest } from "../runtime/types";
import type { Ts } from "../storage/types";
import { SessionClosed } from "./close-reason";
import { encodeActionSuccess, encodeMutationSuccess, encodeRunFailure, type RunMessage } from "./protocol";
import { randomRequestId } from "./timing";

export type SessionRunsOptions = {
  functions: Pick<Functions, "mutation" | "action">;
  redact: boolean;
  client: ClientInfo;
  send(message: string): void;
  /** Ends the session and returns true if this identity's token has expired. */
  refusesExpired(identity: Identity): boolean;
  /** A run has been answered. `committed`: what the client's own writes are visible from. */
  onAnswered(committed: Ts | null): void;
};

const MAX_QUEUED_MUTATIONS = 1000;
const MAX_ACTIONS = 1000;
/** Arguments of all that waits or runs, in characters; a single call may have more. A bound on memory. */
const MAX_ARGS = 64 * 1024 * 1024;

export class SessionRuns {
  /** Set by Connect. Without it a mutation that is sent twice runs twice. */
  sessionId: string | null = null;
  readonly #o: SessionRunsOptions;
  readonly #mutations: { message: RunMessage; identity: Identity }[] = [];
  #mutating = false;
  #actions = 0;
  #argsHeld = 0;

  constructor(options: SessionRunsOptions) {
    this.#o = options;
  }

  /** Queues a mutation or starts an action. Rejects with SessionClosed when the deployment cannot serve it. */
  async start(message: RunMessage, identity: Identity): Promise<void> {
    const hasRoom = this.#argsHeld === 0 || this.#argsHeld + message.args.length <= MAX_ARGS;
    if (message.type === "Action") {
      if (!hasRoom) throw new SessionClosed(429, "TooManyInflightActionsForSingleClient");
      return this.#holding(message, () => this.#runAction(message, identity));
    }
    if (!hasRoom || this.#mutations.length >= MAX_QUEUED_MUTATIONS) {
      throw new SessionClosed(429, "TooManyConcurrentMutations");
    }
    this.#argsHeld += message.args.length;
    this.#mutations.push({ message, identity });
    if (!this.#mutating) await this.#runMutations();
  }

  /** Forgets mutations that have not begun: the client sends them again when it has reconnected. */
  clear(): void {
    this.#mutations.length = 0;
  }

  async #holding(message: RunMessage, run: () => Promise<void>): Promise<void> {
    this.#argsHeld += message.args.length;
    try {
      await run();
    } finally {
      this.#argsHeld -= message.args.length;
    }
  }

  async #runMutations(): Promise<void> {
    this.#mutating = true;
    try {
      for (let next = this.#mutations.shift(); next !== undefined; next = this.#mutations.shift()) {
        this.#argsHeld -= next.message.args.length;
        const { message, identity } = next;
        await this.#holding(message, () => this.#runMutation(message, identity));
      }
    } finally {
      this.#mutating = false;
    }
  }

  async #runMutation(message: RunMessage, identity: Identity): Promise<void> {
    if (this.#o.refusesExpired(identity)) return;
    const { requestId } = message;
    const session = this.sessionId === null ? undefined : { sessionId: this.sessionId, requestId };
    const request = this.#request(message, identity);
    const outcome = await this.#o.functions.mutation({ ...request, session });
    if (outcome.ok) {
      const logLines = clientLogLines(outcome.logLines, this.#o.redact);
      this.#o.send(encodeMutationSuccess(requestId, outcome.value, outcome.ts, logLines));
    } else {
      this.#sendFailure("MutationResponse", message, request, outcome);
    }
    this.#o.onAnswered(outcome.ok ? outcome.ts : null);
  }

  async #runAction(message: RunMessage, identity: Identity): Promise<void> {
    if (this.#o.refusesExpired(identity)) return;
    if (this.#actions >= MAX_ACTIONS) throw new SessionClosed(429, "TooManyInflightActionsForSingleClient");
    this.#actions += 1;
    try {
      const request = this.#request(message, identity);
      const outcome = await this.#o.functions.action(request);
      if (outcome.ok) {
        const logLines = clientLogLines(outcome.logLines, this.#o.redact);
        this.#o.send(encodeActionSuccess(message.requestId, outcome.value, logLines));
      } else {
        this.#sendFailure("ActionResponse", message, request, outcome);
      }
    } finally {
      this.#actions -= 1;
    }
    this.#o.onAnswered(null);
  }

  /** A failure of the deployment itself gets no answer but ends the session: the client comes back and asks again. */
  #sendFailure(
    type: "MutationResponse" | "ActionResponse",
    message: RunMessage,
    request: RunRequest,
    { failure, logLines }: { failure: Failure; logLines: LogLine[] },
  ): void {
    if (failure.kind === "system") throw new SessionClosed(failure.status, failure.code);
    const { redact } = this.#o;
    const told = clientFailure(failure, request.requestId, redact);
    this.#o.send(encodeRunFailure(type, message.requestId, told, clientLogLines(logLines, redact)));
  }

  #request({ path, component, args, requestId }: RunMessage, identity: Identity): RunRequest {
    return {
      path,
      component,
      args,
      identity,
      caller: "SyncWorker",
      requestId: this.sessionId === null ? randomRequestId() : sessionRequestId(this.sessionId, requestId),
      allowInternal: identity.kind === "admin",
      client: this.#o.client,
    };
  }
}

/** The same for a mutation that is sent again: its log lines can be found by session. */
export function sessionRequestId(sessionId: string, requestId: number): string {
  return createHash("sha256").update(`${sessionId}|${requestId}`).digest("hex").slice(0, 16);
}
