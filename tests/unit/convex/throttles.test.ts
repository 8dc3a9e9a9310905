import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { api, components, internal } from "../../../convex/_generated/api";
import {
  LOGINS_PER_ADDRESS,
  LOGINS_PER_EMAIL_AND_ADDRESS,
  LOGINS_PER_EMAIL_HOUR,
  LOGIN_PERIOD_MINUTES,
  STARTS_PER_BRAND_HOUR,
  VISITOR_MESSAGES_BURST,
} from "../../../lib/limits";
import { VOUCHED_ADDRESS_HEADER, vouchFor } from "../../../lib/vouched-address";
import { convexTestApp } from "../../helpers/convex-test";

const MINUTE = 60_000;

beforeEach(() => vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => vi.useRealTimers());

describe("tries to log in", () => {
  const admission = () => {
    const t = convexTestApp();
    return (emailHash: string, address: string | null) =>
      t.mutation(internal.auth.admitLogin, { emailHash, address });
  };

  it("of one email from one address run out, and come back by themselves", async () => {
    const admit = admission();
    for (let i = 0; i < LOGINS_PER_EMAIL_AND_ADDRESS; i++) expect(await admit("ada", "192.0.2.1")).toBeNull();
    const wait = await admit("ada", "192.0.2.1");
    expect(wait).toBeGreaterThan(0);
    // The same person elsewhere, and others here, may go on.
    expect(await admit("ada", "198.51.100.1")).toBeNull();
    expect(await admit("bob", "192.0.2.1")).toBeNull();
    vi.setSystemTime(Date.now() + (wait ?? 0));
    expect(await admit("ada", "192.0.2.1")).toBeNull();
    vi.setSystemTime(Date.now() + LOGIN_PERIOD_MINUTES * MINUTE);
    for (let i = 0; i < LOGINS_PER_EMAIL_AND_ADDRESS; i++) expect(await admit("ada", "192.0.2.1")).toBeNull();
  });

  it("from one address run out, whatever the emails; one network of IPv6 is one address", async () => {
    const admit = admission();
    for (let i = 0; i < LOGINS_PER_ADDRESS; i++) {
      expect(await admit(`guess ${i}`, `2001:db8::${i + 1}`)).toBeNull();
    }
    expect(await admit("another", "2001:db8::ffff")).toBeGreaterThan(0);
    expect(await admit("another", "2001:db8:1::1")).toBeNull();
  });

  it("of one email run out, whatever the addresses", async () => {
    const admit = admission();
    for (let i = 0; i < LOGINS_PER_EMAIL_HOUR; i++) expect(await admit("ada", `192.0.2.${i}`)).toBeNull();
    expect(await admit("ada", "198.51.100.1")).toBeGreaterThan(0);
  });

  it("are not counted by an address that many may share", async () => {
    const admit = admission();
    for (const address of [null, "127.0.0.1", "::1"]) {
      for (let i = 0; i <= LOGINS_PER_ADDRESS; i++)
        expect(await admit(`e${i} ${address}`, address)).toBeNull();
    }
  });
});

describe("a web server elsewhere", () => {
  const SECRET = "shared";
  beforeEach(() => vi.stubEnv("PRAXTALK_ADDRESS_SECRET", SECRET));
  afterEach(() => vi.unstubAllEnvs());

  it("says whose logins they are: each client has tries of its own, and nobody can claim another's address", async () => {
    const t = convexTestApp();
    const login = (client: string) =>
      t.action(api.auth.login, { email: "ada@acme.test", password: "wrong", client });
    for (let i = 0; i < LOGINS_PER_ADDRESS; i++) {
      await t.mutation(internal.auth.admitLogin, { emailHash: `${i}`, address: "192.0.2.1" });
    }
    await expect(login(await vouchFor("192.0.2.1", SECRET))).rejects.toThrow("RATE_LIMITED");
    await expect(login(await vouchFor("192.0.2.2", SECRET))).rejects.toThrow("INVALID_CREDENTIALS");
    await expect(login(await vouchFor("192.0.2.1", "guess"))).rejects.toThrow("INVALID_CREDENTIALS");
  });

  it("says whose requests to the REST API they are", async () => {
    const t = convexTestApp();
    const remaining = async (client: string) => {
      const response = await t.fetch("/api/v1/brands", { headers: { [VOUCHED_ADDRESS_HEADER]: client } });
      return Number(response.headers.get("X-RateLimit-Remaining"));
    };
    const [one, other] = [await vouchFor("192.0.2.1", SECRET), await vouchFor("192.0.2.2", SECRET)];
    const first = await remaining(one);
    expect(await remaining(one)).toBeLessThan(first);
    expect(await remaining(other)).toBe(first);
    const forged = await vouchFor("192.0.2.3", "guess");
    expect(await remaining(forged)).toBe(first);
    // Whoever is not vouched for is counted by the address that the deployment saw.
    expect(await remaining("192.0.2.4 forged")).toBeLessThan(first);
  });
});

describe("beginning a chat", () => {
  afterEach(() => vi.restoreAllMocks());

  const widgetId = "ws_0011223344556677";
  async function scene() {
    const t = convexTestApp();
    const brandId = await t.run(async (ctx) => {
      const workspaceId = await ctx.db.insert("workspaces", {
        slug: "a",
        name: "A",
        plan: "spark",
        createdAt: 0,
      });
      return await ctx.db.insert("brands", {
        workspaceId,
        slug: "main",
        name: "A",
        widgetId,
        allowedOrigins: [],
        primaryColor: "#123456",
        welcomeMessage: "",
        position: "br",
        createdAt: 0,
      });
    });
    const start = async (visitor: number, message = "m1") => {
      const response = await t.fetch("/widget/start", {
        method: "POST",
        body: JSON.stringify({
          widgetId,
          visitorKey: `v_${visitor.toString(16).padStart(64, "0")}`,
          clientMessageId: message,
          name: "Maya",
          email: "maya@example.com",
          phone: "+442079460958",
          message: "Hello",
        }),
      });
      const body = (await response.json()) as Record<string, unknown>;
      return { status: response.status, retryAfter: response.headers.get("Retry-After"), body };
    };
    return { t, brandId, start };
  }

  it("says over HTTP when to try again; asking whether a first message arrived is none too many", async () => {
    const { start } = await scene();
    for (let n = 0; n < VISITOR_MESSAGES_BURST; n++) expect((await start(1, `m${n}`)).status).toBe(200);
    const refused = await start(1, "m-too-many");
    expect(refused.status).toBe(429);
    expect(refused.body).toMatchObject({
      code: "RATE_LIMITED",
      retryAfterSeconds: expect.any(Number) as number,
    });
    expect(refused.retryAfter).toBe(String(refused.body.retryAfterSeconds));
    expect(Number(refused.retryAfter)).toBeGreaterThan(0);
    expect((await start(1, "m0")).status).toBe(200);
    expect((await start(2)).status).toBe(200);
  });

  it("has a ceiling for all visitors of a brand, which running chats do not feel", async () => {
    const { t, brandId, start } = await scene();
    expect((await start(1)).status).toBe(200);
    // Always the same of the shards, so that a share of the whole empties what everybody meets.
    vi.spyOn(Math, "random").mockReturnValue(0);
    const config = {
      kind: "token bucket",
      rate: STARTS_PER_BRAND_HOUR,
      period: 60 * MINUTE,
      shards: 10,
    } as const;
    const take = { name: "startByBrand", key: brandId, config };
    await t.run(async (ctx) => {
      while ((await ctx.runMutation(components.rateLimiter.lib.rateLimit, take)).ok);
    });
    expect(await start(2)).toMatchObject({ status: 429, body: { code: "RATE_LIMITED" } });
    expect((await start(1, "m2")).status).toBe(200);
    vi.setSystemTime(Date.now() + 60 * MINUTE);
    expect((await start(2)).status).toBe(200);
  });
});

describe("a visitor", () => {
  it("who sends without a pause is asked to wait, and then may go on", async () => {
    const t = convexTestApp();
    const widgetId = "ws_0011223344556677";
    const visitorKey = `v_${"0".repeat(64)}`;
    await t.run(async (ctx) => {
      const workspaceId = await ctx.db.insert("workspaces", {
        slug: "a",
        name: "A",
        plan: "spark",
        createdAt: 0,
      });
      const look = { primaryColor: "#123456", welcomeMessage: "", position: "br" as const };
      await ctx.db.insert("brands", {
        workspaceId,
        slug: "main",
        name: "A",
        widgetId,
        allowedOrigins: [],
        ...look,
        createdAt: 0,
      });
    });
    const { conversationId } = await t.mutation(api.visitors.identifyAndStartConversation, {
      widgetId,
      visitorKey,
    });
    const send = (n: number) =>
      t.mutation(api.visitors.sendVisitorMessage, {
        widgetId,
        visitorKey,
        conversationId,
        body: `${n}`,
        clientMessageId: `m${n}`,
      });
    // The start was the first.
    for (let i = 1; i < VISITOR_MESSAGES_BURST; i++) await send(i);
    await expect(send(-1)).rejects.toThrow("RATE_LIMITED");
    // Asking whether one arrived is no new message.
    expect(await send(1)).toEqual(expect.any(String));
    vi.setSystemTime(Date.now() + MINUTE);
    await send(-2);
  });
});
