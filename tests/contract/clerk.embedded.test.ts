/** Signing in through Clerk, with tokens like Clerk's of an OIDC issuer on this machine, verified by the deployment itself. */
import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { ConvexHttpClient } from "convex/browser";
import type { JWTPayload } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { api } from "../../convex/_generated/api";
import { runAsAdmin, setEnvironment } from "../helpers/admin";
import { startBackend, type Backend } from "../helpers/embedded";
import { Issuer, type TokenOptions } from "../helpers/issuer";
import { productProject } from "../helpers/product";
import { ENVIRONMENT, PASSWORD, expectRefusal } from "./backend/backend";

const SECRET_KEY = "sk_test_1nTheEnvironment";
const BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const WAIT = { timeout: 20_000, interval: 100 };

let issuer: Issuer;
let stranger: Issuer;
let backend: Backend;
let http: ConvexHttpClient;
/** In place of Clerk's own API: what it was asked. */
let clerkApi: Server;
const asked: { method?: string; url?: string; authorization?: string }[] = [];

beforeAll(async () => {
  const project = productProject({});
  clerkApi = createServer((request, response) => {
    const { method, url, headers } = request;
    asked.push({ method, url, authorization: headers.authorization });
    response.end("{}");
  }).listen(0, "127.0.0.1");
  [issuer, stranger, backend] = await Promise.all([Issuer.start(), Issuer.start(), startBackend()]);
  await setEnvironment(backend, {
    ...ENVIRONMENT,
    CLERK_JWT_ISSUER_DOMAIN: issuer.url,
    CLERK_SECRET_KEY: SECRET_KEY,
    CLERK_API_URL: `http://127.0.0.1:${(clerkApi.address() as AddressInfo).port}`,
  });
  await backend.push(project.dir);
  project.remove();
  http = new ConvexHttpClient(backend.url, { logger: false });
  const owner = { workspace: "Acme", name: "Ada", email: "ada@acme.test", password: PASSWORD };
  await runAsAdmin(backend, "setup:provision", owner);
});
afterAll(async () => {
  clerkApi.close();
  await Promise.all([backend.stop(), issuer.stop(), stranger.stop()]);
});
beforeEach(() => {
  asked.length = 0;
});

/** The claims of Clerk's template "convex", of a user with a verified email. Each token has an id of its own. */
const claims = (more: JWTPayload = {}): JWTPayload => ({
  aud: "convex",
  sub: "user_ada",
  azp: "http://app.test",
  jti: randomUUID(),
  email: "Ada@Acme.test",
  email_verified: true,
  name: "Ada Lovelace",
  ...more,
});
const tokenOf = (more?: JWTPayload, options?: TokenOptions) => issuer.token(claims(more), options);

async function exchange(token: string | null): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${backend.siteUrl}/clerk/session`, {
    method: "POST",
    headers: { "User-Agent": "Firefox", ...(token === null ? {} : { Authorization: `Bearer ${token}` }) },
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function signIn(more?: JWTPayload): Promise<string> {
  const { status, body } = await exchange(await tokenOf(more));
  expect(status).toBe(200);
  return body.sessionToken as string;
}

describe("a token of Clerk's", () => {
  it("becomes a session like a password's: pages hang on it, it is listed, and it ends", async () => {
    const sessionToken = await signIn();
    expect(await http.query(api.auth.me, { sessionToken })).toMatchObject({
      operator: { email: "ada@acme.test", name: "Ada", role: "owner" },
      session: { scope: "session" },
    });
    const child = await http.action(api.auth.createChildToken, { sessionToken });
    const page = { sessionToken: child.sessionToken };
    const [login] = await http.query(api.sessions.list, page);
    expect(login).toMatchObject({ userAgent: "Firefox", isCurrent: true });
    await http.mutation(api.auth.logout, { sessionToken });
    await expectRefusal(http.query(api.sessions.list, page), "UNAUTHENTICATED");
    // Its token did not name a session at Clerk.
    expect(asked).toEqual([]);
  });

  it("counts by its subject from then on, whatever its email says", async () => {
    const me = await http.query(api.auth.me, { sessionToken: await signIn() });
    const again = await signIn({ email: "countess@lovelace.test", email_verified: false });
    expect((await http.query(api.auth.me, { sessionToken: again }))?.operator._id).toBe(me?.operator._id);
  });

  it.each<[what: string, make: () => Promise<string | null>]>([
    ["of another issuer", () => stranger.token(claims())],
    ["that only claims to be of the issuer", () => stranger.token(claims({ iss: issuer.url }))],
    [
      "signed by another key under a known key id",
      () => stranger.token(claims({ iss: issuer.url }), { kid: issuer.key.kid }),
    ],
    ["for another audience", () => tokenOf({ aud: "app" })],
    ["for two audiences", () => tokenOf({ aud: ["convex", "app"] })],
    ["for no audience", () => tokenOf({ aud: undefined })],
    ["that has expired", () => tokenOf({}, { expiresIn: -1 })],
    ["that never expires", () => tokenOf({}, { expiresIn: null })],
    ["that is not valid yet", () => tokenOf({}, { notBefore: 60 })],
    ["without a subject", () => tokenOf({ sub: undefined })],
    ["whose claims were changed after it was signed", async () => withSubject(await tokenOf(), "user_eve")],
    ["that says it is not signed", async () => unsigned(claims({ iss: issuer.url }))],
    ["that is no JWT", async () => "a.b.c"],
    ["that is not there", async () => null],
  ])("%s is refused, and makes no session", async (_what, make) => {
    const { status, body } = await exchange(await make());
    expect({ status, code: body.code }).toEqual({ status: 401, code: "UNAUTHENTICATED" });
    expect(body).not.toHaveProperty("sessionToken");
  });

  it("is good once, also when many bring it at the same moment", async () => {
    const token = await tokenOf();
    const answers = await Promise.all(Array.from({ length: 6 }, () => exchange(token)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401, 401, 401]);
    // Of the signature's last character four bits say nothing: the same token, written otherwise.
    const last = BASE64URL.indexOf(token.slice(-1));
    const twin = token.slice(0, -1) + BASE64URL.charAt(last ^ 1);
    for (const replayed of [token, twin]) {
      const { status, body } = await exchange(replayed);
      expect(status).toBe(401);
      expect(body.error).toContain("used already");
    }
  });

  it("is verified by the issuer's new keys after a rotation, and no longer by the old ones", async () => {
    await signIn();
    const old = await tokenOf();
    await issuer.rotate();
    await vi.waitFor(async () => expect((await exchange(await tokenOf())).status).toBe(200), WAIT);
    expect((await exchange(old)).status).toBe(401);
  });

  it("that names Clerk's session ends it there, when signing out and when revoked from elsewhere", async () => {
    const first = await signIn({ sid: "sess_1" });
    const second = await signIn({ sid: "sess/2" });
    await http.mutation(api.auth.logout, { sessionToken: first });
    await vi.waitFor(() => expect(asked).toHaveLength(1), WAIT);
    const sessionToken = await signIn();
    const logins = await http.query(api.sessions.list, { sessionToken: second });
    const other = logins.find(({ isCurrent }) => isCurrent)!;
    await http.mutation(api.sessions.revoke, { sessionToken, sessionId: other._id });
    await vi.waitFor(() => expect(asked).toHaveLength(2), WAIT);
    const authorization = `Bearer ${SECRET_KEY}`;
    expect(asked).toEqual([
      { method: "POST", url: "/v1/sessions/sess_1/revoke", authorization },
      { method: "POST", url: "/v1/sessions/sess%2F2/revoke", authorization },
    ]);
  });
});

it("no password signs in beside Clerk", async () => {
  const login = http.action(api.auth.login, { email: "ada@acme.test", password: PASSWORD });
  await expectRefusal(login, "FORBIDDEN");
});

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");

function withSubject(token: string, sub: string): string {
  const [head = "", body = "", signature = ""] = token.split(".");
  const payload = JSON.parse(Buffer.from(body, "base64url").toString()) as object;
  return [head, encode({ ...payload, sub }), signature].join(".");
}

function unsigned(payload: JWTPayload): string {
  const exp = Math.floor(Date.now() / 1000) + 60;
  return `${encode({ alg: "none", typ: "JWT" })}.${encode({ ...payload, exp })}.`;
}
