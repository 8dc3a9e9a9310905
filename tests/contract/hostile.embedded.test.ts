/** What no honest client sends. Each gets a clear refusal, nobody else is harmed, and nothing stays behind. */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import { brotliCompressSync, constants } from "node:zlib";
import { ConvexHttpClient } from "convex/browser";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import WebSocket from "ws";
import { mutation, query, type Backend } from "../helpers/embedded";
import { startFixture } from "./fixture";
import { post } from "./http/requests";

let backend: Backend;
let client: ConvexHttpClient;
const sockets: Socket[] = [];
const MiB = 1024 * 1024;

beforeAll(async () => {
  backend = await startFixture();
  client = new ConvexHttpClient(backend.url, { logger: false });
});
afterAll(() => backend.stop());
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

/** Others are served as before. */
async function expectUnharmed(): Promise<void> {
  expect(await client.mutation(mutation("counters:add"), { name: "unharmed", by: 1 })).toBeGreaterThan(0);
  expect(await client.query(query("counters:get"), { name: "nobody" })).toBe(0);
}

function connect(origin = backend.url): Socket {
  const { hostname, port } = new URL(origin);
  const socket = createConnection(Number(port), hostname);
  socket.on("error", () => undefined);
  sockets.push(socket);
  return socket;
}

/** Sends bytes as they are; gives all that comes back until the other side closes. */
async function exchange(text: string | Buffer, origin = backend.url): Promise<string> {
  const socket = connect(origin);
  let answer = "";
  socket.on("data", (chunk: Buffer) => (answer += chunk.toString("latin1")));
  socket.write(text);
  await new Promise((resolve) => socket.once("close", resolve));
  return answer;
}

const residentBytes = () =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${backend.pid}/status`, "utf8"))![1]) * 1024;

const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
const call = (args: string, path = '"counters:get"') => `{"path":${path},"args":${args},"format":"json"}`;

describe("HTTP", () => {
  const framing: [string, string][] = [
    [
      "two lengths",
      "POST /api/query HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}   ",
    ],
    [
      "a length and chunks",
      "POST /api/query HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    [
      "a chunk of no size",
      "POST /api/query HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
    ],
    ["headers of 66 KiB", `GET / HTTP/1.1\r\nHost: x\r\nX: ${"y".repeat(66 * 1024)}\r\n\r\n`],
    ["a line feed in a header", "GET / HTTP/1.1\r\nHost: x\r\nX: a\u0000b\r\n\r\n"],
    ["a target of 66 KiB", `GET /${"y".repeat(66 * 1024)} HTTP/1.1\r\nHost: x\r\n\r\n`],
  ];
  test.each(framing)("%s: refused, and the connection ends", async (_what, text) => {
    for (const origin of [backend.url, backend.siteUrl]) {
      expect(await exchange(text, origin)).toMatch(/^HTTP\/1\.1 4\d\d .*\r\nConnection: close/s);
    }
    await expectUnharmed();
  });

  const bodies: [string, string][] = [
    ["invalid UTF-8", call('{"name":"\u00ff"}')],
    ["100,000 nested arrays", call(`{"name":${nested(100_000)}}`)],
    ["100,000 nested arrays for arguments", call(nested(100_000))],
    ["100,000 nested objects", call('{"name":'.repeat(100_000) + "1" + "}".repeat(100_000))],
    ["half a document", '{"path":"counters:get","args":{'],
    ["no object", '"counters:get"'],
    ["arguments that are none", call("7")],
    ["a path that leads out", call("{}", '"../../../etc/passwd:default"')],
    ["a path with a zero byte", call("{}", '"counters\\u0000:get"')],
    ["a path of 1 MiB", call("{}", JSON.stringify("x".repeat(MiB)))],
  ];
  test.each(bodies)("a body of %s is refused as the caller's mistake", async (_what, body) => {
    for (const route of ["/api/query", "/api/mutation", "/api/action"]) {
      const response = await fetch(backend.url + route, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: Buffer.from(body, "latin1"),
      });
      const text = await response.text();
      // A wrong path or argument may be the function's answer: an error under status 200.
      if (response.status === 200) expect(JSON.parse(text)).toMatchObject({ status: "error" });
      else expect([response.status, text]).toEqual([400, expect.stringContaining('"code":"Bad')]);
    }
    await expectUnharmed();
  });

  test("__proto__ is a name like any other, and reaches no prototype", async () => {
    const body = call(
      '{"name":"x","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
    );
    const { status, body: answer } = await post(`${backend.url}/api/query`, body);
    expect([status, answer]).toEqual([200, expect.objectContaining({ status: "error" })]);
    await expectUnharmed();
  });

  test("a compressed bomb on a push is refused before it is large", async () => {
    const bomb = brotliCompressSync(Buffer.alloc(512 * MiB), {
      params: { [constants.BROTLI_PARAM_QUALITY]: 1 },
    });
    const before = residentBytes();
    const senders: Record<string, string>[] = [{}, { authorization: `Convex ${backend.adminKey}` }];
    for (const authorization of senders) {
      const response = await fetch(`${backend.url}/api/deploy2/start_push`, {
        method: "POST",
        headers: { "content-type": "application/json", "content-encoding": "br", ...authorization },
        body: bomb,
      });
      expect(response.status).toBe(400);
      expect(await response.text()).toContain("BadJsonBody");
    }
    await expect.poll(residentBytes, { timeout: 10_000 }).toBeLessThan(before + 300 * MiB);
    await expectUnharmed();
  });

  test("an admin key that is nearly right is no admin key", async () => {
    const key = backend.adminKey;
    const last = key.at(-1) === "0" ? "1" : "0";
    const wrong = [
      key.slice(0, -1),
      key.slice(0, -1) + last,
      `${key}0`,
      key.toUpperCase(),
      ` ${key} x`,
      key.split("|")[1]!,
    ];
    for (const attempt of [...wrong, "", "|", "x".repeat(10_000)]) {
      const { status } = await post(`${backend.url}/api/function`, call("{}"), {
        authorization: `Convex ${attempt}`,
      });
      expect([attempt, status]).toEqual([
        attempt,
        expect.toSatisfy((code: number) => code >= 400 && code < 500),
      ]);
    }
    await expectUnharmed();
  });

  test("bodies under way are bounded in sum: who comes when there is no room is told to come back", async () => {
    const head = `POST /api/query HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${16 * MiB}\r\n\r\n`;
    const part = Buffer.alloc(15 * MiB, " ");
    const answers: string[] = [];
    const senders = Array.from({ length: 40 }, async () => {
      const socket = connect();
      socket.on("data", (chunk: Buffer) => answers.push(chunk.toString("latin1")));
      socket.write(head);
      await new Promise<void>((resolve) => socket.write(part, () => resolve()));
    });
    const isRefused = (answer: string) => answer.startsWith("HTTP/1.1 503") && answer.includes("Overloaded");
    await expect.poll(() => answers.filter(isRefused).length, { timeout: 20_000 }).toBeGreaterThan(0);
    await expectUnharmed();
    for (const socket of sockets) socket.destroy();
    await Promise.allSettled(senders);
    // Room again, once they have gone.
    await expect
      .poll(
        async () =>
          (await post(`${backend.url}/api/query`, call(`{"name":"${"x".repeat(8 * MiB)}"}`))).status,
      )
      .toBe(200);
  });

  test("senders that trickle hold up no HTTP action of others", async () => {
    for (let i = 0; i < 100; i++) {
      connect(backend.siteUrl).write(`POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{`);
    }
    const answer = await fetch(`${backend.siteUrl}/echo`, { method: "POST", body: "hello" });
    expect([answer.status, await answer.text()]).toEqual([201, "hello"]);
    await expectUnharmed();
  });
});

describe("the socket", () => {
  const open = async () => {
    const socket = new WebSocket(`${backend.url.replace("http", "ws")}/api/1.48.0/sync`);
    socket.on("error", () => undefined);
    await once(socket, "open");
    return socket;
  };
  const connectMessage = () =>
    JSON.stringify({
      type: "Connect",
      sessionId: randomUUID(),
      connectionCount: 0,
      lastCloseReason: null,
      clientTs: 0,
    });
  const closeOf = async (socket: WebSocket) => {
    const [code] = (await once(socket, "close")) as [number];
    return code;
  };

  test("a frame of 100 MB ends it with 1009, unread", async () => {
    const before = residentBytes();
    const socket = await open();
    const closed = closeOf(socket);
    socket.send(Buffer.alloc(100_000_000, "x").toString());
    expect([1009, 1006]).toContain(await closed);
    await expect.poll(residentBytes, { timeout: 10_000 }).toBeLessThan(before + 100 * MiB);
    await expectUnharmed();
  });

  const messages: [string, string | Buffer][] = [
    [
      "100,000 nested arrays",
      `{"type":"Mutation","requestId":1,"udfPath":"counters:add","args":[${nested(100_000)}]}`,
    ],
    ["a number for a name", '{"type":"Mutation","requestId":1,"udfPath":7,"args":[{}]}'],
    ["bytes", Buffer.from([1, 2, 3])],
    ["an array", "[]"],
    ["a huge version", '{"type":"ModifyQuerySet","baseVersion":0,"newVersion":1e300,"modifications":[]}'],
    ["a type from the prototype", '{"type":"__proto__"}'],
  ];
  test.each(messages)("a message of %s ends it, and only it", async (_what, message) => {
    const socket = await open();
    const closed = closeOf(socket);
    socket.send(connectMessage());
    socket.send(message);
    expect([1005, 1011, 1013]).toContain(await closed);
    await expectUnharmed();
  });

  test("invalid UTF-8 and frames that are none end it", async () => {
    for (const frame of [
      Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xff, 0xfe]),
      Buffer.from([0xff, 0xff, 0xff, 0xff]),
    ]) {
      const socket = connect();
      socket.write(
        "GET /api/1.48.0/sync HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
      );
      await once(socket, "data");
      const closed = once(socket, "close");
      socket.write(frame);
      socket.resume();
      await closed;
    }
    await expectUnharmed();
  });

  test("a query set of 10,000 is answered, and others are meanwhile", async () => {
    const socket = await open();
    const modifications = Array.from({ length: 10_000 }, (_, queryId) => ({
      type: "Add",
      queryId,
      udfPath: "counters:get",
      args: [{ name: `of many ${queryId}` }],
    }));
    let text = "";
    socket.on("message", (data: Buffer) => (text += data.toString()));
    socket.send(connectMessage());
    socket.send(JSON.stringify({ type: "ModifyQuerySet", baseVersion: 0, newVersion: 1, modifications }));
    await expectUnharmed();
    await expect.poll(() => text.match(/QueryUpdated/g)?.length, { timeout: 20_000 }).toBe(10_000);
    socket.close();
    await closeOf(socket);
  });

  test("half-sent messages are bounded in sum: those that hold most are ended", async () => {
    const half = Buffer.alloc(16 * MiB, "x");
    const senders = await Promise.all(Array.from({ length: 18 }, open));
    let ended = 0;
    for (const sender of senders) {
      sender.on("close", () => (ended += 1));
      sender.send(half, { fin: false, binary: false });
    }
    await expect.poll(() => ended, { timeout: 10_000 }).toBeGreaterThan(0);
    await expectUnharmed();
    for (const sender of senders) sender.terminate();
  });

  test("1,000 half-open sockets and half handshakes harm nobody", async () => {
    for (let i = 0; i < 500; i++) connect();
    for (let i = 0; i < 500; i++)
      connect().write("GET /api/1.48.0/sync HTTP/1.1\r\nHost: x\r\nUpgrade: webs");
    await expectUnharmed();
  });
});
