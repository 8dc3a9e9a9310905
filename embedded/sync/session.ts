/**
 * One websocket: what its client watches, the mutations and actions that it asked for, and the chain of versions
 * that takes the client from one consistent state to the next. Holds no results; `LiveQueries` does.
 */
import type { Committer } from "../engine/committer";
import type { Functions } from "../runtime/functions";
import type { ClientInfo, Identity } from "../runtime/types";
import type { Ts } from "../storage/types";
import { closeReason, FatalSessionError, SessionClosed } from "./close-reason";
import type { LiveQueries } from "./live-queries";
import type { Payloads } from "./payloads";
import * as protocol from "./protocol";
import { QueryUnavailable } from "./query-result";
import { QuerySet } from "./query-set";
import { SessionRuns } from "./session-runs";

/** The few things that a session needs of its socket. */
export type SessionSocket = {
  /** `sent` is called when the bytes have left this process, or never. */
  send(message: string | Buffer, sent: () => void): void;
  /** `code` null: a close frame without code. */
  close(code: number | null, reason: string): void;
};

/** A rejected token: an AuthError tells the client to fetch a new one. */
export type AuthenticationResult = { identity: Identity } | { rejected: string };

export type SessionOptions = {
  socket: SessionSocket;
  liveQueries: LiveQueries;
  functions: Pick<Functions, "mutation" | "action">;
  committer: Pick<Committer, "visibleTs">;
  authenticate(message: protocol.AuthenticateMessage): Promise<AuthenticationResult>;
  payloads: Payloads;
  redact: boolean;
  client: ClientInfo;
  /** The client understands TransitionChunk. */
  chunks: boolean;
  /** Something is wrong with this deployment, not with the client. */
  onError: (error: unknown) => void;
  /** Unix ms. */
  now(): number;
};

/** Unsent transitions above which no further one is computed. */
const MAX_UNSENT_TRANSITIONS = 2;
/** Silence towards the client after which it gets a Ping; silence of the client after which it is dropped; ms. */
const PING_AFTER = 15_000;
const DROP_AFTER = 120_000;
/** Wait before a query that could not run is tried again, ms; doubles up to the maximum. */
const RETRY_FIRST = 500;
const RETRY_MAX = 60_000;

export class Session {
  readonly #o: SessionOptions;
  readonly #queries: QuerySet;
  readonly #inbox: protocol.ClientMessage[] = [];
  readonly #runs: SessionRuns;
  readonly #running = new Set<Promise<void>>();
  /** Newest versions that the client asked for. */
  #querySetVersion = 0;
  #identityVersion = 0;
  #identity: Identity = { kind: "none" };
  /** Where the last transition led. */
  #sent: protocol.StateVersion = { querySet: 0, identity: 0, ts: 0n };
  #clientClockSkew: number | null = null;
  /** The next transition must not be older: the client's own mutations. */
  #atLeast: Ts = 0n;
  #state: "open" | "stopping" | "closed" = "open";
  #draining = false;
  /** A transition is due even if no query changed. */
  #due = false;
  #transitioning = false;
  #unsentTransitions = 0;
  #retryIn = RETRY_FIRST;
  #retryTimer: ReturnType<typeof setTimeout> | null = null;
  #lastSent: number;
  #lastHeard: number;

  constructor(options: SessionOptions) {
    this.#o = options;
    const origin = { caller: "SyncWorker" as const, client: options.client };
    this.#queries = new QuerySet(options.liveQueries, origin, () => this.#advance());
    this.#runs = new SessionRuns({
      functions: options.functions,
      redact: options.redact,
      client: options.client,
      send: (message) => this.#send(message),
      refusesExpired: (identity) => this.#refusesExpired(identity),
      onAnswered: (committed) => this.#onAnswered(committed),
    });
    this.#lastSent = this.#lastHeard = options.now();
  }

  receive(text: string): void {
    this.heard();
    if (this.#state !== "open") return;
    try {
      this.#inbox.push(protocol.parseClientMessage(text));
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (!this.#draining) this.#track(this.#drain());
  }

  /** The client gave a sign of life. */
  heard(): void {
    this.#lastHeard = this.#o.now();
  }

  /** Called every few seconds. */
  beat(): void {
    const now = this.#o.now();
    if (now - this.#lastHeard > DROP_AFTER) this.#close(1000, "ClientDisconnected");
    else if (now - this.#lastSent >= PING_AFTER) this.#send(protocol.PING);
  }

  /** A user's token is verified again; if it no longer passes, the session ends as when it had expired. */
  authenticateAgain(): void {
    if (this.#state === "open" && this.#identity.kind === "user")
      this.#track(this.#verifyAgain(this.#identity));
  }

  /** Takes no more messages, waits for the mutation and the actions under way, closes. The client will reconnect. */
  async stop(): Promise<void> {
    if (this.#state === "open") this.#state = "stopping";
    this.#runs.clear();
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
    this.#close(1001, "Restarting");
  }

  /** The socket ended, by whichever side. */
  closed(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    if (this.#retryTimer !== null) clearTimeout(this.#retryTimer);
    this.#queries.clear();
    this.#runs.clear();
    this.#inbox.length = 0;
  }

  /** Ends the session because its peer did what no client does. */
  fail(status: number, code: string): void {
    this.#fail(new SessionClosed(status, code));
  }

  #track(work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) => this.#fail(error))
      .finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
  }

  /** Handles messages one after the other: what follows an Authenticate waits for it. */
  async #drain(): Promise<void> {
    this.#draining = true;
    try {
      for (let message = this.#inbox.shift(); message !== undefined; message = this.#inbox.shift()) {
        if (message.type === "Authenticate") await this.#authenticate(message);
        else this.#handle(message);
      }
    } finally {
      this.#draining = false;
    }
  }

  #handle(message: Exclude<protocol.ClientMessage, protocol.AuthenticateMessage>): void {
    switch (message.type) {
      case "Connect":
        return this.#connect(message);
      case "ModifyQuerySet":
        return this.#modifyQuerySet(message);
      case "Mutation":
      case "Action":
        return this.#track(this.#runs.start(message, this.#identity));
      case "Event":
        return;
      default:
        message satisfies never;
    }
  }

  #connect(message: protocol.ConnectMessage): void {
    const { maxObservedTimestamp } = message;
    // The client has seen a future that this deployment never had: an older copy of the data is being served.
    if (maxObservedTimestamp !== null && maxObservedTimestamp > this.#o.committer.visibleTs) {
      throw new SessionClosed(500, "InternalServerError");
    }
    this.#runs.sessionId = message.sessionId;
    this.#clientClockSkew = message.clientTs === null ? null : message.clientTs - this.#o.now();
  }

  #modifyQuerySet(message: protocol.ModifyQuerySetMessage): void {
    if (message.baseVersion !== this.#querySetVersion) {
      throw new FatalSessionError(
        `Base version ${message.baseVersion} passed up doesn't match the current version ${this.#querySetVersion}`,
      );
    }
    if (message.newVersion <= message.baseVersion) throw new SessionClosed(500, "InternalServerError");
    this.#queries.modify(message.modifications, this.#identity);
    this.#querySetVersion = message.newVersion;
    this.#transitionDue();
  }

  async #authenticate(message: protocol.AuthenticateMessage): Promise<void> {
    if (message.baseVersion !== this.#identityVersion) throw new SessionClosed(500, "InternalServerError");
    const result = await this.#o.authenticate(message);
    if (this.#state === "closed") return;
    if ("rejected" in result) {
      this.#send(protocol.encodeAuthError(result.rejected, this.#sent.identity, true));
      return this.#close(null, "");
    }
    this.#identity = result.identity;
    this.#identityVersion += 1;
    this.#queries.setIdentity(result.identity);
    this.#transitionDue();
  }

  async #verifyAgain(identity: Extract<Identity, { kind: "user" }>): Promise<void> {
    const message = {
      type: "Authenticate",
      tokenType: "User",
      baseVersion: 0,
      value: identity.token,
    } as const;
    const result = await this.#o.authenticate(message);
    // Meanwhile the client may have shown another token, which was verified by the new rules.
    if (this.#state === "closed" || this.#identity !== identity || !("rejected" in result)) return;
    this.#send(protocol.encodeAuthError(result.rejected, this.#sent.identity, false));
    this.#close(null, "");
  }

  #refusesExpired(identity: Identity): boolean {
    const expired =
      identity.kind === "user" && identity.expiresAt !== null && identity.expiresAt <= this.#o.now();
    if (!expired) return false;
    this.#send(protocol.encodeAuthError("Convex token identity expired", this.#sent.identity, false));
    this.#close(null, "");
    return true;
  }

  #onAnswered(committed: Ts | null): void {
    if (committed !== null && committed > this.#atLeast) this.#atLeast = committed;
    this.#transitionDue();
  }

  #transitionDue(): void {
    this.#due = true;
    this.#advance();
  }

  /** Starts computing a transition if one is due and nothing holds it back. */
  #advance(): void {
    if (this.#transitioning || this.#retryTimer !== null || this.#state !== "open") return;
    if (this.#unsentTransitions >= MAX_UNSENT_TRANSITIONS) return;
    this.#transitioning = true;
    this.#track(this.#transition());
  }

  /** One transition. Everything that happens while it is computed goes into the next one. */
  async #transition(): Promise<void> {
    try {
      if (this.#refusesExpired(this.#identity)) return;
      this.#due = false;
      const pending = this.#queries.begin();
      const [querySet, identity] = [this.#querySetVersion, this.#identityVersion];
      const atLeast = this.#atLeast > this.#sent.ts ? this.#atLeast : this.#sent.ts;
      const collected = await this.#o.liveQueries
        .collect(pending.subscriptions, atLeast)
        .catch((error: unknown) => {
          this.#queries.abandon(pending);
          this.#due = true;
          if (!(error instanceof QueryUnavailable)) throw error;
          return null;
        });
      if (collected === null) return this.#retryLater();
      this.#retryIn = RETRY_FIRST;
      if (this.#state === "closed") return;
      const endVersion = { querySet, identity, ts: collected.ts };
      this.#sendTransition(endVersion, pending.take(collected.results, this.#o.payloads));
    } finally {
      this.#transitioning = false;
    }
    if (this.#due || this.#queries.hasStale) this.#advance();
  }

  #retryLater(): void {
    if (this.#state === "closed") return;
    this.#retryTimer = setTimeout(() => {
      this.#retryTimer = null;
      this.#advance();
    }, this.#retryIn);
    this.#retryIn = Math.min(2 * this.#retryIn, RETRY_MAX);
  }

  #sendTransition(endVersion: protocol.StateVersion, changes: protocol.QueryChange[]): void {
    const message = protocol.encodeTransition(
      {
        startVersion: this.#sent,
        endVersion,
        clientClockSkew: this.#clientClockSkew,
        serverTs: BigInt(this.#o.now()) * 1_000_000n,
      },
      changes,
    );
    this.#sent = endVersion;
    this.#unsentTransitions += 1;
    const sent = () => {
      this.#unsentTransitions -= 1;
      if (this.#due || this.#queries.hasStale) this.#advance();
    };
    if (!this.#o.chunks || message.length <= protocol.CHUNK_BYTES) return this.#send(message, sent);
    const chunks = protocol.encodeChunks(message);
    for (const [i, chunk] of chunks.entries()) {
      this.#send(chunk, i === chunks.length - 1 ? sent : undefined);
    }
  }

  #send(message: string | Buffer, sent: () => void = () => undefined): void {
    if (this.#state === "closed") return;
    this.#lastSent = this.#o.now();
    this.#o.socket.send(message, sent);
  }

  #fail(error: unknown): void {
    if (error instanceof protocol.InvalidMessage) {
      this.#send(protocol.encodeFatalError(`Received Invalid JSON on websocket: ${error.message}`));
      this.#close(null, "");
    } else if (error instanceof FatalSessionError) {
      this.#send(protocol.encodeFatalError(error.message));
      this.#close(null, "");
    } else if (error instanceof SessionClosed) {
      const { code, reason } = closeReason(error.status, error.code);
      this.#close(code, reason);
    } else {
      this.#o.onError(error);
      this.#close(1011, "InternalServerError");
    }
  }

  #close(code: number | null, reason: string): void {
    if (this.#state === "closed") return;
    this.#o.socket.close(code, reason);
    this.closed();
  }
}
