import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { internal } from "../../../convex/_generated/api";
import { SESSION_IDLE_DAYS } from "../../../lib/limits";
import { convexTestApp } from "../../helpers/convex-test";

vi.setConfig({ testTimeout: 30_000 });

const DAY = 24 * 60 * 60 * 1000;
const NOW = Date.UTC(2026, 0, 31);
/** More than one run deletes. */
const MANY = 201;

describe("accounts past their time", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.setSystemTime(NOW);
  });
  afterEach(() => vi.useRealTimers());

  async function scene() {
    const t = convexTestApp();
    const ids = await t.run(async (ctx) => {
      const workspace = { slug: "a", name: "A", plan: "spark" as const, createdAt: 0 };
      const workspaceId = await ctx.db.insert("workspaces", workspace);
      const person = { email: "ada@acme.test", name: "Ada", passwordHash: "", createdAt: 0 };
      const access = { role: "owner" as const, brandAccess: "all" as const };
      const operatorId = await ctx.db.insert("operators", { workspaceId, ...person, ...access });
      return { workspaceId, operatorId };
    });
    const session = (fields: { expiresAt?: number; lastUsedAt?: number }, count = 1) =>
      t.run(async (ctx) => {
        const { expiresAt = NOW + DAY, lastUsedAt } = fields;
        const row = { scope: "session" as const, ...ids, tokenHash: "", expiresAt, createdAt: 0 };
        const sessionId = await ctx.db.insert("sessions", row);
        for (let i = 1; i < count; i++) await ctx.db.insert("sessions", row);
        if (lastUsedAt !== undefined) await ctx.db.insert("sessionUses", { sessionId, lastUsedAt });
        return sessionId;
      });
    return { t, ...ids, session };
  }

  it("are sessions that no page used for two weeks, and those whose own job is lost", async () => {
    const { t, session } = await scene();
    const idle = NOW - SESSION_IDLE_DAYS * DAY;
    const used = await session({ lastUsedAt: idle });
    const program = await session({});
    await session({ lastUsedAt: idle - 1 });
    await session({ expiresAt: NOW - 1 }, MANY);
    const revoked = await session({ lastUsedAt: idle - 1 });
    await t.run((ctx) => ctx.db.delete("sessions", revoked));

    await t.mutation(internal.retention.purge, { what: "logins" });
    await t.finishAllScheduledFunctions(vi.runAllTimers);
    const left = await t.run(async (ctx) => ({
      sessions: (await ctx.db.query("sessions").collect()).map(({ _id }) => _id),
      uses: (await ctx.db.query("sessionUses").collect()).map(({ sessionId }) => sessionId),
    }));
    expect(left).toEqual({ sessions: [used, program], uses: [used] });
  });

  it("are invites that expired a month ago", async () => {
    const { t, workspaceId, operatorId } = await scene();
    const kept = await t.run(async (ctx) => {
      const access = { role: "agent" as const, brandAccess: "all" as const };
      const invite = { workspaceId, invitedBy: operatorId, ...access, tokenHash: "", createdAt: 0 };
      const gone = { ...invite, expiresAt: NOW - 30 * DAY - 1 };
      for (let i = 0; i < MANY; i++) await ctx.db.insert("invites", { ...gone, email: `${i}@acme.test` });
      return await ctx.db.insert("invites", { ...gone, email: "kept@acme.test", expiresAt: NOW - 30 * DAY });
    });
    await t.mutation(internal.retention.purge, { what: "invites" });
    await t.finishAllScheduledFunctions(vi.runAllTimers);
    const left = await t.run((ctx) => ctx.db.query("invites").collect());
    expect(left.map(({ _id }) => _id)).toEqual([kept]);
  });
});
