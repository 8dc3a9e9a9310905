import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { internal } from "../../../convex/_generated/api";
import type { DatabaseReader } from "../../../convex/_generated/server";
import { LEAD_REMARKS_MAX, LEAD_REMARK_MAX, LEAD_RESTORE_DAYS } from "../../../lib/limits";
import { convexTestApp } from "../../helpers/convex-test";

const LARGE = "x".repeat(30_000);
/** More than 16 MiB, which a transaction may read. */
const ROWS = 600;
const DAY = 24 * 60 * 60 * 1000;

describe("what is past its time", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  async function scene() {
    const t = convexTestApp({ transactionLimits: true });
    const { workspaceId, keyId, createdBy } = await t.run(async (ctx) => {
      const workspaceId = await ctx.db.insert("workspaces", {
        slug: "a",
        name: "A",
        plan: "spark",
        createdAt: 0,
      });
      const createdBy = await ctx.db.insert("operators", {
        workspaceId,
        email: "ada@acme.test",
        name: "Ada",
        role: "owner",
        brandAccess: "all",
        passwordHash: "",
        createdAt: 0,
      });
      const key = { name: "A", prefix: "", keyHash: "", scope: "write" as const, createdBy, createdAt: 0 };
      return { workspaceId, createdBy, keyId: await ctx.db.insert("apiKeys", { workspaceId, ...key }) };
    });
    const insertAll = async (insert: (n: number) => Promise<unknown>) => {
      for (let n = 0; n < ROWS; n++) await insert(n);
    };
    return { t, workspaceId, keyId, createdBy, insertAll };
  }

  it("is deleted in runs of their own, however large the events", async () => {
    const { t, workspaceId, insertAll } = await scene();
    await insertAll((n) =>
      t.run((ctx) =>
        ctx.db.insert("events", {
          workspaceId,
          type: "lead.created",
          payload: LARGE,
          occurredAt: n,
          commitTs: 0n,
        }),
      ),
    );
    await t.mutation(internal.retention.purge, { what: "events" });
    await t.finishAllScheduledFunctions(vi.runAllTimers);
    expect(await t.run((ctx) => ctx.db.query("events").first())).toBeNull();
  });

  it("is deleted in runs of their own, however large the answers to an Idempotency-Key", async () => {
    const { t, keyId, insertAll } = await scene();
    await insertAll((n) =>
      t.run((ctx) =>
        ctx.db.insert("idempotencyKeys", {
          keyId,
          request: "POST /leads",
          idempotencyKey: `${n}`,
          fingerprint: "",
          result: LARGE,
          expiresAt: n,
        }),
      ),
    );
    await t.mutation(internal.retention.purge, { what: "idempotencyKeys" });
    await t.finishAllScheduledFunctions(vi.runAllTimers);
    expect(await t.run((ctx) => ctx.db.query("idempotencyKeys").first())).toBeNull();
  });

  it("of visitors' sessions is what ended a month ago; later ones stay", async () => {
    const { t, workspaceId, insertAll } = await scene();
    const month = 30 * 24 * 60 * 60 * 1000;
    const ids = await t.run(async (ctx) => {
      const brandId = await ctx.db.insert("brands", {
        workspaceId,
        slug: "main",
        name: "A",
        widgetId: "ws_0011223344556677",
        primaryColor: "#000000",
        welcomeMessage: "Hi",
        position: "br",
        allowedOrigins: [],
        createdAt: 0,
      });
      const of = { workspaceId, brandId };
      const visitorId = await ctx.db.insert("visitors", { ...of, firstSeenAt: 0, lastSeenAt: 0 });
      return { ...of, visitorId };
    });
    const insert = (keyHash: string, expiresAt: number) =>
      t.run((ctx) => ctx.db.insert("visitorSessions", { ...ids, keyHash, expiresAt, isOver: true }));
    await insertAll((n) => insert(`old ${n}`, Date.now() - month - 1 - n));
    await insert("recent", Date.now() - month + 60_000);
    await t.mutation(internal.retention.purge, { what: "visitorSessions" });
    await t.finishAllScheduledFunctions(vi.runAllTimers);
    const left = await t.run((ctx) => ctx.db.query("visitorSessions").collect());
    expect(left.map(({ keyHash }) => keyHash)).toEqual(["recent"]);
  });

  it("goes with its remarks where it is a removed lead, once nobody can restore it", async () => {
    const { t, workspaceId, createdBy } = await scene();
    const now = 100 * DAY;
    vi.setSystemTime(now);
    const brandId = await t.run((ctx) =>
      ctx.db.insert("brands", {
        workspaceId,
        slug: "a",
        name: "A",
        widgetId: "ws_1",
        primaryColor: "#123456",
        welcomeMessage: "",
        position: "br",
        allowedOrigins: [],
        createdAt: 0,
      }),
    );
    const times = { createdAt: 0, updatedAt: 0 };
    const lead = { workspaceId, brandId, name: "Lead", status: "new" as const, createdBy, ...times };
    const removed = Array.from({ length: 3 }, () => now - LEAD_RESTORE_DAYS * DAY - 1);
    for (const removedAt of [...removed, now - LEAD_RESTORE_DAYS * DAY + 1, undefined]) {
      const leadId = await t.run((ctx) => ctx.db.insert("leads", { ...lead, removedAt }));
      const remark = { workspaceId, leadId, operatorId: createdBy, operatorName: "Ada", createdAt: 0 };
      const body = "\u4e00".repeat(LEAD_REMARK_MAX);
      for (let n = 0; n < LEAD_REMARKS_MAX; n++) {
        await t.run((ctx) => ctx.db.insert("leadRemarks", { ...remark, body }));
      }
    }
    await t.mutation(internal.retention.purge, { what: "leads" });
    await t.finishAllScheduledFunctions(vi.runAllTimers);
    const left = await t.run((ctx) => ctx.db.query("leads").collect());
    expect(left.map(({ removedAt }) => removedAt)).toEqual([now - LEAD_RESTORE_DAYS * DAY + 1, undefined]);
    for (const { _id } of left) {
      const first = (ctx: { db: DatabaseReader }) =>
        ctx.db
          .query("leadRemarks")
          .withIndex("by_lead", (q) => q.eq("leadId", _id))
          .take(LEAD_REMARKS_MAX);
      expect(await t.run(first)).toHaveLength(LEAD_REMARKS_MAX);
    }
    const others = await t.run((ctx) => ctx.db.query("leadRemarks").take(2 * LEAD_REMARKS_MAX + 1));
    expect(others).toHaveLength(2 * LEAD_REMARKS_MAX);
  });
});
