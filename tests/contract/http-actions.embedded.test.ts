/** HTTP actions of the embedded deployment, and what its two ports do with bad peers, at a stop, and when redacting. */
import { once } from "node:events";
import { createConnection } from "node:net";
import { ConvexHttpClient } from "convex/browser";
import type { ConvexError } from "convex/values";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { action, mutation, query, type Backend } from "../helpers/embedded";
import { startFixture } from "./fixture";
import { answerOf, raw } from "./http/requests";

const WAIT = { timeout: 15_000, interval: 10 };
let backend: Backend;
let client: ConvexHttpClient;
let last = 0;
const freshName = () => `name${++last}`;

beforeAll(async () => {
  backend = await startFixture();
  client = new ConvexHttpClient(backend.url, { logger: false });
});
afterAll(() => backend.stop());

/** Opens a plain connection to one of the two ports. */
function connect(origin: string) {
  const { hostname, port } = new URL(origin);
  const socket = createConnection(Number(port), hostname);
  socket.on("error", () => {});
  return socket;
}

describe("HTTP actions", () => {
  const site = (path: string, init?: RequestInit) => fetch(backend.siteUrl + path, init);

  test("see the request as it was sent, and answer with status, headers and body", async () => {
    const answer = await site("/echo", { method: "POST", body: "hello", headers: { "Content-Type": "a/b" } });
    expect([answer.status, await answer.text()]).toEqual([201, "hello"]);
    expect(answer.headers.get("x-method")).toBe("POST");
    expect(answer.headers.get("content-type")).toBe("a/b");
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
    const seen = (await (
      await site("/request?a=%20b&a=c", { headers: { "X-Own": "1", Authorization: "Bearer k" } })
    ).json()) as {
      url: string;
      headers: Record<string, string>;
    };
    expect(seen.url).toBe(`${backend.siteUrl}/request?a=%20b&a=c`);
    expect(seen.headers).toMatchObject({ "x-own": "1", authorization: "Bearer k" });
    expect(seen.headers["convex-request-id"]).toMatch(/^[0-9a-f]{16}$/);
  });

  test("are served on the API port under /http too", async () => {
    const answer = await fetch(`${backend.url}/http/files/a/b`);
    expect(await answer.text()).toBe("/files/a/b");
    expect(answer.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  });

  test("stream large bodies both ways", async () => {
    const body = Buffer.alloc(8_000_000, "abcdefgh");
    const answer = await site("/echo", { method: "POST", body });
    expect(Buffer.from(await answer.arrayBuffer()).equals(body)).toBe(true);
  });

  test("send each part of the answer when it is there", async () => {
    const name = freshName();
    const reader = (await site(`/stream?name=${name}`))
      .body!.pipeThrough(new TextDecoderStream())
      .getReader();
    expect(await reader.read()).toEqual({ done: false, value: "first;" });
    await client.mutation(mutation("counters:add"), { name, by: 1000 });
    expect(await reader.read()).toEqual({ done: false, value: "second" });
    expect((await reader.read()).done).toBe(true);
  });

  test("learn that their client went away, and run on", async () => {
    const name = freshName();
    const abort = new AbortController();
    const gone = site(`/wait?name=${name}`, { signal: abort.signal }).catch(() => "gone");
    const count = () => client.query(query("counters:get"), { name });
    await vi.waitFor(async () => expect(await count()).toBe(1), WAIT);
    abort.abort();
    expect(await gone).toBe("gone");
    await vi.waitFor(async () => expect(await count()).toBe(11), WAIT);
  });

  test("answer HEAD like GET without the body, and refuse strange methods", async () => {
    const head = await raw(backend.siteUrl, "HEAD", "/files/x");
    expect([head.message.statusCode, head.text]).toEqual([200, ""]);
    expect((await raw(backend.siteUrl, "PROPFIND", "/files/x")).message.statusCode).toBe(405);
  });

  test("that throw answer 500 with the error", async () => {
    const answer = await answerOf(await site("/throw"));
    expect(answer.status).toBe(500);
    expect(answer.body).toEqual({
      code: expect.stringMatching(
        /^\[Request ID: [0-9a-f]{16}\] Server Error: .*the handler failed/,
      ) as string,
      trace: expect.stringContaining("http.ts") as string,
    });
  });

  test("fail for an Authorization header that is no identity only when they ask for one", async () => {
    expect((await site("/request", { headers: { Authorization: "Bearer prax_key" } })).status).toBe(200);
    const asked = await answerOf(await site("/identity", { headers: { Authorization: "Bearer prax_key" } }));
    expect(asked).toMatchObject({ status: 500 });
    expect(JSON.stringify(asked.body)).toContain("Could not parse JWT payload");
    expect(await (await site("/identity")).text()).toBe("nobody");
  });

  test("believe no proxy that is not trusted", async () => {
    const answer = await site("/request", { headers: { "X-Forwarded-Proto": "https" } });
    expect(((await answer.json()) as { url: string }).url).toMatch(/^http:/);
  });
});

describe("bad peers", () => {
  test.each([
    ["no HTTP at all", "hello\r\n\r\n"],
    ["a target that is none", "GET http:// HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["a host that is none", "GET /files/x HTTP/1.1\r\nHost: a b\r\n\r\n"],
    ["headers without end", `GET / HTTP/1.1\r\nHost: x\r\nX: ${"y".repeat(100_000)}\r\n\r\n`],
  ])("that send %s get an error and harm nobody", async (_what, text) => {
    for (const origin of [backend.url, backend.siteUrl]) {
      const socket = connect(origin);
      socket.write(text);
      const [answer] = (await once(socket, "data")) as [Buffer];
      expect(answer.toString()).toMatch(/^HTTP\/1.1 4/);
      socket.destroy();
    }
    expect(await client.query(query("counters:get"), { name: "x" })).toBe(0);
  });

  test("that leave in the middle of a body harm nobody", async () => {
    const socket = connect(backend.url);
    socket.write(
      "POST /api/query HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{",
    );
    socket.resetAndDestroy();
    expect(await client.query(query("counters:get"), { name: "x" })).toBe(0);
    expect(backend.output()).not.toContain("ClientGone");
  });
});

describe("a stop in good order", () => {
  test("ends long polls, finishes what is under way, and refuses the rest", async () => {
    const name = freshName();
    const slow = client.action(action("counters:slow"), { name });
    await vi.waitFor(async () => expect(await client.query(query("counters:get"), { name })).toBe(1), WAIT);
    const poll = fetch(`${backend.url}/api/stream_function_logs?cursor=${Date.now() + 60_000}`, {
      headers: { Authorization: `Convex ${backend.adminKey}` },
    });
    const restarted = backend.restart();
    expect(await slow).toBe("done");
    expect((await poll).status).toBe(200);
    await restarted;
    expect(await client.query(query("counters:get"), { name })).toBe(1);
  });
});

describe("a redacting deployment", () => {
  let production: Backend;
  beforeAll(async () => {
    production = await startFixture({ PRAXTALK_REDACT_ERRORS: "1" });
  });
  afterAll(() => production.stop());

  test("tells clients that something failed, and the data of a ConvexError, but no text and no logs", async () => {
    const http = new ConvexHttpClient(production.url, { logger: false });
    await expect(http.mutation(mutation("messages:crash"), {})).rejects.toThrow(
      /^\[Request ID: [0-9a-f]{16}\] Server Error$/,
    );
    const refused: unknown = await http.mutation(mutation("messages:refuse"), {}).catch((e: unknown) => e);
    expect((refused as ConvexError<{ code: string }>).data.code).toBe("refused");
    const sent = await fetch(`${production.url}/api/mutation`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ path: "messages:send", args: { channel: "c", body: "b" } }),
    });
    expect(await sent.json()).not.toHaveProperty("logLines");
    const thrown = await answerOf(await fetch(`${production.siteUrl}/throw`));
    expect(thrown.body).toEqual({
      code: expect.stringMatching(/^\[Request ID: \w+\] Server Error$/) as string,
    });
  });
});
