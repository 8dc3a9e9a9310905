/** The function API of the embedded deployment: by the package's client, and by hand. */
import { brotliCompressSync, gzipSync } from "node:zlib";
import { ConvexHttpClient } from "convex/browser";
import { ConvexError } from "convex/values";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { action, mutation, query, type Backend } from "../helpers/embedded";
import { startFixture } from "./fixture";
import { answerOf, post, raw } from "./http/requests";

let backend: Backend;
let client: ConvexHttpClient;
let last = 0;
const freshName = () => `name${++last}`;

beforeAll(async () => {
  backend = await startFixture();
  client = new ConvexHttpClient(backend.url, { logger: false });
});
afterAll(() => backend.stop());

const call = (path: string, body: unknown, headers?: Record<string, string>) =>
  post(backend.url + path, body, headers);
const asAdmin = () => ({ Authorization: `Convex ${backend.adminKey}` });

describe("the package's client", () => {
  test("queries, mutates and acts", async () => {
    const name = freshName();
    expect(await client.query(query("counters:get"), { name })).toBe(0);
    expect(await client.mutation(mutation("counters:add"), { name, by: 3 })).toBe(3);
    expect(await client.action(action("counters:addTwice"), { name })).toBe(5);
    expect(await client.query(query("counters:get"), { name })).toBe(5);
  });

  test("gets every kind of value as it was", async () => {
    const special = (await client.query(query("counters:special"), {})) as Record<string, unknown>;
    expect(special).toEqual({
      int64: -7n,
      bytes: new Uint8Array([1, 2, 255]).buffer,
      nan: NaN,
      negativeZero: -0,
      infinity: Infinity,
      plain: [1, 1.5, "x", null, true],
    });
  });

  test("gets errors with their data", async () => {
    const failure: unknown = await client.mutation(mutation("messages:refuse"), {}).catch((e: unknown) => e);
    expect(failure).toBeInstanceOf(ConvexError);
    expect((failure as ConvexError<{ code: string; big: bigint }>).data.big).toBe(2n ** 60n);
    await expect(client.mutation(mutation("messages:crash"), {})).rejects.toThrow("an unexpected fault");
  });

  test("reads consistently at one timestamp as long as what it reads stands", async () => {
    const name = freshName();
    const consistent = new ConvexHttpClient(backend.url, { logger: false });
    expect(await consistent.consistentQuery(query("counters:get"), { name })).toBe(0);
    await client.mutation(mutation("counters:add"), { name: freshName(), by: 1 });
    expect(await consistent.consistentQuery(query("counters:negative"), { name })).toBe(-0);
    await client.mutation(mutation("counters:add"), { name, by: 1 });
    await expect(consistent.consistentQuery(query("counters:get"), { name })).rejects.toThrow(
      "OutOfRetention",
    );
    expect(await new ConvexHttpClient(backend.url).consistentQuery(query("counters:get"), { name })).toBe(1);
  });
});

describe("the function API", () => {
  test("answers with the value, log lines and, for a failed function, still 200", async () => {
    const sent = await call("/api/mutation", {
      path: "messages:send",
      args: { channel: freshName(), body: "b" },
    });
    expect(sent).toMatchObject({
      status: 200,
      body: { status: "success", logLines: ["[LOG] 'sending' 'b'"] },
    });
    const failed = await call("/api/mutation", { path: "messages:refuse", args: {}, format: "json" });
    expect(failed).toMatchObject({
      status: 200,
      body: { status: "error", errorData: { code: "refused", big: "1152921504606846976" } },
    });
    expect(failed.body).not.toHaveProperty("logLines");
  });

  test.each([
    ["json", { int64: "-7", bytes: "AQL/", nan: "NaN", infinity: "Infinity" }],
    [undefined, { int64: "-7", bytes: "AQL/", nan: "NaN", infinity: "Infinity" }],
    ["convex_encoded_json", { int64: { $integer: "+f////////8=" }, bytes: { $bytes: "AQL/" } }],
    ["export_json", { int64: -7, bytes: { $bytes: "AQL/" } }],
  ])("formats values as %s", async (format, expected) => {
    const { body } = await call("/api/query", { path: "counters:special", args: {}, format });
    expect(body).toMatchObject({
      status: "success",
      value: { ...expected, plain: [1, 1.5, "x", null, true] },
    });
  });

  test("takes a query by GET, arguments by position, and calls by path", async () => {
    const args = encodeURIComponent(JSON.stringify({ name: "x" }));
    const got = await answerOf(
      await fetch(`${backend.url}/api/query?path=counters:get&args=${args}&format=json`),
    );
    expect(got).toMatchObject({ status: 200, body: { status: "success", value: 0 } });
    expect((await call("/api/query", { path: "counters:get", args: [{ name: "x" }] })).body).toMatchObject({
      value: 0,
    });
    const name = freshName();
    expect((await call("/api/run/counters/add", { args: { name, by: 2 } })).body).toMatchObject({ value: 2 });
    expect((await call("/api/run/counters/get", { args: { name } })).body).toMatchObject({ value: 2 });
  });

  test("answers a batch at one timestamp while others write", async () => {
    const name = freshName();
    let writing = true;
    const writer = (async () => {
      for (; writing;) await client.mutation(mutation("counters:add"), { name, by: 1 });
    })();
    try {
      for (let i = 0; i < 20; i++) {
        const queries = ["counters:get", "counters:negative", "counters:get"].map((path) => ({
          path,
          args: { name },
        }));
        const { body } = await call("/api/query_batch", { queries });
        const [a, b, c] = (body as { results: { value: number }[] }).results.map(({ value }) => value);
        expect([b! + a!, c! - a!]).toEqual([0, 0]);
      }
    } finally {
      writing = false;
      await writer;
    }
  });

  test.each([
    ["a path that is none", "/api/query", { path: "a b", args: {} }, 400, "BadConvexFunctionIdentifier"],
    ["no path", "/api/query", { args: {} }, 400, "BadJsonBody"],
    ["no arguments", "/api/mutation", { path: "counters:add" }, 400, "BadJsonBody"],
    ["a list for a body", "/api/action", [], 400, "BadJsonBody"],
    ["half a body", "/api/query", '{"path":', 400, "BadJsonBody"],
    ["bytes that are no text", "/api/query", "\ud800", 400, "BadJsonBody"],
    ["an unknown format", "/api/query", { path: "counters:get", args: {}, format: "xml" }, 400, "BadFormat"],
    ["a run without module", "/api/run/counters", { args: {} }, 400, "MissingIdentifier"],
    [
      "a timestamp that is none",
      "/api/query_at_ts",
      { path: "counters:get", args: {}, ts: "x" },
      400,
      "BadJsonBody",
    ],
    [
      "a timestamp to come",
      "/api/query_at_ts",
      { path: "counters:get", args: {}, ts: "/////////38=" },
      400,
      "InvalidTimestamp",
    ],
    ["a route that is none", "/api/nothing", {}, 404, "NotFound"],
  ])("%s", async (_what, path, body, status, code) => {
    const answer = await call(path, body);
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({ code, message: expect.any(String) as string });
  });

  test.each([100, 3_000, 200_000])("refuses arguments nested %i deep with a clear text", async (depth) => {
    const nested = `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
    const { status, body } = await call("/api/query", `{"path":"counters:get","args":{"name":${nested}}}`);
    const { message, errorMessage } = body as { message?: string; errorMessage?: string };
    expect([status, message ?? errorMessage]).toEqual([
      message === undefined ? 200 : 400,
      expect.stringMatching(/nested/) as string,
    ]);
    expect(status).toBe(depth === 200_000 ? 400 : 200);
  });

  test("refuses what is not sent as JSON, is too large, or is packed", async () => {
    const body = JSON.stringify({ path: "counters:get", args: { name: "x" } });
    const form = await call("/api/query", body, { "Content-Type": "text/plain" });
    expect(form).toMatchObject({ status: 400, body: { code: "BadJsonBody" } });
    const large = await call(
      "/api/query",
      JSON.stringify({ path: "x:y", args: { large: "x".repeat(17_000_000) } }),
    );
    expect(large).toMatchObject({ status: 400, body: { code: "BadJsonBody" } });
    for (const [encoding, packed] of [
      ["br", brotliCompressSync(body)],
      ["gzip", gzipSync(body)],
    ] as const) {
      const headers = { "Content-Type": "application/json", "Content-Encoding": encoding };
      const { message } = await raw(backend.url, "POST", "/api/query", headers, packed);
      expect(message.statusCode).toBe(415);
    }
    const wrongMethod = await raw(backend.url, "DELETE", "/api/query");
    expect(wrongMethod.message.statusCode).toBe(405);
    const badClient = await call("/api/query", body, { "Convex-Client": "???" });
    expect(badClient).toMatchObject({ status: 400, body: { code: "InvalidClientVersion" } });
  });

  test("a body without announced length is cut off at the limit", async () => {
    const headers = { "Content-Type": "application/json", "Transfer-Encoding": "chunked" };
    const { message, text } = await raw(
      backend.url,
      "POST",
      "/api/query",
      headers,
      Buffer.alloc(18_000_000, 32),
    );
    expect(message.statusCode).toBe(400);
    expect(text).toContain("larger than");
    expect(await client.query(query("counters:get"), { name: "x" })).toBe(0);
  });
});

describe("access", () => {
  const secret = { path: "counters:secret", args: { name: "x" } };

  test("internal functions are an admin's alone, on every route", async () => {
    for (const path of ["/api/query", "/api/run/counters/secret"]) {
      const { body } = await call(path, secret);
      expect(body).toMatchObject({
        status: "error",
        errorMessage: expect.stringContaining("Could not find public function") as string,
      });
      expect((await call(path, secret, asAdmin())).body).toMatchObject({ value: "secret 0" });
    }
  });

  test("/api/function needs the admin key and runs any type", async () => {
    expect(await call("/api/function", secret)).toMatchObject({
      status: 403,
      body: { code: "BadDeployKey" },
    });
    expect((await call("/api/function", secret, asAdmin())).body).toMatchObject({ value: "secret 0" });
    const add = { path: "counters:add", args: { name: freshName(), by: 1 } };
    expect((await call("/api/function", add, asAdmin())).body).toMatchObject({ value: 1 });
    const missing = await call("/api/function", { path: "nowhere:none", args: {} }, asAdmin());
    expect(missing).toMatchObject({ status: 200, body: { status: "error" } });
  });

  test.each([
    ["a wrong key", "Convex praxtalk|wrong", 401, "BadAdminKey"],
    ["a key without name", "Convex secret", 401, "BadAdminKey"],
    ["too short a header", "Conv", 400, "InvalidHeaderFailure"],
    ["an unknown scheme", "Basic dTpw", 400, "InvalidAdminKey"],
    ["what is no token", "Bearer a.b.c", 401, "InvalidAuthHeader"],
    ["a token of no provider", "Bearer e30.eyJpc3MiOiJodHRwczovL2kifQ.x", 401, "NoAuthProvider"],
  ])("%s is refused", async (_what, header, status, code) => {
    const answer = await call("/api/query", { path: "counters:whoami", args: {} }, { Authorization: header });
    expect(answer).toMatchObject({ status, body: { code } });
  });

  test("an admin may act as a user", async () => {
    const attributes = Buffer.from(JSON.stringify({ issuer: "https://i", subject: "ada" })).toString(
      "base64",
    );
    const whoami = { path: "counters:whoami", args: {} };
    const headers = { Authorization: `convex ${backend.adminKey}:${attributes}` };
    expect((await call("/api/query", whoami, headers)).body).toMatchObject({ value: "ada" });
    const broken = { Authorization: `Convex ${backend.adminKey}:bm90IGpzb24=` };
    expect((await call("/api/query", whoami, broken)).status).toBe(400);
  });
});

describe("pages of other origins", () => {
  test("may call the API", async () => {
    const preflight = await raw(backend.url, "OPTIONS", "/api/query", {
      Origin: "https://page.test",
      "Access-Control-Request-Method": "POST",
      "Access-Control-Request-Headers": "content-type,convex-client",
    });
    expect(preflight.message.statusCode).toBe(200);
    expect(preflight.message.headers).toMatchObject({
      "access-control-allow-origin": "https://page.test",
      "access-control-allow-headers": "content-type,convex-client",
      "access-control-allow-credentials": "true",
      "access-control-max-age": "86400",
    });
    const answer = await call("/api/nothing", {}, { Origin: "https://page.test" });
    expect(answer.headers.get("access-control-allow-origin")).toBe("https://page.test");
  });

  test("get no such permission for HTTP actions, which decide for themselves", async () => {
    const headers = { Origin: "https://page.test", "Access-Control-Request-Method": "POST" };
    const { message, text } = await raw(backend.siteUrl, "OPTIONS", "/echo", headers);
    expect(message.statusCode).toBe(404);
    expect(text).toBe("No matching routes found");
    expect(message.headers).not.toHaveProperty("access-control-allow-origin");
  });
});

test("the deployment says what it is", async () => {
  expect(await (await fetch(backend.url)).text()).toContain("This Convex deployment is running.");
  expect((await fetch(`${backend.url}/version`)).status).toBe(200);
  const name = await (await fetch(`${backend.url}/instance_name`)).text();
  expect(backend.adminKey.startsWith(`${name}|`)).toBe(true);
  const echo = await fetch(`${backend.url}/echo`, { method: "POST", body: "x".repeat(1_000_000) });
  expect((await echo.text()).length).toBe(1_000_000);
});
