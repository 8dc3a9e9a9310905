// @vitest-environment node
import type * as NodeCrypto from "node:crypto";
import type { TestConvex } from "convex-test";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { api, internal } from "../../../convex/_generated/api";
import type { Id } from "../../../convex/_generated/dataModel";
import type schema from "../../../convex/schema";
import { convexTestApp } from "../../helpers/convex-test";

// One hash is a third of a second of a free processor.
vi.setConfig({ testTimeout: 30_000 });

/** The settings of each scrypt run; the hash itself is the real one. */
const runs = vi.hoisted(() => [] as unknown[]);
vi.mock("node:crypto", async (importOriginal) => {
  const crypto = await importOriginal<typeof NodeCrypto>();
  const scrypt = (...args: Parameters<typeof crypto.scrypt>) => {
    const { N, r, p } = args[3] as { N: number; r: number; p: number };
    runs.push({ N, r, p, length: args[2] });
    crypto.scrypt(...args);
  };
  return { ...crypto, scrypt };
});

const PASSWORD = "correct horse battery";
const ONE_RUN = [{ N: 2 ** 17, r: 8, p: 1, length: 32 }];

async function insertOperator(t: TestConvex<typeof schema>, passwordHash: string): Promise<Id<"operators">> {
  return await t.run(async (ctx) => {
    const workspaceId = await ctx.db.insert("workspaces", {
      slug: "a",
      name: "A",
      plan: "spark",
      createdAt: 0,
    });
    return await ctx.db.insert("operators", {
      workspaceId,
      email: "ada@acme.test",
      name: "Ada",
      role: "owner",
      brandAccess: "all",
      passwordHash,
      createdAt: 0,
    });
  });
}

describe("passwords", () => {
  beforeEach(() => {
    runs.length = 0;
  });

  it("cost the same work for a known and an unknown email", async () => {
    const t = convexTestApp();
    const passwordHash = await t.action(internal.passwords.hash, { password: PASSWORD });
    await insertOperator(t, passwordHash);
    for (const email of ["ada@acme.test", "nobody@acme.test", "no email at all"]) {
      runs.length = 0;
      await expect(t.action(api.auth.login, { email, password: "wrong password" })).rejects.toThrow();
      expect(runs, email).toEqual(ONE_RUN);
    }
    runs.length = 0;
    await expect(
      t.action(api.auth.login, { email: "ada@acme.test", password: "x".repeat(100_000) }),
    ).rejects.toThrow();
    expect(runs).toEqual([]);
  });

  it("are hashed with a salt of their own and verified in any normal form", async () => {
    const t = convexTestApp();
    const hash = (password: string) => t.action(internal.passwords.hash, { password });
    const verify = (password: string, passwordHash: string) =>
      t.action(internal.passwords.verify, { password, passwordHash });
    const [first, second] = await Promise.all([hash("caf\u00e9 caf\u00e9"), hash("caf\u00e9 caf\u00e9")]);
    expect(first).toMatch(/^\$scrypt\$ln=17,r=8,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(second).not.toBe(first);
    expect(await verify("cafe\u0301 cafe\u0301", first)).toBe(true);
    expect(await verify("cafe cafe", first)).toBe(false);
    await expect(verify("x", "plain text")).rejects.toThrow(/PHC/);
  });

  it("changed while a login verified the old one give no session", async () => {
    // The session's end is scheduled further ahead than a real timer can be set.
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const t = convexTestApp();
    const operatorId = await insertOperator(t, "$scrypt$ln=17,r=8,p=1$AAAA$new");
    const createSession = (passwordHash: string) =>
      t.mutation(internal.auth.createSession, {
        operatorId,
        passwordHash,
        tokenHash: "0".repeat(64),
        attempt: { emailHash: "", address: null },
      });
    expect(await createSession("$scrypt$ln=17,r=8,p=1$AAAA$old")).toBeNull();
    expect(await t.run((ctx) => ctx.db.query("sessions").collect())).toEqual([]);
    expect(await createSession("$scrypt$ln=17,r=8,p=1$AAAA$new")).not.toBeNull();
  });
});
