// @vitest-environment node
// Node, not the edge runtime: passwords are hashed by a "use node" module.
import { UnsecuredJWT } from "jose";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { api, internal } from "../../../convex/_generated/api";
import { convexTestApp, seedWorkspace } from "../../helpers/convex-test";
import { useVirtualTime } from "../../helpers/virtual-time";

const ISSUER = "https://clerk.acme.test";
const ADA = "ada@acme.test";

type App = ReturnType<typeof convexTestApp>;
/** What the deployment has verified; convex-test takes it for granted. */
type Claims = { subject?: string; issuer?: string; email?: string; emailVerified?: unknown; name?: string };
type Answer = { status: number; body: Record<string, string> };

let t: App;
let acme: Awaited<ReturnType<typeof seedWorkspace>>;
let lastId = 0;

beforeEach(async () => {
  vi.stubEnv("CLERK_JWT_ISSUER_DOMAIN", ISSUER);
  useVirtualTime();
  t = convexTestApp();
  acme = await seedWorkspace(t, "acme");
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
});

const newToken = () => new UnsecuredJWT({ jti: String(++lastId) }).setExpirationTime("1m").encode();

async function exchange(
  claims: Claims,
  { token = newToken(), body }: { token?: string; body?: string } = {},
): Promise<Answer> {
  const { subject = "user_ada", issuer = ISSUER, ...rest } = claims;
  const identity = { issuer, subject, tokenIdentifier: `${issuer}|${subject}`, ...rest };
  const response = await t
    .withIdentity(identity as Parameters<App["withIdentity"]>[0])
    .fetch("/clerk/session", { method: "POST", headers: { Authorization: `Bearer ${token}` }, body });
  return { status: response.status, body: (await response.json()) as Record<string, string> };
}

const verified = (email: string, more: Claims = {}) => ({ email, emailVerified: true, ...more });
const refused = (status: number, code: string, words?: string) => ({
  status,
  body: { code, error: expect.stringContaining(words ?? "") as string },
});
const ada = () => t.run(({ db }) => db.get("operators", acme.operatorId));
const logins = () =>
  t.run(async ({ db }) =>
    (await db.query("sessions").collect()).filter(({ tokenHash }) => tokenHash.length === 64),
  );

describe("the first time", () => {
  it("connects the operator of the verified email, for good and on the record", async () => {
    const { status, body } = await exchange(verified(" ADA@acme.test"));
    expect(status).toBe(200);
    const sessionToken = body.sessionToken ?? "";
    expect(await t.query(api.auth.me, { sessionToken })).toMatchObject({ operator: { email: ADA } });
    expect(await ada()).toMatchObject({ tokenIdentifier: `${ISSUER}|user_ada` });
    const log = await t.run(({ db }) => db.query("auditLogs").collect());
    expect(log).toMatchObject([{ action: "operator.clerk_connected", target: ADA, operatorName: "Ada" }]);
    // By its subject alone from then on: the email at Clerk may change.
    expect((await exchange({ subject: "user_ada" })).status).toBe(200);
    expect(await t.run(({ db }) => db.query("auditLogs").collect())).toHaveLength(1);
  });

  it.each([{ email: ADA }, { email: ADA, emailVerified: false }, { email: ADA, emailVerified: "true" }, {}])(
    "takes no email that Clerk has not verified: %j",
    async (claims) => {
      expect(await exchange(claims)).toMatchObject(refused(403, "FORBIDDEN", "verified"));
      expect(await ada()).not.toHaveProperty("tokenIdentifier");
    },
  );

  it("says so when nobody of the team has the email, and makes nobody", async () => {
    expect(await exchange(verified("eve@x.test"))).toMatchObject(refused(403, "FORBIDDEN", "eve@x.test"));
    expect(await t.run(({ db }) => db.query("operators").collect())).toHaveLength(1);
  });
});

it("another Clerk user with the email of somebody who is connected is refused", async () => {
  await exchange(verified(ADA));
  const before = (await logins()).length;
  expect(await exchange(verified(ADA, { subject: "user_eve" }))).toMatchObject(refused(403, "FORBIDDEN"));
  expect(await ada()).toMatchObject({ tokenIdentifier: `${ISSUER}|user_ada` });
  expect(await logins()).toHaveLength(before);
});

it("whoever runs the server connects somebody anew, whose sessions end", async () => {
  const { body } = await exchange(verified(ADA));
  await t.mutation(internal.clerk.disconnect, { email: " Ada@acme.test" });
  expect(await t.query(api.auth.me, { sessionToken: body.sessionToken ?? "" })).toBeNull();
  expect((await exchange(verified(ADA, { subject: "user_ada_2" }))).status).toBe(200);
  expect(await exchange({ subject: "user_ada" })).toMatchObject(refused(403, "FORBIDDEN"));
  const log = await t.run(({ db }) => db.query("auditLogs").collect());
  const actions = ["clerk_connected", "clerk_disconnected", "clerk_connected"];
  expect(log.map(({ action }) => action)).toEqual(actions.map((action) => `operator.${action}`));
  const nobody = t.mutation(internal.clerk.disconnect, { email: "grace@acme.test" });
  await expect(nobody).rejects.toMatchObject({ data: { code: "NOT_FOUND" } });
});

it("who was removed from the team is refused, connected or not", async () => {
  await exchange(verified(ADA));
  await t.run(({ db }) => db.delete("operators", acme.operatorId));
  expect(await exchange(verified(ADA))).toMatchObject(refused(403, "FORBIDDEN", "invite"));
});

it("Clerk's own second factor counts: ours is not asked for", async () => {
  await t.run(({ db }) => db.patch("operators", acme.operatorId, { twoStepSince: 1 }));
  expect((await exchange(verified(ADA))).status).toBe(200);
});

it.each(["https://login.acme.test", "https://clerk.acme.test.evil.test", "http://clerk.acme.test"])(
  "users of another provider of the deployment's, %s, are no operators",
  async (issuer) => {
    expect(await exchange(verified(ADA, { issuer }))).toMatchObject(refused(401, "UNAUTHENTICATED"));
  },
);

it.each(["https://clerk.acme.test/", "clerk.acme.test"])(
  "the issuer may be set as %s too",
  async (issuer) => {
    vi.stubEnv("CLERK_JWT_ISSUER_DOMAIN", issuer);
    expect((await exchange(verified(ADA))).status).toBe(200);
  },
);

it.each([undefined, "", "none"])("without Clerk (%j) its tokens open nothing", async (issuer) => {
  vi.stubEnv("CLERK_JWT_ISSUER_DOMAIN", issuer);
  expect(await exchange(verified(ADA))).toMatchObject(refused(503, "NOT_CONFIGURED"));
});

it("a refusal does not use the token up, a session does, until it has expired", async () => {
  const token = newToken();
  expect((await exchange({ email: ADA }, { token })).status).toBe(403);
  expect((await exchange(verified(ADA), { token })).status).toBe(200);
  expect(await exchange(verified(ADA), { token })).toMatchObject(refused(401, "UNAUTHENTICATED", "already"));
  const purge = async (now: number) => {
    vi.setSystemTime(now);
    await t.mutation(internal.retention.purge, { what: "clerkTokens" });
    return (await t.run(({ db }) => db.query("clerkTokens").collect())).length;
  };
  const now = Date.now();
  expect(await purge(now + 100_000)).toBe(1);
  expect(await purge(now + 130_000)).toBe(0);
});

it.each(["[", "null", '"inv_1"', '{"invite":1}', `{"invite":"${"x".repeat(2_000)}"}`])(
  "a body that is not the route's is refused: %s",
  async (body) => {
    expect(await exchange(verified(ADA), { body })).toMatchObject(refused(400, "BAD_REQUEST"));
    expect(await ada()).not.toHaveProperty("tokenIdentifier");
  },
);

describe("an invite", () => {
  const GRACE = "grace@acme.test";
  const invite = async (email = GRACE) => {
    const { sessionToken } = acme;
    const sent = await t.action(api.invites.send, { sessionToken, email, name: "Grace", role: "agent" });
    return sent.inviteToken;
  };
  const join = (claims: Claims, token: string) =>
    exchange({ subject: "user_grace", ...claims }, { body: JSON.stringify({ invite: token }) });

  it("is accepted by whoever has its verified email, with the name that Clerk knows", async () => {
    const token = await invite();
    const { status, body } = await join(verified(GRACE, { name: "Grace Hopper" }), token);
    expect(status).toBe(200);
    const sessionToken = body.sessionToken ?? "";
    expect(await t.query(api.auth.me, { sessionToken })).toMatchObject({
      operator: { email: GRACE, name: "Grace Hopper", role: "agent", brandAccess: "all" },
      workspace: { _id: acme.workspaceId },
    });
    const log = await t.run(({ db }) => db.query("auditLogs").order("desc").first());
    expect(log).toMatchObject({ action: "invite.accepted", target: GRACE, details: "agent, through Clerk" });
    expect(await join(verified(GRACE), token)).toMatchObject(refused(404, "NOT_FOUND"));
    expect((await exchange({ subject: "user_grace" })).status).toBe(200);
    // Without Clerk, nobody gets in by the password that was never chosen.
    vi.stubEnv("CLERK_JWT_ISSUER_DOMAIN", "none");
    for (const password of ["", "correct horse battery"]) {
      const login = t.action(api.auth.login, { email: GRACE, password });
      await expect(login).rejects.toMatchObject({ data: { code: "INVALID_CREDENTIALS" } });
    }
  });

  it("gives the name that the inviter wrote, or the email's, where Clerk knows none", async () => {
    await join(verified(GRACE), await invite());
    const operators = await t.run(({ db }) => db.query("operators").collect());
    expect(operators.map(({ name }) => name)).toEqual(["Ada", "Grace"]);
  });

  it.each([
    ["another email", verified("eve@x.test"), "grace@acme.test"],
    ["an email that is not verified", { email: GRACE, emailVerified: false }, "verified"],
  ])("is not for %s, and stays good", async (_whom, claims, words) => {
    const token = await invite();
    expect(await join(claims, token)).toMatchObject(refused(403, "FORBIDDEN", words));
    expect((await join(verified(GRACE), token)).status).toBe(200);
  });

  it("makes no second account of a Clerk user, nor of an email", async () => {
    await exchange(verified(ADA));
    const asAda = { ...verified(GRACE), subject: "user_ada" };
    expect(await join(asAda, await invite())).toMatchObject(refused(409, "EMAIL_TAKEN", ADA));
    const beta = await seedWorkspace(t, "beta");
    const { sessionToken } = beta;
    const sent = await t.action(api.invites.send, { sessionToken, email: ADA, role: "agent" });
    expect(await join(verified(ADA), sent.inviteToken)).toMatchObject(refused(409, "EMAIL_TAKEN"));
  });
});

it("what belongs to passwords is refused while Clerk decides who signs in", async () => {
  const { sessionToken, operatorId } = acme;
  const password = "correct horse battery";
  for (const call of [
    () => t.action(api.auth.login, { email: ADA, password }),
    () => t.action(api.auth.completeLogin, { challenge: "c", code: "123456" }),
    () => t.action(api.passwordReset.request, { email: ADA }),
    () => t.action(api.passwordReset.complete, { token: "pwr_1", password }),
    () => t.action(api.operators.makeResetLink, { sessionToken, operatorId }),
    () => t.action(api.invites.accept, { token: "inv_1", name: "Grace", password }),
  ]) {
    await expect(call()).rejects.toMatchObject({ data: { code: "FORBIDDEN" } });
  }
});
