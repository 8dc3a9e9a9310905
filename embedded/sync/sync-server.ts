/** Accepts websockets and gives each one a session; sees to heartbeats and to the end of all of them. */
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer, type RawData, type WebSocket } from "ws";
import type { Committer } from "../engine/committer";
import type { Functions } from "../runtime/functions";
import type { ClientInfo } from "../runtime/types";
import type { LiveQueries } from "./live-queries";
import { FrameGuard } from "./frame-guard";
import { Payloads } from "./payloads";
import { Session, type SessionOptions, type SessionSocket } from "./session";

export type SyncServerOptions = {
  liveQueries: LiveQueries;
  functions: Pick<Functions, "mutation" | "action">;
  committer: Pick<Committer, "visibleTs">;
  authenticate: SessionOptions["authenticate"];
  redact: boolean;
  onError: (error: unknown) => void;
};

/** Largest message that a client may send, in bytes: arguments of 16 MiB and what surrounds them. */
const MAX_MESSAGE = 17 * 1024 * 1024;
const HEARTBEAT_MS = 5_000;
/** A client that reads so slowly that this many bytes wait for it is not listened to until it has caught up. */
const MAX_BUFFERED = 32 * 1024 * 1024;

export class SyncServer {
  readonly #o: SyncServerOptions;
  readonly #payloads: Payloads;
  readonly #server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE,
    clientTracking: false,
  });
  readonly #frames = new FrameGuard();
  readonly #sessions = new Map<WebSocket, Session>();
  readonly #heartbeat: ReturnType<typeof setInterval>;
  #stopping = false;

  constructor(options: SyncServerOptions) {
    this.#o = options;
    this.#payloads = new Payloads(options.redact);
    this.#heartbeat = setInterval(() => this.#beat(), HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** `chunks`: this client understands TransitionChunk. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, client: ClientInfo, chunks: boolean): void {
    if (this.#stopping) {
      socket.end("HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (ws) => {
      this.#guard(ws, request.socket);
      this.#open(ws, client, chunks);
    });
  }

  /** Users' tokens may count no more: those who cannot show a valid one are asked for another. */
  authenticateAgain(): void {
    for (const session of this.#sessions.values()) session.authenticateAgain();
  }

  /** Lets mutations and actions under way finish, then asks every client to come back later. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#heartbeat);
    this.#frames.stop();
    await Promise.all([...this.#sessions.values()].map((session) => session.stop()));
  }

  /** Ends what is still there, at once. */
  terminate(): void {
    for (const ws of this.#sessions.keys()) ws.terminate();
  }

  #open(ws: WebSocket, client: ClientInfo, chunks: boolean): void {
    const { authenticate, committer, functions, liveQueries, onError, redact } = this.#o;
    const session = new Session({
      socket: adapt(ws),
      liveQueries,
      functions,
      committer,
      authenticate,
      payloads: this.#payloads,
      redact,
      client,
      chunks,
      onError,
      now: Date.now,
    });
    this.#sessions.set(ws, session);
    ws.on("message", (data, isBinary) => {
      if (isBinary) session.fail(500, "InternalServerError");
      else session.receive(text(data));
    });
    ws.on("pong", () => session.heard());
    // A broken frame or connection: "close" follows.
    ws.on("error", () => undefined);
    ws.on("close", () => {
      this.#sessions.delete(ws);
      session.closed();
    });
  }

  #guard(ws: WebSocket, socket: Socket): void {
    const guarded = this.#frames.add(
      () => socket.bytesRead,
      () => ws.terminate(),
    );
    ws.on("message", guarded.whole);
    ws.on("close", guarded.remove);
  }

  #beat(): void {
    for (const [ws, session] of this.#sessions) {
      ws.ping();
      session.beat();
    }
  }
}

function adapt(ws: WebSocket): SessionSocket {
  return {
    send(message, sent) {
      ws.send(message, { binary: false }, (error) => {
        if (error) return;
        if (ws.isPaused && ws.bufferedAmount < MAX_BUFFERED / 2) ws.resume();
        sent();
      });
      if (ws.bufferedAmount > MAX_BUFFERED) ws.pause();
    },
    close(code, reason) {
      // A paused socket would not see the client's answer to the close frame.
      if (ws.isPaused) ws.resume();
      if (code === null) ws.close();
      else ws.close(code, reason);
    },
  };
}

function text(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString("utf8");
  return Buffer.isBuffer(data) ? data.toString("utf8") : Buffer.from(data).toString("utf8");
}
