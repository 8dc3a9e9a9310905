/** Receivers of webhooks with every behaviour that a sender meets, each a real server on loopback that speaks raw TCP. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { TlsOptions } from "node:tls";
import { gzipSync } from "node:zlib";

export type Received = {
  method: string;
  path: string;
  /** By lower-case name. */
  headers: Map<string, string>;
  body: Buffer;
};

/** What a receiver does once it has the whole request. */
export type Behaviour = (socket: Socket, request: Received) => void;

export type Receiver = {
  host: string;
  port: number;
  /** Where it is reached by its literal address. */
  url: string;
  /** All requests that arrived whole. */
  requests: Received[];
  /** Connections so far, whether or not a request came over them. */
  connections: () => number;
  /** Connections that are still open. */
  openConnections: () => number;
  /** Changes what comes next. */
  behave: (behaviour: Behaviour) => void;
  close: () => Promise<void>;
};

export type ReceiverOptions = { host?: string; port?: number; tls?: TlsOptions };

/** Starts a receiver on a free port. */
export async function startReceiver(
  behaviour: Behaviour,
  { host = "127.0.0.1", port = 0, tls }: ReceiverOptions = {},
): Promise<Receiver> {
  let current = behaviour;
  let connections = 0;
  const open = new Set<Socket>();
  const requests: Received[] = [];
  const serve = (socket: Socket) =>
    readRequest(socket, (request) => {
      requests.push(request);
      current(socket, request);
    });
  const server: Server = tls === undefined ? createServer(serve) : createTlsServer(tls, serve);
  server.on("connection", (socket: Socket) => {
    connections++;
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    // What the sender does to its end is for the test to judge by the outcome.
    socket.on("error", () => {});
  });
  server.on("tlsClientError", () => {});
  server.listen(port, host);
  await once(server, "listening");
  const address = server.address() as AddressInfo;
  return {
    host,
    port: address.port,
    url: `${tls === undefined ? "http" : "https"}://${host}:${address.port}/`,
    requests,
    connections: () => connections,
    openConnections: () => open.size,
    behave: (next) => {
      current = next;
    },
    close: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function readRequest(socket: Socket, onRequest: (request: Received) => void): void {
  let received = Buffer.alloc(0);
  socket.on("error", () => {});
  socket.on("data", (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    const request = parseRequest(received);
    if (request === null) return;
    socket.removeAllListeners("data");
    // Goes on reading, so that the other side's end is noticed.
    socket.resume();
    onRequest(request);
  });
}

/** The request, or null while it is not whole. */
function parseRequest(bytes: Buffer): Received | null {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return null;
  const [start = "", ...lines] = bytes.toString("latin1", 0, end).split("\r\n");
  const [method = "", path = ""] = start.split(" ");
  const headers = new Map(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const body = bytes.subarray(end + 4);
  return body.length < Number(headers.get("content-length") ?? 0) ? null : { method, path, headers, body };
}

export type Answer = { headers?: Record<string, string>; body?: string | Buffer };

/** A whole reply, after which the receiver closes. */
export const answer =
  (status: number, { headers = {}, body = "" }: Answer = {}): Behaviour =>
  (socket) => {
    socket.write(head(status, { "Content-Length": String(Buffer.byteLength(body)), ...headers }));
    socket.end(body);
  };

const head = (status: number, headers: Record<string, string> = {}): string =>
  `HTTP/1.1 ${status} Status\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("")}\r\n`;

/** These bytes as they are; then the receiver closes, resets, or keeps the connection and says no more. */
export const raw =
  (bytes: string | Buffer, then: "close" | "reset" | "stay" = "close"): Behaviour =>
  (socket) => {
    socket.write(bytes, () => {
      if (then === "close") socket.end();
      if (then === "reset") socket.resetAndDestroy();
    });
  };

/** These bytes, again and again, as fast as they are taken (or one piece every `everyMs`), after what comes first. */
export const endless =
  (piece: string | Buffer, { first = "", everyMs }: { first?: string; everyMs?: number } = {}): Behaviour =>
  (socket) => {
    socket.write(first);
    if (everyMs !== undefined) {
      const timer = setInterval(() => socket.write(piece), everyMs);
      socket.on("close", () => clearInterval(timer));
      return;
    }
    const more = () => {
      while (!socket.destroyed && socket.write(piece));
    };
    socket.on("drain", more);
    more();
  };

/** Nothing for so long, then the other behaviour. */
export const after =
  (delayMs: number, behaviour: Behaviour): Behaviour =>
  (socket, request) => {
    const timer = setTimeout(() => behaviour(socket, request), delayMs);
    socket.on("close", () => clearTimeout(timer));
  };

export const silence: Behaviour = () => {};

const OK = "HTTP/1.1 200 OK\r\n";
const statuses = [
  200, 204, 301, 302, 303, 307, 308, 400, 401, 404, 410, 425, 429, 500, 502, 503, 504,
] as const;

/** Every behaviour that needs no clock, by name. */
export const BEHAVIOURS = {
  ...(Object.fromEntries(
    statuses.map((status) => [
      String(status),
      answer(status, status === 204 ? {} : { body: `status ${status}` }),
    ]),
  ) as Record<`${(typeof statuses)[number]}`, Behaviour>),
  silence,
  "reset before headers": (socket) => socket.resetAndDestroy(),
  "close before headers": (socket) => socket.end(),
  "reset mid-headers": raw(`${OK}Content-Le`, "reset"),
  "close mid-headers": raw(`${OK}Content-Le`),
  "reset after 200 headers": raw(`${OK}Content-Length: 10\r\n\r\n`, "reset"),
  "close mid-body": raw(`${OK}Content-Length: 10\r\n\r\nhalf`),
  "reset after 500 headers": raw("HTTP/1.1 500 No\r\nContent-Length: 10\r\n\r\nhalf", "reset"),
  "1 GB announced, then close": raw(`${OK}Content-Length: 1000000000\r\n\r\nbeginning`),
  "endless body": endless("x".repeat(1024), { first: `${OK}\r\n` }),
  "endless body of a failure": endless("x".repeat(1024), { first: "HTTP/1.1 500 No\r\n\r\n" }),
  "endless chunks": endless("1\r\nx\r\n", { first: `${OK}Transfer-Encoding: chunked\r\n\r\n` }),
  "endless headers": endless("X-Filler: filler\r\n", { first: OK }),
  "gzip bomb": answer(200, {
    headers: { "Content-Encoding": "gzip" },
    body: gzipSync(Buffer.alloc(10_000_000)),
  }),
  "1,000 headers": raw(`${OK}${"X-A: b\r\n".repeat(1_000)}Content-Length: 2\r\n\r\nok`),
  "64 KB header": raw(`${OK}X-Long: ${"x".repeat(65_536)}\r\nContent-Length: 2\r\n\r\nok`),
  "bad chunk sizes": raw(`${OK}Transfer-Encoding: chunked\r\n\r\nzz\r\nxx\r\n0\r\n\r\n`),
  "chunk size too large": raw(`${OK}Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nxx`),
  "two lengths": raw(`${OK}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`),
  "HTTP/0.9": raw("<html>hello</html>"),
  "another protocol": raw("SSH-2.0-OpenSSH_9.2\r\n"),
  "status 99": raw("HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n"),
  "status 999": raw("HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n"),
  "switching protocols": raw(
    "HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    "stay",
  ),
  "two responses pipelined": raw(
    `${OK}Content-Length: 5\r\n\r\nfirstHTTP/1.1 500 No\r\nContent-Length: 6\r\n\r\nsecond`,
    "stay",
  ),
  "100-continue forever": endless("HTTP/1.1 100 Continue\r\n\r\n"),
  "103 early hints": raw(
    `HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n${OK}Content-Length: 2\r\n\r\nok`,
  ),
  "NUL and HTML": answer(200, {
    headers: { "Content-Type": "text/html" },
    body: "a\0b<script>alert(1)</script>",
  }),
  "not UTF-8": answer(200, { body: Buffer.from([0xff, 0xfe, 0x41]) }),
} satisfies Record<string, Behaviour>;

/** A port of 127.0.0.1 where nothing listens now. */
export async function closedPort(): Promise<number> {
  const { port, close } = await startReceiver(silence);
  await close();
  return port;
}

/**
 * A port that takes no connection and refuses none, as behind a firewall that drops packets: the queue of a server that
 * never accepts is full.
 */
export async function filteredPort(): Promise<{ port: number; close: () => Promise<void> }> {
  const neverAccepts = `require("node:net").createServer().listen(0, "127.0.0.1", 1, function () {
    require("node:fs").writeSync(1, String(this.address().port));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });`;
  const child = spawn(process.execPath, ["-e", neverAccepts], { stdio: ["ignore", "pipe", "inherit"] });
  const [printed] = (await once(child.stdout, "data")) as [Buffer];
  const port = Number(printed.toString());
  const queued: Socket[] = [];
  // A queue of length 1 takes two.
  for (let index = 0; index < 2; index++) {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {});
    await once(socket, "connect");
    queued.push(socket);
  }
  return {
    port,
    close: async () => {
      for (const socket of queued) socket.destroy();
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}
