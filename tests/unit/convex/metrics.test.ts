import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { internal } from "../../../convex/_generated/api";
import type { Doc } from "../../../convex/_generated/dataModel";
import { convexTestApp } from "../../helpers/convex-test";

const NOON = Date.UTC(2026, 10, 16, 12);
const MINUTE = 60_000;

describe("counts of conversations", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.setSystemTime(NOON);
  });
  afterEach(() => vi.useRealTimers());
  vi.setConfig({ testTimeout: 30_000 });

  async function scene() {
    const t = convexTestApp({ transactionLimits: true });
    const ids = await t.run(async (ctx) => {
      const workspace = { slug: "a", name: "A", plan: "spark" as const, createdAt: 0 };
      const workspaceId = await ctx.db.insert("workspaces", workspace);
      const brandId = await ctx.db.insert("brands", {
        workspaceId,
        slug: "a",
        name: "A",
        widgetId: "ws_1",
        primaryColor: "#123456",
        welcomeMessage: "",
        position: "br",
        allowedOrigins: [],
        createdAt: 0,
      });
      const of = { workspaceId, brandId };
      return { ...of, visitorId: await ctx.db.insert("visitors", { ...of, firstSeenAt: 0, lastSeenAt: 0 }) };
    });
    const fold = async () => {
      await t.mutation(internal.analytics.fold, {});
      await t.finishAllScheduledFunctions(vi.runAllTimers);
    };
    const sums = async () => {
      const rows = await t.run((ctx) => ctx.db.query("metricDays").collect());
      const found: Record<string, number> = {};
      for (const { cells } of rows) {
        for (const { metric, count } of cells) found[metric] = (found[metric] ?? 0) + count;
      }
      return found;
    };
    return { t, ids, fold, sums };
  }

  type Scene = Awaited<ReturnType<typeof scene>>;
  const sample = ({ t, ids: { workspaceId, brandId } }: Scene, buckets: number[]) =>
    t.run(async (ctx) => {
      const of = { workspaceId, brandId, channel: "web_chat" as const, metric: "answered" as const };
      for (const bucket of buckets) await ctx.db.insert("metricSamples", { ...of, at: NOON, bucket });
    });

  it("are summed once each, over several runs and several rows of a day", async () => {
    const all = await scene();
    const many = Array.from({ length: 600 }, (_, n) => n % 100);
    await sample(all, many);
    vi.setSystemTime(NOON + 10 * MINUTE);
    await all.fold();
    await all.fold();
    expect(await all.sums()).toEqual({ answered: 600 });
    expect(await all.t.run((ctx) => ctx.db.query("metricSamples").first())).toBeNull();
    expect(await all.t.run((ctx) => ctx.db.query("metricDays").collect())).toHaveLength(1);

    await all.t.run(async (ctx) => {
      const row = await ctx.db.query("metricDays").first();
      const full = Array.from({ length: 4_000 }, (_, bucket) => ({
        slot: 1,
        metric: "resolved" as const,
        bucket,
        count: 1,
      }));
      if (row !== null) await ctx.db.patch("metricDays", row._id, { cells: full });
    });
    await sample(all, [1]);
    vi.setSystemTime(NOON + 20 * MINUTE);
    await all.fold();
    expect(await all.sums()).toEqual({ resolved: 4_000, answered: 1 });
    expect(await all.t.run((ctx) => ctx.db.query("metricDays").collect())).toHaveLength(2);
  });

  it("wait until no change can add beside them", async () => {
    const all = await scene();
    await sample(all, [1]);
    await all.t.mutation(internal.analytics.fold, {});
    expect(await all.sums()).toEqual({});
  });

  it("of older conversations come from what these hold, once, whatever happens to them meanwhile", async () => {
    const all = await scene();
    const { t, ids, fold, sums } = all;
    const add = async (status: "open" | "resolved", answeredAfter: number | null) => {
      const conversationId = await t.run((ctx) =>
        ctx.db.insert("conversations", {
          ...ids,
          channel: "web_chat",
          status,
          statusChangedAt: status === "resolved" ? NOON : undefined,
          visitor: {},
          lastMessage: null,
          lastMessageAt: 0,
          sequence: 2,
          visitorSequence: 1,
          createdAt: NOON - 60 * MINUTE,
          updatedAt: 0,
        }),
      );
      const message = { ...ids, conversationId, channel: "web_chat" as const, internal: false, body: "x" };
      const { visitorId, ...of } = message;
      const asked = {
        ...of,
        senderVisitorId: visitorId,
        role: "visitor" as const,
        sequence: 1,
        createdAt: NOON,
      };
      await t.run((ctx) => ctx.db.insert("messages", asked));
      if (answeredAfter !== null) {
        const answer = { ...of, role: "operator" as const, sequence: 2, createdAt: NOON + answeredAfter };
        await t.run((ctx) => ctx.db.insert("messages", answer));
      }
      return conversationId;
    };
    for (let n = 0; n < 60; n++)
      await add(n % 2 === 0 ? "open" : "resolved", n % 3 === 0 ? 4 * MINUTE : null);
    vi.setSystemTime(NOON + 10 * MINUTE);
    await fold();
    vi.setSystemTime(NOON + 20 * MINUTE);
    await fold();
    expect(await sums()).toEqual({ started: 60, answeredByProgram: 20, resolved: 30 });
    const cells = (await t.run((ctx) => ctx.db.query("metricDays").collect())).flatMap(
      (row: Doc<"metricDays">) => row.cells,
    );
    const buckets = cells.filter(({ metric }) => metric === "answeredByProgram").map(({ bucket }) => bucket);
    expect(new Set(buckets)).toEqual(new Set([20])); // 4 minutes: two doublings of a minute
  });
});
