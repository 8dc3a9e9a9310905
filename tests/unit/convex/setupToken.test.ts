// @vitest-environment node
// Node, not the edge runtime: passwords are hashed by a "use node" module.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { api, internal } from "../../../convex/_generated/api";
import { convexTestApp } from "../../helpers/convex-test";
import { useVirtualTime } from "../../helpers/virtual-time";

const TOKEN = "Zm9yIHdob2V2ZXIgcnVucyBpdA-_";
const ADA = {
  workspaceName: "Acme",
  ownerName: "Ada",
  ownerEmail: "ada@acme.test",
  ownerPassword: "correct horse battery",
};
const REFUSED = { data: { code: "SETUP_TOKEN_REQUIRED", field: "setupToken" } };

beforeEach(() => useVirtualTime());
afterEach(() => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
});

describe("the first account of a deployment that others can reach", () => {
  it.each([undefined, "", "a guess", TOKEN.slice(1), `${TOKEN}x`, TOKEN.toLowerCase()])(
    "is not made with the token %j, and set-up stays open",
    async (setupToken) => {
      vi.stubEnv("PRAXTALK_SETUP_TOKEN", TOKEN);
      const t = convexTestApp();
      await expect(t.action(api.workspaces.create, { ...ADA, setupToken })).rejects.toMatchObject(REFUSED);
      expect(await t.query(api.setup.status, {})).toEqual({ needsSetup: true });
      expect(await t.query(api.setup.needsToken, {})).toBe(true);
    },
  );

  it("is made with its token, copied with blanks around it too", async () => {
    vi.stubEnv("PRAXTALK_SETUP_TOKEN", TOKEN);
    const t = convexTestApp();
    const made = await t.action(api.workspaces.create, { ...ADA, setupToken: ` ${TOKEN}\n` });
    expect(await t.query(api.auth.me, { sessionToken: made.sessionToken })).toMatchObject({
      operator: { email: ADA.ownerEmail },
    });
  });

  it("says that it is set up before it asks for a token", async () => {
    vi.stubEnv("PRAXTALK_SETUP_TOKEN", TOKEN);
    const t = convexTestApp();
    // The deployment's admin needs no token.
    const { name, email, password } = { name: "Ada", email: ADA.ownerEmail, password: ADA.ownerPassword };
    await t.action(internal.setup.provision, { workspace: "Acme", name, email, password });
    await expect(t.action(api.workspaces.create, ADA)).rejects.toMatchObject({
      data: { code: "SETUP_DONE" },
    });
  });
});

it("where only this machine reaches the deployment, anybody on it makes the first account", async () => {
  const t = convexTestApp();
  expect(await t.query(api.setup.needsToken, {})).toBe(false);
  await t.action(api.workspaces.create, ADA);
  expect(await t.query(api.setup.status, {})).toEqual({ needsSetup: false });
});
