// @vitest-environment node
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { BUDGETS, exchange } from "../../../../convex/webhookExchange/exchange";
import type { ExchangeOptions, ExchangeResult } from "../../../../convex/webhookExchange/exchange";
import { cidrs } from "../../../helpers/cidrs";
import { BEHAVIOURS, after, answer, endless, raw, silence, startReceiver } from "../../../helpers/receivers";
import type { Behaviour, Receiver } from "../../../helpers/receivers";
import { WAIT } from "../../../helpers/wait";

const allowedCidrs = cidrs("127.0.0.1/32");
const OK = "HTTP/1.1 200 OK\r\n";

async function receiver(behaviour: Behaviour): Promise<Receiver> {
  const started = await startReceiver(behaviour);
  onTestFinished(() => started.close());
  return started;
}

function send(url: string, options: ExchangeOptions = {}): Promise<ExchangeResult> {
  return exchange({ url, headers: [["X-A", "b"]], body: '{"a":"ä"}', allowedCidrs }, options);
}

/** Sends to a receiver of this behaviour; afterwards neither side holds a connection. */
async function sendTo(behaviour: Behaviour): Promise<Omit<ExchangeResult, "latencyMs"> & { text: string }> {
  const { url, requests, openConnections } = await receiver(behaviour);
  const { latencyMs, replyExcerpt: text = "", ...result } = await send(url);
  expect(latencyMs).toBeGreaterThanOrEqual(0);
  expect(requests).toHaveLength(1);
  await vi.waitFor(() => expect(openConnections()).toBe(0), WAIT);
  return { ...result, text };
}

describe("the request", () => {
  it("is one POST of the body's bytes, with the headers given and no others but what HTTP needs", async () => {
    const { url, requests, port } = await receiver(answer(200));
    await send(`${url}hook?a=b%20c`);
    const [request] = requests;
    expect(request).toMatchObject({ method: "POST", path: "/hook?a=b%20c" });
    expect(request?.body.toString()).toBe('{"a":"ä"}');
    expect(Object.fromEntries(request?.headers ?? [])).toEqual({
      "x-a": "b",
      host: `127.0.0.1:${port}`,
      connection: "close",
      "content-length": "10",
    });
  });
});

describe("a reply", () => {
  it.each([
    ["200", "delivered", 200],
    ["204", "delivered", 204],
    ["301", "http_3xx", 301],
    ["302", "http_3xx", 302],
    ["303", "http_3xx", 303],
    ["307", "http_3xx", 307],
    ["308", "http_3xx", 308],
    ["400", "http_4xx", 400],
    ["401", "http_4xx", 401],
    ["404", "http_4xx", 404],
    ["410", "http_4xx", 410],
    ["425", "http_4xx", 425],
    ["429", "http_4xx", 429],
    ["500", "http_5xx", 500],
    ["502", "http_5xx", 502],
    ["503", "http_5xx", 503],
    ["504", "http_5xx", 504],
    ["reset before headers", "reset", undefined],
    ["close before headers", "reset", undefined],
    ["reset mid-headers", "reset", undefined],
    ["close mid-headers", "reset", undefined],
    ["reset after 200 headers", "reset", 200],
    ["close mid-body", "reset", 200],
    ["reset after 500 headers", "http_5xx", 500],
    ["1 GB announced, then close", "reset", 200],
    ["endless body", "delivered", 200],
    ["endless body of a failure", "http_5xx", 500],
    ["endless chunks", "delivered", 200],
    ["endless headers", "body_too_large", undefined],
    ["gzip bomb", "delivered", 200],
    ["1,000 headers", "delivered", 200],
    ["64 KB header", "body_too_large", undefined],
    ["bad chunk sizes", "bad_response", 200],
    ["chunk size too large", "bad_response", 200],
    ["two lengths", "bad_response", undefined],
    ["HTTP/0.9", "bad_response", undefined],
    ["another protocol", "bad_response", undefined],
    ["status 99", "bad_response", 99],
    ["status 999", "bad_response", 999],
    ["switching protocols", "bad_response", undefined],
    ["two responses pipelined", "delivered", 200],
    ["100-continue forever", "bad_response", undefined],
    ["103 early hints", "delivered", 200],
    ["NUL and HTML", "delivered", 200],
    ["not UTF-8", "delivered", 200],
  ] as const)("%s: %s, status %s", async (name, outcome, httpStatus) => {
    const result = await sendTo(BEHAVIOURS[name]);
    expect([result.outcome, result.httpStatus]).toEqual([outcome, httpStatus]);
    expect(Buffer.byteLength(result.text)).toBeLessThanOrEqual(BUDGETS.excerptBytes);
  });

  it("of which every behaviour is in the table above, but for silence, which needs a clock", () => {
    expect(Object.keys(BEHAVIOURS)).toHaveLength(46);
  });

  it.each([
    ["400", "status 400"],
    ["204", ""],
    ["reset after 500 headers", "half"],
    ["1 GB announced, then close", "beginning"],
    ["endless body", "x".repeat(4096)],
    ["two responses pipelined", "first"],
    ["NUL and HTML", "a\0b<script>alert(1)</script>"],
    ["not UTF-8", "\ufffd\ufffdA"],
    ["switching protocols", ""],
  ] as const)("%s: its text is kept", async (name, text) => {
    expect((await sendTo(BEHAVIOURS[name])).text).toBe(text);
  });

  it.each(["0", "5", "Wed, 21 Oct 2026 07:28:00 GMT", "-1", "1000000000", "soon"])(
    "gives Retry-After: %s on as it came",
    async (value) => {
      const { outcome, retryAfter } = await sendTo(answer(429, { headers: { "Retry-After": value } }));
      expect([outcome, retryAfter]).toEqual(["http_4xx", value]);
    },
  );

  it("gives no more of Retry-After than a date is long", async () => {
    const { retryAfter } = await sendTo(answer(503, { headers: { "Retry-After": "9".repeat(1_000) } }));
    expect(retryAfter).toBe("9".repeat(64));
  });

  it("is decided by 16 KiB of its body", async () => {
    const stays = raw(`${OK}Content-Length: 20000\r\n\r\n${"x".repeat(16_384)}`, "stay");
    expect(await sendTo(stays)).toMatchObject({ outcome: "delivered", httpStatus: 200 });
  });

  it("has headers of 16 KiB at most", async () => {
    const long = (bytes: number) => raw(`${OK}Content-Length: 0\r\nX-Long: ${"x".repeat(bytes)}\r\n\r\n`);
    expect((await sendTo(long(16_000))).outcome).toBe("delivered");
    expect((await sendTo(long(16_384))).outcome).toBe("body_too_large");
  });
});

describe("time", () => {
  beforeEach(() => {
    vi.useFakeTimers({
      toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance"],
    });
  });
  afterEach(() => vi.useRealTimers());

  /** Polls by turns of the event loop: `vi.waitUntil` would move the clock. */
  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Resolves when a client of this process has a reply's headers. */
  const headersArrived = () =>
    new Promise<void>((resolve) => {
      const channel = "http.client.response.finish";
      const onHeaders = () => {
        unsubscribe(channel, onHeaders);
        resolve();
      };
      subscribe(channel, onHeaders);
    });

  it("is limited as the budgets say", () => {
    expect(BUDGETS).toEqual({
      dnsMs: 3_000,
      connectMs: 5_000,
      totalMs: 15_000,
      headerBytes: 16_384,
      bodyBytes: 16_384,
      excerptBytes: 4_096,
    });
  });

  it("is enough for an answer after 14.9 s, and taken from the look-up on", async () => {
    const site = await receiver(after(14_900, answer(200)));
    const result = send(site.url);
    await until(() => site.requests.length === 1);
    await vi.advanceTimersByTimeAsync(14_900);
    expect(await result).toEqual({
      outcome: "delivered",
      httpStatus: 200,
      latencyMs: 14_900,
      replyExcerpt: "",
    });
  });

  it("is up before an answer after 15.1 s, which then meets no connection", async () => {
    const site = await receiver(after(15_100, answer(200)));
    const result = send(site.url);
    await until(() => site.requests.length === 1);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(await result).toEqual({ outcome: "response_timeout", latencyMs: 15_000 });
    await until(() => site.openConnections() === 0);
  });

  it("is up for silence, which is no answer", async () => {
    const site = await receiver(silence);
    const result = send(site.url);
    await until(() => site.requests.length === 1);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(await result).toEqual({ outcome: "response_timeout", latencyMs: 15_000 });
  });

  it("is up for a body that drips, whatever its status promised", async () => {
    const site = await receiver(endless("x", { first: `${OK}Content-Length: 100\r\n\r\n`, everyMs: 1_000 }));
    const arrived = headersArrived();
    const result = send(site.url);
    await arrived;
    await vi.advanceTimersByTimeAsync(15_000);
    expect(await result).toMatchObject({ outcome: "response_timeout", httpStatus: 200, latencyMs: 15_000 });
    await until(() => site.openConnections() === 0);
  });

  it("is up for a body that stops one byte before it would decide", async () => {
    const site = await receiver(raw(`${OK}Content-Length: 20000\r\n\r\n${"x".repeat(16_383)}`, "stay"));
    const arrived = headersArrived();
    const result = send(site.url);
    await arrived;
    await vi.advanceTimersByTimeAsync(15_000);
    expect(await result).toMatchObject({ outcome: "response_timeout", httpStatus: 200 });
  });

  it("decides nothing about a failure whose body drips: its status does", async () => {
    const site = await receiver(endless("x", { first: "HTTP/1.1 410 Gone\r\n\r\n", everyMs: 1_000 }));
    const arrived = headersArrived();
    const result = send(site.url);
    await arrived;
    await vi.advanceTimersByTimeAsync(15_000);
    expect(await result).toMatchObject({ outcome: "http_4xx", httpStatus: 410 });
  });

  it("is up for 100 Continue that drips", async () => {
    const site = await receiver(endless("HTTP/1.1 100 Continue\r\n\r\n", { everyMs: 1_000 }));
    const result = send(site.url);
    await until(() => site.requests.length === 1);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(await result).toEqual({ outcome: "response_timeout", latencyMs: 15_000 });
  });

  it("of the look-up counts: what it took is not there for the answer", async () => {
    const site = await receiver(silence);
    const { port } = site;
    const resolve = () => new Promise<string[]>((resolve) => setTimeout(() => resolve(["127.0.0.1"]), 2_000));
    const result = send(`http://hooks.acme.com:${port}/`, { resolve });
    await vi.advanceTimersByTimeAsync(2_000);
    await until(() => site.requests.length === 1);
    await vi.advanceTimersByTimeAsync(13_000);
    expect(await result).toEqual({ outcome: "response_timeout", latencyMs: 15_000 });
  });

  it("for the look-up is 3 s", async () => {
    const resolve: ExchangeOptions["resolve"] = (_name, signal) =>
      new Promise((resolve) => signal.addEventListener("abort", () => resolve([])));
    const result = send("https://hooks.acme.com/", { resolve });
    await vi.advanceTimersByTimeAsync(3_000);
    expect(await result).toEqual({ outcome: "dns_failure", latencyMs: 3_000 });
  });

  it("for the connection is 5 s, with TLS", async () => {
    const site = await startReceiver(silence);
    onTestFinished(() => site.close());
    const result = send(site.url.replace("http:", "https:"));
    await until(() => site.connections() === 1);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await result).toEqual({ outcome: "connect_timeout", latencyMs: 5_000 });
  });

  it("is not watched any more after the end", async () => {
    const { port } = await receiver(answer(200));
    const resolve = () => Promise.resolve(["127.0.0.1"]);
    expect((await send(`http://hooks.acme.com:${port}/`, { resolve })).outcome).toBe("delivered");
    expect(vi.getTimerCount()).toBe(0);
  });
});
