/** Bounds the connections of all listeners together: each takes a file descriptor and memory, whether it asks for anything or not. */
import type { Server } from "node:http";
import type { Socket } from "node:net";

/** Connections above the limit that are being told so; those above them are closed without a word. */
const MAX_REFUSING = 1_000;
/** ms that one who is refused may take to read why. */
const REFUSAL_MS = 1_000;
const RETRY_AFTER_S = 5;

export class ConnectionLimit {
  readonly #max: number;
  readonly #refusal: string;
  readonly #refused = new WeakSet<object>();
  #open = 0;
  #refusing = 0;

  constructor(max: number) {
    this.#max = max;
    this.#refusal = refusalOf(max);
  }

  /** Must be called before the server listens. */
  watch(server: Server): void {
    // Before the server's own listener, which reads a request from what is left open.
    server.prependListener("connection", (socket: Socket) => {
      if (this.#open >= this.#max) return this.#refuse(socket);
      this.#open++;
      socket.once("close", () => this.#open--);
    });
  }

  /** Whether the socket has had its answer already: what it sends is not to be looked at. */
  isRefused(socket: object): boolean {
    return this.#refused.has(socket);
  }

  #refuse(socket: Socket): void {
    this.#refused.add(socket);
    if (this.#refusing >= MAX_REFUSING) {
      socket.destroy();
      return;
    }
    this.#refusing++;
    const timer = setTimeout(() => socket.destroy(), REFUSAL_MS).unref();
    socket.once("close", () => {
      clearTimeout(timer);
      this.#refusing--;
    });
    socket.on("error", () => socket.destroy());
    socket.end(this.#refusal);
  }
}

/** As any route says that there is too much to do, so that clients try again later. */
function refusalOf(max: number): string {
  const message = `All ${max} connections of this deployment are in use. To raise the limit, set PRAXTALK_MAX_CONNECTIONS.`;
  const body = JSON.stringify({ code: "TooManyConnections", message });
  return [
    "HTTP/1.1 503 Service Unavailable",
    "Connection: close",
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    `Retry-After: ${RETRY_AFTER_S}`,
    "Access-Control-Allow-Origin: *",
    "",
    body,
  ].join("\r\n");
}
