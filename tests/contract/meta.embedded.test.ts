/** ctx.meta: who asks, from where, by which function of which deployment; in every kind of function. */
import { once } from "node:events";
import { request as httpRequest, type OutgoingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { ConvexHttpClient } from "convex/browser";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import WebSocket from "ws";
import { parseTrustedProxies } from "../../server/forwarded";
import { createWebServer } from "../../server/web-server";
import { WidgetFiles } from "../../server/widget-files";
import { action, convexProject, mutation, query, startBackend, type Backend } from "../helpers/embedded";
import { Issuer } from "../helpers/issuer";
import { closeClientsAfterEach, connect, Sockets, WAIT } from "./sync/peer";

const APP = `
import {
  actionGeneric as action, internalActionGeneric as internalAction, internalMutationGeneric as internalMutation,
  makeFunctionReference as ref, mutationGeneric as mutation, queryGeneric as query,
} from "convex/server";
const about = async ({ meta }) => [await meta.getFunctionMetadata(), await meta.getDeploymentMetadata()];
export const inQuery = query({ args: {}, handler: about });
export const inMutation = mutation({ args: {}, handler: about });
export const inAction = action({ args: {}, handler: about });
export const asked = mutation({ args: {}, handler: ({ meta }) => meta.getRequestMetadata() });
export const askedWithin = mutation({ args: {}, handler: (ctx) => ctx.runMutation(ref("app:asked"), {}) });
export const askedInAction = action({
  args: {},
  handler: async (ctx) => [
    await ctx.meta.getRequestMetadata(),
    await ctx.runMutation(ref("app:asked"), {}),
    await ctx.runAction(ref("app:askedInInner"), {}),
  ],
});
export const askedInInner = action({ args: {}, handler: ({ meta }) => meta.getRequestMetadata() });
export const askedInQuery = query({ args: {}, handler: () => Convex.asyncSyscall("1.0/getRequestMetadata", "{}") });
export const metrics = mutation({
  args: {},
  handler: async ({ db, meta }) => {
    await db.insert("rows", { text: "x" });
    await db.query("rows").collect();
    return meta.getTransactionMetrics();
  },
});
export const snapshot = query({
  args: {},
  handler: async ({ db, meta }) => [meta.getSnapshotTs(), (await db.query("rows").collect()).length],
});
export const stamp = mutation({
  args: {},
  handler: async ({ db, meta }) => {
    await db.insert("stamps", { at: db.vars.commitTs });
    return meta.getSnapshotTs();
  },
});
export const stamps = query({ args: {}, handler: ({ db }) => db.query("stamps").collect() });
export const schedule = mutation({
  args: {},
  handler: async ({ scheduler }) => [
    await scheduler.runAfter(0, ref("app:scheduledMutation"), {}),
    await scheduler.runAfter(0, ref("app:scheduledAction"), {}),
  ],
});
export const scheduledMutation = internalMutation({
  args: {},
  handler: async ({ db, meta }) => { await db.insert("seen", { by: "mutation", seen: await meta.getRequestMetadata() }); },
});
export const scheduledAction = internalAction({
  args: {},
  handler: async (ctx) => {
    const own = await ctx.meta.getRequestMetadata();
    await ctx.runMutation(ref("app:keep"), { by: "action", seen: own });
    await ctx.runMutation(ref("app:noteFromAction"), {});
  },
});
export const keep = internalMutation({ handler: async ({ db }, row) => { await db.insert("seen", row); } });
export const noteFromAction = internalMutation({
  args: {},
  handler: async ({ db, meta }) => { await db.insert("seen", { by: "callee", seen: await meta.getRequestMetadata() }); },
});
export const seen = query({ args: {}, handler: async ({ db }) => (await db.query("seen").collect()).map(({ by, seen }) => ({ by, seen })) });
`;
const HTTP = `
import { httpActionGeneric as httpAction, httpRouter } from "convex/server";
const http = httpRouter();
http.route({
  path: "/api/v1/asked",
  method: "GET",
  handler: httpAction(async (ctx, request) => Response.json({
    request: await ctx.meta.getRequestMetadata(),
    function: await ctx.meta.getFunctionMetadata(),
    headers: [...request.headers.keys()],
    url: request.url,
  })),
});
export default http;
`;

type RequestMetadata = {
  ip: string | null;
  userAgent: string | null;
  requestId: string;
  scheduledFunctionId: string | null;
  authToken: string | null;
};

/** A loopback address that the deployment takes for a reverse proxy. */
const PROXY = "127.0.0.9";
const VISITOR = "127.0.0.2";
const SECRET = "s3cret";

let issuer: Issuer;
let backend: Backend;
let http: ConvexHttpClient;

beforeAll(async () => {
  const env = { PRAXTALK_TRUSTED_PROXIES: `${PROXY}, 10.0.0.0/8`, PRAXTALK_PROXY_SECRET: SECRET };
  [issuer, backend] = await Promise.all([Issuer.start(), startBackend({ env })]);
  const config = `export default { providers: [{ domain: "${issuer.url}", applicationID: "app" }] };`;
  const project = convexProject({ "app.ts": APP, "http.ts": HTTP, "auth.config.ts": config });
  await backend.push(project.dir);
  project.remove();
  http = new ConvexHttpClient(backend.url, { logger: false });
});
afterAll(() => Promise.all([backend.stop(), issuer.stop()]));
closeClientsAfterEach();

/** A request from one of this machine's loopback addresses. */
async function send(
  url: string,
  { from, headers = {}, body }: { from: string; headers?: OutgoingHttpHeaders; body?: string },
): Promise<unknown> {
  const method = body === undefined ? "GET" : "POST";
  const outgoing = httpRequest(url, { method, headers, localAddress: from });
  outgoing.end(body);
  const [message] = (await once(outgoing, "response")) as [AsyncIterable<Buffer>];
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString());
}

async function askOverHttp(from: string, headers: OutgoingHttpHeaders = {}): Promise<RequestMetadata> {
  const json = { "Content-Type": "application/json", ...headers };
  const body = JSON.stringify({ path: "app:asked", args: {} });
  return (
    (await send(`${backend.url}/api/mutation`, { from, headers: json, body })) as { value: RequestMetadata }
  ).value;
}

type SiteAnswer = { request: RequestMetadata; function: object; headers: string[]; url: string };
const askSite = async (from: string, headers: OutgoingHttpHeaders = {}, origin = backend.siteUrl) =>
  (await send(`${origin}/api/v1/asked`, { from, headers })) as SiteAnswer;

describe("the function and its deployment", () => {
  test.each([
    ["query", () => http.query(query("app:inQuery"), {}), "app:inQuery"],
    ["mutation", () => http.mutation(mutation("app:inMutation"), {}), "app:inMutation"],
    ["action", () => http.action(action("app:inAction"), {}), "app:inAction"],
  ])("are known to a %s", async (type, call, name) => {
    const [deployment] = backend.adminKey.split("|");
    expect(await call()).toEqual([
      { name, componentPath: "", type, visibility: "public" },
      { name: deployment, region: null, class: "s16" },
    ]);
  });

  test("are known to an HTTP action, by its router", async () => {
    expect((await askSite(VISITOR)).function).toMatchObject({ name: "http", componentPath: "" });
  });
});

describe("the transaction", () => {
  test("says what it used and what remains", async () => {
    const metrics = (await http.mutation(mutation("app:metrics"), {})) as Record<
      string,
      { used: number; remaining: number }
    >;
    expect(Object.keys(metrics).sort()).toEqual([
      "bytesRead",
      "bytesWritten",
      "databaseQueries",
      "documentsRead",
      "documentsWritten",
      "functionsScheduled",
      "scheduledFunctionArgsBytes",
    ]);
    expect(metrics["documentsWritten"]).toEqual({ used: 1, remaining: 15_999 });
    expect(metrics["databaseQueries"]).toEqual({ used: 1, remaining: 4_095 });
    expect(metrics["bytesWritten"]?.used).toBeGreaterThan(0);
  });

  test("stands on a snapshot whose timestamp orders it among commits", async () => {
    const began = (await http.mutation(mutation("app:stamp"), {})) as bigint;
    const [stamp] = (await http.query(query("app:stamps"), {})) as [{ at: bigint }];
    const [snapshot] = (await http.query(query("app:snapshot"), {})) as [bigint, number];
    expect(stamp.at).toBeGreaterThan(began);
    expect(snapshot).toBeGreaterThanOrEqual(stamp.at);
  });
});

describe("the request over HTTP", () => {
  test("comes with address, user agent and request id", async () => {
    const headers = { "User-Agent": "curl/8", "Convex-Request-Id": "my-request" };
    expect(await askOverHttp(VISITOR, headers)).toEqual({
      ip: VISITOR,
      userAgent: "curl/8",
      requestId: "my-request",
      scheduledFunctionId: null,
      authToken: null,
    });
    expect(await askOverHttp(VISITOR)).toMatchObject({
      userAgent: null,
      requestId: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
    });
  });

  test("comes with the user's token, which an admin's key never is", async () => {
    const token = await issuer.token();
    expect((await askOverHttp(VISITOR, { Authorization: `Bearer ${token}` })).authToken).toBe(token);
    expect(
      (await askOverHttp(VISITOR, { Authorization: `Convex ${backend.adminKey}` })).authToken,
    ).toBeNull();
  });

  test("is the same for what a function calls", async () => {
    const answers = (await http.action(action("app:askedInAction"), {})) as RequestMetadata[];
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]?.ip).toBe("127.0.0.1");
    expect(await http.mutation(mutation("app:askedWithin"), {})).toMatchObject({ ip: "127.0.0.1" });
  });

  test("is not for queries: their results serve others too", async () => {
    await expect(http.query(query("app:askedInQuery"), {})).rejects.toThrow(
      "Cannot get request metadata in a Query",
    );
  });
});

describe("the client's address", () => {
  const forwarded = { "X-Forwarded-For": "6.6.6.6, 203.0.113.7" };

  test("cannot be claimed by the client itself", async () => {
    expect((await askOverHttp(VISITOR, forwarded)).ip).toBe(VISITOR);
    const spoofed = { ...forwarded, "X-Forwarded-Proto": "https", "X-Praxtalk-Proxy-Secret": "guess" };
    const { request, url } = await askSite(VISITOR, spoofed);
    expect(request.ip).toBe(VISITOR);
    expect(url).toMatch(/^http:/);
  });

  test("is what a trusted proxy adds to the chain, not what stands left of it", async () => {
    expect((await askOverHttp(PROXY, forwarded)).ip).toBe("203.0.113.7");
    const chain = { "X-Forwarded-For": "6.6.6.6, 203.0.113.7, 10.1.2.3", "X-Forwarded-Proto": "https" };
    const { request, url } = await askSite(PROXY, chain);
    expect(request.ip).toBe("203.0.113.7");
    expect(url).toMatch(/^https:/);
  });

  test("reaches HTTP actions through the web server of the same instance", async () => {
    const web = createWebServer({
      convexUrl: backend.url,
      siteUrl: backend.siteUrl,
      siteUpstream: backend.siteUrl,
      proxySecret: SECRET,
      addressSecret: undefined,
      clerkHost: undefined,
      dev: false,
      trusted: parseTrustedProxies([PROXY]),
      widget: new WidgetFiles("/nowhere", backend.siteUrl),
      onError: () => undefined,
      pages: () => null,
    });
    await once(web.listen(0, "127.0.0.1"), "listening");
    const origin = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
    try {
      const direct = await askSite(VISITOR, { ...forwarded, "User-Agent": "a browser" }, origin);
      expect(direct.request).toMatchObject({ ip: VISITOR, userAgent: "a browser" });
      expect(direct.headers).not.toContain("x-praxtalk-proxy-secret");
      expect((await askSite(PROXY, forwarded, origin)).request.ip).toBe("203.0.113.7");
    } finally {
      web.closeAllConnections();
      web.close();
    }
  });
});

describe("the request over the websocket", () => {
  test("comes with address, user agent, a request id of its own, and the token", async () => {
    const sockets = new Sockets();
    class FromProxy extends WebSocket {
      constructor(url: string) {
        super(url, {
          localAddress: PROXY,
          headers: { "X-Forwarded-For": "6.6.6.6, 203.0.113.7", "User-Agent": "a browser" },
        });
      }
    }
    Object.assign(sockets, { constructorForClients: FromProxy });
    const client = connect(backend.url, sockets);
    const token = await issuer.token();
    const first = (await client.mutation(mutation("app:asked"), {})) as RequestMetadata;
    expect(first).toMatchObject({ ip: "203.0.113.7", userAgent: "a browser", authToken: null });
    await new Promise<void>((resolve) =>
      client.setAuth(
        async () => token,
        () => resolve(),
      ),
    );
    const second = (await client.action(action("app:askedInInner"), {})) as RequestMetadata;
    expect(second).toMatchObject({ ip: "203.0.113.7", userAgent: "a browser", authToken: token });
    expect(second.requestId).toMatch(/^[0-9a-f]{16}$/);
    expect(second.requestId).not.toBe(first.requestId);
  });
});

test("what was scheduled knows as what, and nobody's request", async () => {
  const [mutationId, actionId] = (await http.mutation(mutation("app:schedule"), {})) as [string, string];
  const seen = async () =>
    (await http.query(query("app:seen"), {})) as { by: string; seen: RequestMetadata }[];
  await vi.waitFor(async () => expect(await seen()).toHaveLength(3), WAIT);
  const nobody = { ip: null, userAgent: null, authToken: null };
  const byName = Object.fromEntries((await seen()).map(({ by, seen: metadata }) => [by, metadata]));
  expect(byName["mutation"]).toMatchObject({ ...nobody, scheduledFunctionId: mutationId });
  expect(byName["action"]).toMatchObject({ ...nobody, scheduledFunctionId: actionId });
  expect(byName["callee"]).toMatchObject({ ...nobody, scheduledFunctionId: actionId });
});
