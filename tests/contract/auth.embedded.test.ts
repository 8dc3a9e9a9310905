/** Users of auth providers: the package's clients, an OIDC issuer on this machine, providers pushed by the CLI. */
import { ConvexHttpClient, type ConvexClient } from "convex/browser";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import {
  action,
  convexProject,
  mutation,
  query,
  startBackend,
  type Backend,
  type ConvexProject,
} from "../helpers/embedded";
import { Issuer } from "../helpers/issuer";
import { post } from "./http/requests";
import { closeClientsAfterEach, connect, Sockets, WAIT, Watch } from "./sync/peer";

const USERS = `
import {
  actionGeneric as action, internalMutationGeneric as internalMutation, makeFunctionReference as ref,
  mutationGeneric as mutation, queryGeneric as query,
} from "convex/server";
const subjectOf = async (ctx) => (await ctx.auth.getUserIdentity())?.subject ?? null;
export const me = query({ args: {}, handler: (ctx) => ctx.auth.getUserIdentity() });
export const subject = query({ args: {}, handler: subjectOf });
export const anybody = query({ args: {}, handler: async () => "hello" });
export const mutates = mutation({ args: {}, handler: subjectOf });
export const calls = mutation({ args: {}, handler: (ctx) => ctx.runQuery(ref("users:subject"), {}) });
export const acts = action({ args: {}, handler: subjectOf });
export const actsThrough = action({
  args: {},
  handler: async (ctx) => [
    await subjectOf(ctx),
    await ctx.runQuery(ref("users:subject"), {}),
    await ctx.runMutation(ref("users:mutates"), {}),
    await ctx.runAction(ref("users:acts"), {}),
  ],
});
export const later = mutation({
  args: {},
  handler: async (ctx) => { await ctx.scheduler.runAfter(0, ref("users:note"), {}); },
});
export const note = internalMutation({
  args: {},
  handler: async (ctx) => { await ctx.db.insert("notes", { subject: await subjectOf(ctx) }); },
});
export const notes = query({
  args: {},
  handler: async (ctx) => (await ctx.db.query("notes").collect()).map((found) => found.subject),
});
`;
const HTTP = `
import { httpActionGeneric as httpAction, httpRouter } from "convex/server";
const http = httpRouter();
http.route({
  path: "/me",
  method: "GET",
  handler: httpAction(async (ctx) => Response.json(await ctx.auth.getUserIdentity())),
});
http.route({ path: "/anybody", method: "GET", handler: httpAction(async () => new Response("hello")) });
export default http;
`;
const CONFIG = `
const provider = (domain) => ({ domain, applicationID: "app" });
export default { providers: [provider(process.env.ISSUER), provider(process.env.DOWN)] };
`;

let issuer: Issuer;
/** Another provider, which is down until a case lets it answer. */
let down: Issuer;
let backend: Backend;
let project: ConvexProject;

async function setVariable(name: string, value: string | null) {
  return fetch(`${backend.url}/api/update_environment_variables`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Convex ${backend.adminKey}` },
    body: JSON.stringify({ changes: [{ name, value }] }),
  });
}

beforeAll(async () => {
  [issuer, down, backend] = await Promise.all([Issuer.start(), Issuer.start(), startBackend()]);
  down.answer = (_request, response) => response.writeHead(503).end();
  project = convexProject({ "users.ts": USERS, "http.ts": HTTP, "auth.config.ts": CONFIG });
  await setVariable("ISSUER", issuer.url);
  await setVariable("DOWN", down.url);
  await backend.push(project.dir);
});
afterAll(async () => {
  project.remove();
  await Promise.all([backend.stop(), issuer.stop(), down.stop()]);
});
closeClientsAfterEach();

/** A client that is logged in; `changes` are what it was told of its state, repetitions left out. */
async function logIn(
  fetchToken: (force: boolean) => Promise<string | null>,
  client: ConvexClient = connect(backend.url),
): Promise<{ client: ConvexClient; changes: boolean[] }> {
  const changes: boolean[] = [];
  client.setAuth(
    ({ forceRefreshToken }) => fetchToken(forceRefreshToken),
    (isAuthenticated) => void (changes.at(-1) !== isAuthenticated && changes.push(isAuthenticated)),
  );
  await vi.waitFor(() => expect(changes).not.toEqual([]), WAIT);
  return { client, changes };
}

async function runsOf(identifier: string): Promise<number> {
  const response = await fetch(`${backend.url}/api/stream_function_logs?cursor=0`, {
    headers: { Authorization: `Convex ${backend.adminKey}` },
  });
  const { entries } = (await response.json()) as { entries: { kind: string; identifier: string }[] };
  return entries.filter((entry) => entry.kind === "Completion" && entry.identifier === identifier).length;
}

describe("a user on the websocket", () => {
  test("is known to queries, mutations, actions and what they call, until logged out", async () => {
    const client = connect(backend.url);
    const me = new Watch<{ subject: string; email: string } | null>(client, query("users:me"), {});
    await me.until(null);
    const token = await issuer.token({ sub: "grace", email: "grace@example.test" });
    const { changes } = await logIn(async () => token, client);
    expect(changes).toEqual([true]);
    const identity = {
      tokenIdentifier: `${issuer.url}|grace`,
      issuer: issuer.url,
      subject: "grace",
      email: "grace@example.test",
    };
    await me.until(identity);
    expect(await client.mutation(mutation("users:mutates"), {})).toBe("grace");
    expect(await client.mutation(mutation("users:calls"), {})).toBe("grace");
    expect(await client.action(action("users:actsThrough"), {})).toEqual(Array(4).fill("grace"));
    client.client.clearAuth();
    await me.until(null);
    expect(me.values).toEqual([null, identity, null]);
  });

  test("is nobody in what was scheduled", async () => {
    const { client } = await logIn(() => issuer.token());
    const notes = new Watch(client, query("users:notes"), {});
    await client.mutation(mutation("users:later"), {});
    await notes.until([null]);
  });

  test("shares results with everybody else where no identity was read", async () => {
    const before = await runsOf("users:anybody");
    const watches = await Promise.all(
      ["u1", "u2", null].map(async (sub) => {
        const client = connect(backend.url);
        if (sub !== null) await logIn(() => issuer.token({ sub }), client);
        const [anybody, subject] = [query("users:anybody"), query("users:subject")];
        return { sub, anybody: new Watch(client, anybody, {}), subject: new Watch(client, subject, {}) };
      }),
    );
    for (const { sub, anybody, subject } of watches) {
      await anybody.until("hello");
      await subject.until(sub);
    }
    expect((await runsOf("users:anybody")) - before).toBe(1);
  });

  test("gets a new token before the old one ends, which disturbs no query", async () => {
    const tokens: string[] = [];
    const fetchToken = async () => {
      // One second longer than the client's leeway, so that it asks for the next one after a second.
      const exp = Math.floor(Date.now() / 1000) + 11;
      const token = await issuer.token({ sub: "refreshed", jti: `t${tokens.length}`, exp });
      tokens.push(token);
      return token;
    };
    const { client, changes } = await logIn(fetchToken);
    const me = new Watch<{ subject: string }>(client, query("users:me"), {});
    await vi.waitFor(() => expect(me.latest?.subject).toBe("refreshed"), WAIT);
    const runs = await runsOf("users:me");
    await vi.waitFor(() => expect(tokens.length).toBeGreaterThanOrEqual(3), WAIT);
    expect(await client.mutation(mutation("users:mutates"), {})).toBe("refreshed");
    expect(changes).toEqual([true]);
    expect(me.values).toHaveLength(1);
    expect(await runsOf("users:me")).toBe(runs);
  });

  test("whose token ends in mid-connection is asked for another, and loses no mutation", async () => {
    const sockets = new Sockets();
    const short = await issuer.token({ sub: "short" }, { expiresIn: 2 });
    let isFresh = false;
    const fetchToken = async () => (isFresh ? issuer.token({ sub: "short" }) : short);
    const { client, changes } = await logIn(fetchToken, connect(backend.url, sockets));
    const { exp } = JSON.parse(Buffer.from(short.split(".")[1] ?? "", "base64url").toString()) as {
      exp: number;
    };
    await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(exp * 1000), WAIT);
    isFresh = true;
    expect(await client.mutation(mutation("users:mutates"), {})).toBe("short");
    expect(sockets.received.filter(({ type }) => type === "AuthError")).toEqual([
      {
        type: "AuthError",
        error: "Convex token identity expired",
        baseVersion: 1,
        authUpdateAttempted: false,
      },
    ]);
    expect(changes).toEqual([true]);
  });

  test("whose tokens are all refused is logged out, and goes on as nobody", async () => {
    const sockets = new Sockets();
    let fetched = 0;
    const { client, changes } = await logIn(
      () => issuer.token({ aud: `other${++fetched}` }),
      connect(backend.url, sockets),
    );
    expect(changes).toEqual([false]);
    expect(fetched).toBe(4);
    const [first] = sockets.received.filter(({ type }) => type === "AuthError");
    expect(first).toEqual({
      type: "AuthError",
      error: expect.stringContaining("No auth provider found matching the given token") as string,
      baseVersion: 0,
      authUpdateAttempted: true,
    });
    expect(await client.query(query("users:subject"), {})).toBeNull();
  });

  test("is not logged out by an outage of the provider: the client comes back until it is over", async () => {
    const sockets = new Sockets();
    const loggedIn = logIn(() => down.token({ sub: "patient" }), connect(backend.url, sockets));
    await vi.waitFor(() => expect(sockets.closeCodes.length).toBeGreaterThanOrEqual(1), WAIT);
    down.answer = null;
    const { client, changes } = await loggedIn;
    expect(changes).toEqual([true]);
    expect(await client.query(query("users:subject"), {})).toBe("patient");
    expect(sockets.closeCodes[0]).toBe(1013);
    expect(sockets.received.filter(({ type }) => type === "AuthError")).toEqual([]);
  });
});

describe("a user over HTTP", () => {
  const as = (token: string) => new ConvexHttpClient(backend.url, { auth: token, logger: false });

  test("is known to queries, mutations and actions", async () => {
    const client = as(await issuer.token({ sub: "http" }));
    expect(await client.query(query("users:subject"), {})).toBe("http");
    expect(await client.mutation(mutation("users:mutates"), {})).toBe("http");
    expect(await client.action(action("users:actsThrough"), {})).toEqual(Array(4).fill("http"));
  });

  test.each([
    ["of nobody's", () => "garbage", "InvalidAuthHeader"],
    ["that is expired", () => issuer.token({}, { expiresIn: -5 }), "Unauthenticated"],
    ["for others", () => issuer.token({ aud: "other" }), "NoAuthProvider"],
  ])("with a token %s is refused", async (_what, token, code) => {
    const client = as(await token());
    await expect(client.query(query("users:anybody"), {})).rejects.toThrow(`"code":"${code}"`);
  });

  test("is known to HTTP actions; a token that cannot be verified fails only who asks for the identity", async () => {
    const get = (path: string, token: string) =>
      fetch(backend.siteUrl + path, { headers: { Authorization: `Bearer ${token}` } });
    const known = await get("/me", await issuer.token({ sub: "site" }));
    expect(await known.json()).toMatchObject({ subject: "site" });
    expect(await (await fetch(`${backend.siteUrl}/me`)).json()).toBeNull();
    const bad = await issuer.token({}, { expiresIn: -5 });
    expect(await (await get("/anybody", bad)).text()).toBe("hello");
    const refused = await get("/me", bad);
    expect(refused.status).toBe(500);
    expect(await refused.text()).toContain("Could not verify OIDC token claim");
  });
});

/** What the CLI asks for before it pushes; nothing is deployed. */
const startPush = (changedModules: object[]) => ({
  adminKey: backend.adminKey,
  dryRun: true,
  functions: "convex/",
  appDefinition: {
    definition: null,
    dependencies: [],
    schema: null,
    changedModules,
    unchangedModuleHashes: [],
    udfServerVersion: "1.48.0",
  },
  componentDefinitions: [],
  nodeDependencies: [],
});

describe("a push of providers", () => {
  test("is refused while a variable that it uses is not set", async () => {
    await setVariable("ISSUER", null);
    const result = await backend.cli(project.dir, [
      "deploy",
      "--typecheck",
      "disable",
      "--codegen",
      "disable",
    ]);
    await setVariable("ISSUER", issuer.url);
    expect(result.code).not.toBe(0);
    expect(result.output).toContain(
      "Environment variable ISSUER is used in auth config file but its value was not set",
    );
    // What was deployed before still counts.
    expect(
      await new ConvexHttpClient(backend.url, { auth: await issuer.token() }).query(
        query("users:subject"),
        {},
      ),
    ).toBe("ada");
  });

  test.each([
    ["export const x = 1;", "AuthConfigMissingExportError"],
    ["export default {};", "AuthConfigNotMatchingSchemaError"],
    ["export default { providers: [{ domain: 'https://a.test' }] };", "AuthConfigNotMatchingSchemaError"],
    ["export default { providers: [{ domain: 'sk_1', applicationID: 'a' }] };", "InvalidProviderDomainUrl"],
    ["export default { providers: [], at: Date.now() };", "NoDateDuringAuthConfig"],
    ["try { Math.random(); } catch {} export default { providers: [] };", "NoRandomDuringAuthConfig"],
    ["export default { providers: [], x: process.env.UNSET ?? 1 };", "AuthConfigMissingEnvironmentVariable"],
  ])("is refused for %s", async (source, code) => {
    const module = { path: "auth.config.js", source, environment: "isolate" };
    const answer = await post(`${backend.url}/api/deploy2/start_push`, startPush([module]));
    expect(answer).toMatchObject({ status: 400, body: { code } });
  });

  test("tells the CLI which providers there will be", async () => {
    const custom = { type: "customJwt", issuer: "jwt.test", jwks: "data:,{}", algorithm: "ES256" };
    const source = `export default { providers: [${JSON.stringify(custom)}, { domain: process.env.CONVEX_SITE_URL, applicationID: "a" }] };`;
    const module = { path: "auth.config.js", source, environment: "isolate" };
    const { body } = await post(`${backend.url}/api/deploy2/start_push`, startPush([module]));
    expect((body as { appAuth: unknown }).appAuth).toEqual([
      { ...custom, issuer: "https://jwt.test", applicationID: null },
      { domain: backend.siteUrl, applicationID: "a" },
    ]);
  });

  test("takes effect on live sockets, and survives a restart", async () => {
    const custom = await Issuer.start("ES256");
    const jwks = Buffer.from(JSON.stringify(custom.jwks)).toString("base64");
    const provider = {
      type: "customJwt",
      issuer: custom.url,
      jwks: `data:;base64,${jwks}`,
      algorithm: "ES256",
    };
    const { client, changes } = await logIn(() => issuer.token({ sub: "removed" }));
    const subject = new Watch(client, query("users:subject"), {});
    await subject.until("removed");
    project.write({ "auth.config.ts": `export default { providers: [${JSON.stringify(provider)}] };` });
    await backend.push(project.dir);
    await vi.waitFor(() => expect(changes).toEqual([true, false]), WAIT);
    await subject.until(null);
    const second = await logIn(() => custom.token({ sub: "custom" }), client);
    expect(second.changes).toEqual([true]);
    await subject.until("custom");
    await backend.restart();
    expect(await client.mutation(mutation("users:mutates"), {})).toBe("custom");
    expect(second.changes).toEqual([true]);
    await custom.stop();
    project.write({ "auth.config.ts": null });
    await backend.push(project.dir);
    await vi.waitFor(() => expect(second.changes).toEqual([true, false]), WAIT);
  });
});
