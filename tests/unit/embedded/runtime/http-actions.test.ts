import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { HttpActionOutcome, HttpActionRequest } from "../../../../embedded/runtime/types";
import { failureText, request, startHarness, valueOf, type Harness } from "./harness";

let harness: Harness;

function http(
  method: string,
  path: string,
  more: Partial<HttpActionRequest> = {},
): Promise<HttpActionOutcome> {
  return harness.functions.httpAction({
    method,
    url: `http://site.test${path}`,
    headers: [],
    body: null,
    identity: { kind: "none" },
    requestId: "http-request",
    client: { ip: null, userAgent: null },
    ...more,
  });
}

function responseOf(outcome: HttpActionOutcome): Extract<HttpActionOutcome, { kind: "response" }> {
  if (outcome.kind !== "response") throw new Error(JSON.stringify(outcome));
  return outcome;
}

const textOf = (outcome: HttpActionOutcome) =>
  new Response(responseOf(outcome).body as BodyInit | null).text();
const bodyOf = (text: string) => new Blob([text]).stream() as unknown as ReadableStream<Uint8Array>;

beforeAll(async () => {
  // What runs through a push takes long on purpose.
  harness = await startHarness({ limits: { userMs: 30_000 } });
});
afterAll(() => harness.stop());

describe("HTTP actions", () => {
  test("see the request and answer with status, headers and body", async () => {
    const outcome = await http("POST", "/echo", { headers: [["X-Sent", "yes"]], body: bodyOf("hello") });
    expect(responseOf(outcome)).toMatchObject({ status: 201 });
    expect(Object.fromEntries(responseOf(outcome).headers)).toMatchObject({ "x-seen": "yes" });
    expect(await textOf(outcome)).toBe("HELLO");
  });

  test("bodies stream both ways, chunk by chunk", async () => {
    let send: ReadableStreamDefaultController<Uint8Array> | null = null;
    const body = new ReadableStream<Uint8Array>({ start: (controller) => void (send = controller) });
    const outcome = await http("POST", "/stream", { body });
    const reader = responseOf(outcome).body!.getReader();
    const read = async () => new TextDecoder().decode((await reader.read()).value);
    for (const text of ["one", "two"]) {
      send!.enqueue(new TextEncoder().encode(text));
      expect(await read()).toBe(`<${text}>`);
    }
    send!.close();
    expect((await reader.read()).done).toBe(true);
  });

  test("routing: prefix, HEAD as GET, miss", async () => {
    expect(await textOf(await http("GET", "/prefix/a/b?q=1"))).toBe("?q=1");
    expect(responseOf(await http("HEAD", "/prefix/x")).status).toBe(200);
    expect(await http("GET", "/nowhere")).toEqual({ kind: "notFound", text: "No matching routes found" });
    expect(await http("DELETE", "/echo")).toEqual({ kind: "notFound", text: "No matching routes found" });
  });

  test("a handler that throws, or answers with nothing", async () => {
    const failed = await http("GET", "/fail");
    if (failed.kind !== "failure") throw new Error(failed.kind);
    expect(failed.failure.message).toMatch(/^Uncaught Error: handler failed\n {4}at .*http\.ts/);
    expect(await http("GET", "/nothing")).toMatchObject({ kind: "failure" });
  });

  test("a body that breaks off after the head ends the stream with an error, and is logged", async () => {
    const logged = new Promise<string>((resolve) => {
      const remove = harness.functions.onExecution((record) => {
        if (record.kind !== "Progress") return;
        remove();
        resolve(record.logLines[0]?.messages.join(" ") ?? "");
      });
    });
    const reader = responseOf(await http("GET", "/breaks")).body!.getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe("first");
    await expect(reader.read()).rejects.toThrow("broke off");
    expect(await logged).toBe("broke off");
  });

  test("a response ends at 20 MiB", async () => {
    const lines: string[] = [];
    const remove = harness.functions.onExecution(({ logLines }) =>
      lines.push(...logLines.flatMap(({ messages }) => messages)),
    );
    const outcome = await http("GET", "/large");
    const bytes = await new Response(responseOf(outcome).body as BodyInit).arrayBuffer();
    remove();
    expect(bytes.byteLength).toBe(20 << 20);
    expect(lines).toEqual(["HttpResponseTooLarge: HTTP actions support responses up to 20 MiB"]);
  });

  test("a request over 20 MiB fails for the reader", async () => {
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => (sent++ < 21 ? controller.enqueue(new Uint8Array(1 << 20)) : controller.close()),
    });
    const outcome = await http("POST", "/echo", { body });
    if (outcome.kind !== "failure") throw new Error(outcome.kind);
    expect(outcome.failure.message).toContain("HttpRequestTooLarge");
  });

  test("a client that leaves fires the request's signal; the action goes on", async () => {
    const client = new AbortController();
    const outcome = http("GET", "/hang", { signal: client.signal });
    const committed = new Promise<void>((resolve) => {
      const remove = harness.committer.onCommit(() => {
        remove();
        resolve();
      });
    });
    client.abort();
    await committed;
    await outcome;
    expect(valueOf(await harness.functions.query(request("counters:get", { name: "disconnected" })))).toBe(1);
  });

  test("a stream whose client leaves is produced to its end", async () => {
    const reader = responseOf(await http("GET", "/saves")).body!.getReader();
    await reader.read();
    const committed = new Promise<void>((resolve) => {
      const remove = harness.committer.onCommit(() => {
        remove();
        resolve();
      });
    });
    await reader.cancel();
    await committed;
    expect(valueOf(await harness.functions.query(request("counters:get", { name: "saved" })))).toBe(1);
  });

  test("an identity that could not be verified fails only who asks for it", async () => {
    const identity = { kind: "invalid", error: "the token is bad" } as const;
    const failed = await http("GET", "/identity", { identity });
    if (failed.kind !== "failure") throw new Error(failed.kind);
    expect(failed.failure.message).toContain("the token is bad");
    expect(await textOf(await http("GET", "/prefix/", { identity }))).toBe("");
    expect(await textOf(await http("GET", "/identity"))).toBe("null");
  });
});

describe("new code", () => {
  test("runs under way finish on the old code, later ones run on the new", async () => {
    const { functions, code, env } = harness;
    const old = functions.action(request("actions:waits", { ms: 300, label: "old" }));
    const slow = functions.query(request("failures:slow"));
    const app = code.components[""]!;
    const { "http.js": _http, ...modules } = app.modules;
    const withoutRouter = { ...app, modules, httpRoutes: null };
    await functions.setCode({ ...code, hash: "second", components: { "": withoutRouter } }, env);
    expect(await http("GET", "/prefix/")).toEqual({
      kind: "notFound",
      text: "This Convex deployment does not have HTTP actions enabled.",
    });
    const { "counters.js": _counters, ...rest } = modules;
    const withoutCounters = { ...withoutRouter, modules: rest };
    await functions.setCode({ ...code, hash: "third", components: { "": withoutCounters } }, env);
    expect(failureText(await functions.query(request("counters:get", { name: "a" })))).toContain(
      "Could not find",
    );
    expect(valueOf(await slow)).toBe(true);
    expect(valueOf(await old)).toBe("old");
  });
});

describe("stopping", () => {
  test("waits no longer than the grace time, also for runs on old code", async () => {
    const other = await startHarness();
    const long = [
      other.functions.action(request("actions:waits", { ms: 600_000, label: "x" })),
      other.functions.query(request("failures:loops")),
    ];
    await other.functions.setCode({ ...other.code, hash: "next" }, other.env);
    long.push(other.functions.action(request("actions:waits", { ms: 600_000, label: "y" })));
    await other.functions.stop(10);
    for (const outcome of await Promise.all(long)) expect(outcome.ok).toBe(false);
    await other.stop();
  });
});

describe("analysis", () => {
  test("finds functions, validators, schema and routes", () => {
    const { modules, schema, definition, authProviders } = harness.analysis;
    expect(modules["counters.js"]?.functions.find(({ name }) => name === "hidden")).toEqual({
      name: "hidden",
      udfType: "Mutation",
      visibility: "internal",
      args: { type: "object", value: { name: { fieldType: { type: "string" }, optional: false } } },
      returns: null,
    });
    expect(modules["nodejs.js"]).toMatchObject({
      environment: "node",
      functions: [{ name: "emits", udfType: "Action" }, { name: "throws" }, { name: "versions" }],
    });
    expect(modules["http.js"]?.httpRoutes).toContainEqual({ path: "/prefix/*", method: "GET" });
    expect(modules["schema.js"]).toBe(undefined);
    expect(schema).toMatchObject({
      schemaValidation: true,
      tables: [{ tableName: "counters" }, { tableName: "registers" }, { tableName: "notes" }],
    });
    expect([definition, authProviders]).toEqual([null, []]);
  });

  test("tells which module cannot be evaluated, and why", async () => {
    const { functions, code } = harness;
    const { dir } = code.components[""]!;
    const analysis = await functions.analyze({ dir, modules: { "missing.js": "isolate" } }, {});
    expect(analysis).toMatchObject({
      ok: false,
      message: expect.stringContaining("Failed to analyze missing.js: ") as string,
    });
  });
});
