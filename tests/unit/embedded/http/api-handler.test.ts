import { once } from "node:events";
import { createReadStream } from "node:fs";
import { createServer, type Server } from "node:http";
import { createConnection, type AddressInfo, type Socket } from "node:net";
import type { Readable } from "node:stream";
import { brotliCompressSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { json } from "@/embedded/http/api";
import { ApiHandler } from "@/embedded/http/api-handler";
import { Authentication } from "@/embedded/http/authentication";
import { TrustedProxies } from "@/embedded/http/client-address";
import { TokenVerifier } from "@/embedded/auth/token-verifier";

const KEY = `here|${"k".repeat(32)}`;
const MiB = 1024 * 1024;
let server: Server;
let origin: string;
const sockets: Socket[] = [];

/** A stored file as it is read: without an end, so that only its reader or the server ends it. */
let file: Readable | null = null;
function openFile(): Readable {
  file = createReadStream("/dev/zero");
  return file;
}

/** Serves with these bounds: bytes of bodies under way, and ms without progress of an answer. */
async function serve({ maxBodies = 512 * MiB, sendTimeout = 60_000 } = {}): Promise<void> {
  const handler = new ApiHandler({
    routes: [
      {
        method: "POST",
        path: "/echo",
        admin: "none",
        maxBody: 32 * MiB,
        handle: async (request) => ({ status: 200, body: await request.bytes() }),
      },
      {
        method: "GET",
        path: "/file",
        admin: "none",
        maxBody: 0,
        handle: () => Promise.resolve({ status: 200, headers: {}, length: 32 * MiB, open: openFile }),
      },
      {
        method: "POST",
        path: "/never",
        admin: "none",
        maxBody: 0,
        timeout: 1,
        handle: () => new Promise(() => undefined),
      },
      {
        method: "POST",
        path: "/push",
        admin: "body",
        maxBody: 8 * MiB,
        compressed: true,
        handle: async (request) => json(Object.keys((await request.json()) as object)),
      },
    ],
    authentication: new Authentication(KEY, "here", new TokenVerifier({ redact: false, now: Date.now })),
    proxies: new TrustedProxies([]),
    stopping: new AbortController().signal,
    onError: (error) => {
      throw error;
    },
    timeout: 60_000,
    maxBodies,
    sendTimeout,
  });
  server = createServer(
    (request, response) => void handler.handle(request, response, new URL(`http://localhost${request.url}`)),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
beforeEach(() => serve());
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server.close();
});

async function push(padding: number, authorization?: string): Promise<{ status: number; text: string }> {
  const headers = { "Content-Type": "application/json", "Content-Encoding": "br" };
  const body = brotliCompressSync(JSON.stringify({ adminKey: KEY, padding: "x".repeat(padding) }));
  const response = await fetch(`${origin}/push`, {
    method: "POST",
    headers: authorization === undefined ? headers : { ...headers, Authorization: authorization },
    body: new Uint8Array(body),
  });
  return { status: response.status, text: await response.text() };
}

test("a large body is unpacked only for a sender who has shown the admin key before it", async () => {
  const taken = { status: 200, text: '["adminKey","padding"]' };
  expect(await push(2 * MiB, `Convex ${KEY}`)).toEqual(taken);
  for (const authorization of [undefined, "Convex here|wrong", "Bearer token", "x"]) {
    const refused = await push(2 * MiB, authorization);
    expect([refused.status, refused.text]).toEqual([
      400,
      expect.stringContaining("larger than 1048576 bytes"),
    ]);
  }
  expect(await push(MiB / 2)).toEqual(taken);
});

const echo = (bytes: number) =>
  fetch(`${origin}/echo`, { method: "POST", body: new Uint8Array(bytes) }).then(async (response) => {
    await response.arrayBuffer();
    return response.status;
  });

/** Sends a large body to be echoed, and reads nothing of it once the answer has begun. */
async function echoUnread(): Promise<Socket> {
  const socket = createConnection(Number(new URL(origin).port), "127.0.0.1");
  socket.on("error", () => undefined);
  sockets.push(socket);
  socket.write(`POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: ${32 * MiB}\r\n\r\n`);
  socket.write(Buffer.alloc(32 * MiB));
  await once(socket, "readable");
  return socket;
}

test("a body that its sender does not read again counts until the connection ends", async () => {
  server.close();
  await serve({ maxBodies: 40 * MiB });
  const socket = await echoUnread();
  expect(await echo(16 * MiB)).toBe(503);
  expect(await echo(1024)).toBe(200);
  socket.destroy();
  await expect.poll(() => echo(16 * MiB)).toBe(200);
});

test("who does not read the answer is cut off", async () => {
  server.close();
  await serve({ sendTimeout: 50 });
  await echoUnread();
  await expect
    .poll(() => new Promise((resolve) => server.getConnections((_error, count) => resolve(count))))
    .toBe(0);
});

test("who does not read a file on is cut off, and the file is closed", async () => {
  server.close();
  await serve({ sendTimeout: 50 });
  const socket = createConnection(Number(new URL(origin).port), "127.0.0.1");
  socket.on("error", () => undefined);
  sockets.push(socket);
  socket.write("GET /file HTTP/1.1\r\nHost: x\r\n\r\n");
  await once(socket, "readable");
  await expect
    .poll(() => new Promise((resolve) => server.getConnections((_error, count) => resolve(count))))
    .toBe(0);
  await expect.poll(() => file?.closed).toBe(true);
});

test("a route may have a time of its own, after which it is given up", async () => {
  expect((await fetch(`${origin}/never`, { method: "POST" })).status).toBe(408);
});
