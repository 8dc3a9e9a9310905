import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { internal } from "../../../convex/_generated/api";
import type { Doc, Id } from "../../../convex/_generated/dataModel";
import type { MutationCtx } from "../../../convex/_generated/server";
import { setStatus, snooze } from "../../../convex/model/conversations";
import { convexTestApp } from "../../helpers/convex-test";

const HOUR = 60 * 60 * 1000;
const NOW = 1_700_000_000_000;

beforeEach(() => vi.useFakeTimers({ now: NOW }));
afterEach(() => vi.useRealTimers());

async function scene() {
  const t = convexTestApp();
  const made = await t.run(async (ctx) => {
    const workspaceId = await ctx.db.insert("workspaces", {
      slug: "a",
      name: "A",
      plan: "spark",
      createdAt: 0,
    });
    const brandId = await ctx.db.insert("brands", {
      workspaceId,
      slug: "a",
      name: "A",
      widgetId: "ws_0",
      primaryColor: "#123456",
      welcomeMessage: "",
      position: "br",
      allowedOrigins: [],
      createdAt: 0,
    });
    const visitor = { workspaceId, brandId, keyHash: "", firstSeenAt: 0, lastSeenAt: 0 };
    return { workspaceId, brandId, visitorId: await ctx.db.insert("visitors", visitor) };
  });
  const conversation = (fields: Partial<Doc<"conversations">> = {}) =>
    t.run((ctx) =>
      ctx.db.insert("conversations", {
        ...made,
        channel: "web_chat",
        status: "open",
        visitor: {},
        lastMessage: null,
        lastMessageAt: 0,
        sequence: 0,
        visitorSequence: 0,
        createdAt: 0,
        updatedAt: 0,
        ...fields,
      }),
    );
  /** Runs a change on the conversation as it is stored. */
  const change = (
    id: Id<"conversations">,
    run: (ctx: MutationCtx, row: Doc<"conversations">) => Promise<void>,
  ) =>
    t.run(async (ctx) => {
      const row = await ctx.db.get("conversations", id);
      if (row !== null) await run(ctx, row);
    });
  const snoozeUntil = (id: Id<"conversations">, until: number) =>
    change(id, (ctx, row) => snooze(ctx, row, until, { operator: null, now: Date.now() }));
  const statusOf = async (id: Id<"conversations">) =>
    (await t.run((ctx) => ctx.db.get("conversations", id)))?.status;
  const pass = async (ms: number) => {
    await vi.advanceTimersByTimeAsync(ms);
    await t.finishInProgressScheduledFunctions();
  };
  const pendingJobs = async () => {
    const jobs = await t.run((ctx) => ctx.db.system.query("_scheduled_functions").collect());
    return jobs.filter(({ state }) => state.kind === "pending").length;
  };
  return { t, conversation, change, snoozeUntil, statusOf, pass, pendingJobs };
}

it("a snoozed conversation opens when its time has come, with an event of nobody's", async () => {
  const { t, conversation, snoozeUntil, statusOf, pass } = await scene();
  const id = await conversation();
  await snoozeUntil(id, NOW + HOUR);
  await pass(HOUR - 1);
  expect(await statusOf(id)).toBe("snoozed");
  await pass(2);
  expect(await statusOf(id)).toBe("open");
  const events = await t.run((ctx) => ctx.db.query("events").collect());
  expect(events.map(({ payload }) => JSON.parse(payload) as unknown).at(-1)).toEqual({
    conversationId: id,
    brandId: expect.any(String) as string,
    previousStatus: "snoozed",
    status: "open",
  });
});

it("snoozing anew, closing or opening ends the time that was set before", async () => {
  const { conversation, change, snoozeUntil, statusOf, pass, pendingJobs } = await scene();
  const [renewed, closed, again] = [await conversation(), await conversation(), await conversation()];
  for (const id of [renewed, closed, again]) await snoozeUntil(id, NOW + HOUR);
  await snoozeUntil(renewed, NOW + 3 * HOUR);
  const now = NOW;
  await change(closed, (ctx, row) => setStatus(ctx, row, "closed", { operator: null, now }));
  await change(again, (ctx, row) => setStatus(ctx, row, "open", { operator: null, now }));
  await change(again, (ctx, row) => setStatus(ctx, row, "snoozed", { operator: null, now }));
  expect(await pendingJobs()).toBe(1);
  await pass(2 * HOUR);
  expect([await statusOf(renewed), await statusOf(closed), await statusOf(again)]).toEqual([
    "snoozed",
    "closed",
    "snoozed",
  ]);
  await pass(2 * HOUR);
  expect(await statusOf(renewed)).toBe("open");
});

it("the sweep opens what has lost its job, in runs of their own, and nothing that sleeps on", async () => {
  const { t, conversation, statusOf, change } = await scene();
  const lost = [];
  for (let n = 0; n < 120; n++) {
    lost.push(await conversation({ status: "snoozed", snoozedUntil: NOW - n }));
  }
  const sleeping = await conversation({ status: "snoozed", snoozedUntil: NOW + HOUR });
  const endless = await conversation({ status: "snoozed" });
  // As an import leaves it: a job of another deployment.
  const jobs = await t.run((ctx) => ctx.scheduler.runAfter(0, internal.snoozing.sweep, {}));
  const imported = await conversation({ status: "snoozed", snoozedUntil: NOW + HOUR, wakeJobId: jobs });
  await t.finishAllScheduledFunctions(vi.runAllTimers);
  for (const id of lost) expect(await statusOf(id)).toBe("open");
  for (const id of [sleeping, endless, imported]) expect(await statusOf(id)).toBe("snoozed");
  await change(imported, (ctx, row) => setStatus(ctx, row, "closed", { operator: null, now: NOW }));
  expect(await statusOf(imported)).toBe("closed");
});
