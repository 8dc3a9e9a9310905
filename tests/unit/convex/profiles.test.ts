import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { api } from "../../../convex/_generated/api";
import { convexTestApp } from "../../helpers/convex-test";

const visitorKey = `v_${"0".repeat(64)}`;
const widgetId = "ws_0011223344556677";

describe("a visitor's profile", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it("is renewed in all conversations, also in more than one run takes", async () => {
    const t = convexTestApp();
    await t.run(async (ctx) => {
      const workspaceId = await ctx.db.insert("workspaces", {
        slug: "a",
        name: "A",
        plan: "spark",
        createdAt: 0,
      });
      await ctx.db.insert("brands", {
        workspaceId,
        slug: "main",
        name: "A",
        widgetId,
        primaryColor: "#000000",
        welcomeMessage: "Hi",
        position: "br",
        allowedOrigins: [],
        createdAt: 0,
      });
    });
    const identify = (name?: string) =>
      t.mutation(api.visitors.identifyAndStartConversation, { widgetId, visitorKey, name });
    const { conversationId } = await identify();
    await t.run(async (ctx) => {
      const conversation = await ctx.db.get("conversations", conversationId);
      const { _id, _creationTime, ...copy } = conversation!;
      for (let n = 1; n < 250; n++) await ctx.db.insert("conversations", copy);
    });
    const before = Date.now();
    vi.setSystemTime(before + 1000);

    await identify("Maya");
    await t.finishAllScheduledFunctions(vi.runAllTimers);
    const rows = await t.run((ctx) => ctx.db.query("conversations").collect());
    expect(rows).toHaveLength(250);
    expect(new Set(rows.map(({ visitor }) => visitor.name))).toEqual(new Set(["Maya"]));
    expect(Math.min(...rows.map(({ updatedAt }) => updatedAt))).toBeGreaterThan(before);
  });
});
