// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { internal } from "../../../convex/_generated/api";
import { DEMO_QUESTIONS } from "../../../convex/logic/demoKnowledge";
import { chatsOfDay, chatsOfNow } from "../../../convex/logic/demoStory";
import { DEMO_TEAM } from "../../../convex/model/demo";
import { ENVIRONMENT } from "../../contract/backend/backend";
import { convexTestApp } from "../../helpers/convex-test";

// A password's hash alone is a third of a second of a free processor.
vi.setConfig({ testTimeout: 30_000 });

const MONDAY = { weekday: 1, team: 4 };

describe("the demo's stories", () => {
  it("are the same for the same seed and day, and others for others", () => {
    expect(chatsOfDay(7, 3, MONDAY)).toEqual(chatsOfDay(7, 3, MONDAY));
    expect(chatsOfDay(7, 3, MONDAY)).not.toEqual(chatsOfDay(8, 3, MONDAY));
    expect(chatsOfDay(7, 3, MONDAY)).not.toEqual(chatsOfDay(7, 4, MONDAY));
  });

  it("are told in order, by people of the team, and fewer at weekends", () => {
    const week = (weekday: number) =>
      Array.from({ length: 50 }, (_, day) => chatsOfDay(1, day, { weekday, team: 4 })).flat();
    expect(week(0).length).toBeLessThan(week(1).length / 2);
    for (const { lines, operator, brand } of week(1)) {
      expect(lines[0]?.from).toBe("visitor");
      const times = lines.map(({ at }) => at);
      expect(times).toEqual([...times].sort((one, other) => one - other));
      expect([operator < 4, brand < 3]).toEqual([true, true]);
    }
  });

  it("leave people waiting at the moment", () => {
    const chats = chatsOfNow(1, 4);
    expect(chats.filter(({ lines }) => lines.at(-1)?.from === "visitor").length).toBeGreaterThan(3);
    for (const { lines } of chats) for (const { at } of lines) expect(at).toBeLessThan(0);
  });
});

describe("the demo workspace", () => {
  beforeEach(() => {
    Object.assign(process.env, ENVIRONMENT);
    // Nothing that is scheduled runs: the demo's endpoint would be called.
    vi.useFakeTimers({ toFake: ["setTimeout", "Date"] });
  });
  afterEach(() => vi.useRealTimers());

  it("has its history up to now and nothing behind it, and is made once", async () => {
    const t = convexTestApp();
    const args = { password: "correct horse battery", seed: 1, days: 5 };
    await t.action(internal.demo.seed, args);
    const rows = await t.run(async (ctx) => ({
      brands: await ctx.db.query("brands").collect(),
      operators: await ctx.db.query("operators").collect(),
      conversations: await ctx.db.query("conversations").collect(),
      messages: await ctx.db.query("messages").collect(),
      endpoints: await ctx.db.query("webhookSubscriptions").collect(),
      leads: await ctx.db.query("leads").collect(),
      sources: await ctx.db.query("knowledgeSources").collect(),
      runs: await ctx.db.query("atlasRuns").collect(),
      keys: await ctx.db.query("apiKeys").collect(),
      invites: await ctx.db.query("invites").collect(),
      notices: await ctx.db.query("notifications").collect(),
    }));
    expect(rows.brands.map(({ name }) => name)).toEqual(["Kettle Row", "Fjell & Fog", "Lumen Desk"]);
    expect(rows.operators).toHaveLength(DEMO_TEAM);
    expect(rows.endpoints).toHaveLength(1);
    expect(rows.conversations.length).toBeGreaterThan(15);
    expect(rows.conversations.filter((row) => row.waitingSince !== undefined).length).toBeGreaterThan(3);
    expect(new Set(rows.messages.map(({ role }) => role))).toEqual(
      new Set(["visitor", "operator", "internal_note"]),
    );
    // Every screen has something to show.
    expect(new Set(rows.sources.map(({ brandId }) => brandId)).size).toBe(3);
    expect(rows.runs.map(({ question }) => question)).toEqual(DEMO_QUESTIONS.map(({ question }) => question));
    expect(rows.keys.map(({ name }) => name)).toEqual(["CRM sync", "Nightly export"]);
    expect(rows.invites.map(({ name }) => name)).toEqual(["Nina Sand"]);
    expect(rows.notices).toMatchObject([{ kind: "mention", operatorId: rows.operators[0]?._id }]);
    const cared = rows.leads.filter(({ status }) => status !== "new");
    expect(cared.length).toBeGreaterThan(0);
    for (const lead of cared) expect(lead.assignedOperatorId).toBeDefined();
    expect(Math.max(...rows.messages.map(({ createdAt }) => createdAt))).toBeLessThanOrEqual(Date.now());
    await expect(t.action(internal.demo.seed, args)).rejects.toMatchObject({ data: { code: "SETUP_DONE" } });
  });
});
