import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { api, internal } from "../../../convex/_generated/api";
import type { Doc, Id, TableNames } from "../../../convex/_generated/dataModel";
import { readErrorCode } from "../../../lib/errors";
import { RETENTION_PREVIEW_MAX } from "../../../lib/limits";
import { convexTestApp, seedWorkspace } from "../../helpers/convex-test";

const DAY = 24 * 60 * 60 * 1000;
const NOW = Date.UTC(2026, 10, 28, 12);

type App = ReturnType<typeof convexTestApp>;
type Team = Awaited<ReturnType<typeof seedWorkspace>>;
type Past = { status?: Doc<"conversations">["status"]; age: number; visitorId?: Id<"visitors"> };

describe("what a workspace keeps no longer", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.setSystemTime(NOW);
  });
  afterEach(() => vi.useRealTimers());

  async function scene() {
    const t = convexTestApp({ transactionLimits: true });
    return { t, team: await seedWorkspace(t, "acme"), rival: await seedWorkspace(t, "rival") };
  }

  /** A conversation that nobody has changed for `age` days. */
  async function converse(t: App, team: Team, { status = "closed", age, visitorId }: Past) {
    const at = NOW - age * DAY;
    return await t.run(async ({ db }) => {
      const of = { workspaceId: team.workspaceId, brandId: team.brandId };
      const writer =
        visitorId ?? (await db.insert("visitors", { ...of, name: "Maya", firstSeenAt: at, lastSeenAt: at }));
      const conversationId = await db.insert("conversations", {
        ...{ ...of, visitorId: writer, channel: "web_chat" as const, status, visitor: { name: "Maya" } },
        ...{ lastMessage: null, lastMessageAt: at, sequence: 1, visitorSequence: 1 },
        ...{ createdAt: at, updatedAt: at },
      });
      return { conversationId, visitorId: writer };
    });
  }

  async function write(t: App, team: Team, conversationId: Id<"conversations">, count: number) {
    await t.run(async ({ db }) => {
      const of = { workspaceId: team.workspaceId, brandId: team.brandId, conversationId };
      for (let sequence = 1; sequence <= count; sequence++) {
        await db.insert("messages", {
          ...{ ...of, channel: "web_chat" as const, role: "visitor" as const, internal: false },
          ...{ body: "Hello", sequence, createdAt: NOW },
        });
      }
    });
  }

  const all = <Table extends TableNames>(t: App, table: Table): Promise<Doc<Table>[]> =>
    t.run(async ({ db }) => await db.query(table).collect());
  const idsOf = async (t: App, table: TableNames) => (await all(t, table)).map(({ _id }) => _id as string);

  const keep = (t: App, { sessionToken }: Team, conversationDays: number | null, webhookDays = 30) =>
    t.mutation(api.retentionSettings.update, { sessionToken, conversationDays, webhookDays });

  async function night(t: App) {
    await t.mutation(internal.retention.purgeByWorkspace, { cursor: null });
    await t.finishAllScheduledFunctions(vi.runAllTimers);
  }

  it("is nothing until somebody sets it", async () => {
    const { t, team } = await scene();
    await converse(t, team, { age: 4_000 });
    await night(t);
    expect(await all(t, "conversations")).toHaveLength(1);
    await keep(t, team, null, 7);
    await night(t);
    expect(await all(t, "conversations")).toHaveLength(1);
  });

  it("is what is over and was not changed for so long, in this workspace alone", async () => {
    const { t, team, rival } = await scene();
    await keep(t, team, 60);
    const stay = await Promise.all([
      converse(t, team, { age: 59 }),
      converse(t, team, { age: 59, status: "resolved" }),
      converse(t, team, { age: 900, status: "open" }),
      converse(t, team, { age: 900, status: "snoozed" }),
      converse(t, rival, { age: 900 }),
    ]);
    for (const status of ["closed", "resolved"] as const) await converse(t, team, { age: 61, status });
    await night(t);
    expect(await idsOf(t, "conversations")).toEqual(stay.map(({ conversationId }) => conversationId));
    expect(await idsOf(t, "visitors")).toEqual(stay.map(({ visitorId }) => visitorId));
    const logged = (await all(t, "auditLogs")).filter(({ action }) => action === "retention.ran");
    expect(logged).toMatchObject([
      { workspaceId: team.workspaceId, operatorName: "PraxTalk", target: "2 people, 2 conversations" },
    ]);
    expect(logged[0]?.operatorId).toBeUndefined();
    // A night in which nothing went leaves no row.
    await night(t);
    expect(await all(t, "auditLogs")).toHaveLength(2);
    expect((await all(t, "retentionSettings"))[0]?.run).toBeUndefined();
  });

  it("goes with messages, files, notices and read marks, however many; leads stay", async () => {
    const { t, team } = await scene();
    await keep(t, team, 30);
    const { conversationId, visitorId } = await converse(t, team, { age: 31 });
    await write(t, team, conversationId, 120);
    const of = { workspaceId: team.workspaceId, brandId: team.brandId };
    const storageId = await t.run(async ({ db, storage }) => {
      const stored = await storage.store(new Blob(["picture"]));
      const file = { storageId: stored, name: "a.png", type: "image/png", size: 7 };
      const [message] = await db.query("messages").take(1);
      if (message === undefined) throw new Error("There is no message.");
      const sent = { ...of, visitorId, file, messageId: message._id, createdAt: NOW };
      const { storageId: _, ...shown } = file;
      const attachments = [{ uploadId: await db.insert("uploads", sent), ...shown }];
      await db.patch("messages", message._id, { attachments });
      const { workspaceId, operatorId } = team;
      await db.insert("readMarks", { workspaceId, operatorId, conversationId, sequence: 1 });
      await db.insert("notifications", {
        ...{ workspaceId: team.workspaceId, operatorId: team.operatorId, kind: "mention" as const },
        ...{ severity: "info" as const, title: "Maya", createdAt: NOW },
        link: `/app?conversation=${conversationId}`,
      });
      await db.insert("leads", {
        ...{ ...of, conversationId, visitorId, name: "Maya", status: "new" as const },
        ...{ createdBy: team.operatorId, createdAt: NOW, updatedAt: NOW },
      });
      return stored;
    });
    await night(t);
    for (const table of ["conversations", "messages", "uploads", "notifications", "readMarks"] as const) {
      expect(await all(t, table), table).toEqual([]);
    }
    expect(await t.run(({ storage }) => storage.get(storageId))).toBeNull();
    const [lead] = await all(t, "leads");
    expect(lead).toMatchObject({ name: "Maya", visitorId });
    expect(lead?.conversationId).toBeUndefined();
    // A lead is of somebody: they stay with it.
    expect(await idsOf(t, "visitors")).toEqual([visitorId]);
  });

  it("leaves a visitor who has written since, or has another conversation", async () => {
    const { t, team } = await scene();
    await keep(t, team, 30);
    const old = await converse(t, team, { age: 31 });
    const recent = await converse(t, team, { age: 1, visitorId: old.visitorId });
    const back = await converse(t, team, { age: 31 });
    await t.run(({ db }) => db.patch("visitors", back.visitorId, { lastSeenAt: NOW - DAY }));
    await night(t);
    expect(await idsOf(t, "conversations")).toEqual([recent.conversationId]);
    expect(await idsOf(t, "visitors")).toEqual([old.visitorId, back.visitorId]);
  });

  it("is gone from the first page on: who comes back meanwhile begins anew, and nothing half deleted is left", async () => {
    const { t, team } = await scene();
    await keep(t, team, 30);
    vi.setSystemTime(NOW - 40 * DAY);
    const { sessionToken, widgetId } = team;
    const visitor = { widgetId, visitorKey: `v_${"0".repeat(64)}` };
    const begin = () =>
      t.mutation(api.visitors.identifyAndStartConversation, { ...visitor, name: "Maya", message: "Hello" });
    const { conversationId } = await begin();
    const status = { sessionToken, conversationId, status: "closed" as const };
    await t.mutation(api.conversations.setStatus, status);
    await t.mutation(api.conversationTags.addTag, { sessionToken, conversationId, tag: "kettle" });
    await write(t, team, conversationId, 120);
    vi.setSystemTime(NOW);
    await t.mutation(internal.retention.purgeByWorkspace, { cursor: null });
    const [settings] = await all(t, "retentionSettings");
    if (settings === undefined) throw new Error("There are no settings.");
    await t.mutation(internal.retention.eraseConversations, { settingsId: settings._id });
    const left = (await all(t, "messages")).length;
    expect([left > 0, left < 121]).toEqual([true, true]);

    const refused = async (call: Promise<unknown>) => await call.then(() => "accepted", readErrorCode);
    const say = { ...visitor, conversationId, body: "Are you there?" };
    expect(await refused(t.mutation(api.visitors.sendVisitorMessage, say))).toBe("NOT_FOUND");
    expect(await refused(t.mutation(api.conversations.setStatus, { ...status, status: "open" }))).toBe(
      "NOT_FOUND",
    );
    const anew = await begin();
    expect(anew.conversationId).not.toBe(conversationId);
    await t.finishAllScheduledFunctions(vi.runAllTimers);
    expect(await idsOf(t, "conversations")).toEqual([anew.conversationId]);
    expect((await all(t, "messages")).map((each) => each.conversationId)).toEqual([anew.conversationId]);
    for (const table of ["conversationTags", "brandTags"] as const) expect(await all(t, table)).toEqual([]);
    expect(await all(t, "visitors")).toHaveLength(1);
  });

  it("goes on by the next night where the runs of one were lost", async () => {
    const { t, team } = await scene();
    await keep(t, team, 30);
    const { conversationId } = await converse(t, team, { age: 31 });
    await write(t, team, conversationId, 120);
    await t.mutation(internal.retention.purgeByWorkspace, { cursor: null });
    const [settings] = await all(t, "retentionSettings");
    if (settings === undefined) throw new Error("There are no settings.");
    await t.mutation(internal.retention.eraseConversations, { settingsId: settings._id });
    await t.run(async ({ db, scheduler }) => {
      for (const { _id } of await db.system.query("_scheduled_functions").collect())
        await scheduler.cancel(_id);
    });
    expect(await all(t, "messages")).not.toEqual([]);
    await night(t);
    for (const table of ["conversations", "messages", "visitors"] as const) {
      expect(await all(t, table), table).toEqual([]);
    }
  });

  it("leaves what was merged as long as what it was merged into, and takes it along then", async () => {
    const { t, team } = await scene();
    await keep(t, team, 30);
    const target = await converse(t, team, { age: 20, status: "resolved" });
    const { visitorId, conversationId: mergedInto } = target;
    await write(t, team, mergedInto, 60);
    // More than one look at what is over, all of them at its beginning.
    const sources: Id<"conversations">[] = [];
    for (let n = 0; n < 12; n++) {
      const { conversationId } = await converse(t, team, { age: 60, visitorId });
      sources.push(conversationId);
    }
    const gone = await converse(t, team, { age: 31 });
    await t.run(async ({ db }) => {
      for (const id of sources) await db.patch("conversations", id, { mergedInto });
    });
    await night(t);
    expect(await idsOf(t, "conversations")).toEqual([mergedInto, ...sources]);
    expect(await idsOf(t, "visitors")).toEqual([visitorId]);
    expect(gone.visitorId).not.toBe(visitorId);
    vi.setSystemTime(NOW + 11 * DAY);
    await night(t);
    for (const table of ["conversations", "messages", "visitors"] as const) {
      expect(await all(t, table), table).toEqual([]);
    }
    const logged = (await all(t, "auditLogs")).filter(({ action }) => action === "retention.ran");
    expect(logged.at(-1)?.target).toBe("1 person, 13 conversations, 60 messages");
  });

  it("is heard of by a run that is under way", async () => {
    const { t, team } = await scene();
    await keep(t, team, 30);
    for (let n = 0; n < 12; n++) await converse(t, team, { age: 31 });
    await t.mutation(internal.retention.purgeByWorkspace, { cursor: null });
    const [settings] = await all(t, "retentionSettings");
    if (settings === undefined) throw new Error("There are no settings.");
    await t.mutation(internal.retention.eraseConversations, { settingsId: settings._id });
    await keep(t, team, null);
    await t.finishAllScheduledFunctions(vi.runAllTimers);
    expect(await all(t, "conversations")).toHaveLength(2);
    expect((await all(t, "retentionSettings"))[0]?.run).toBeUndefined();
  });

  it("of the webhook log is what has ended, older than set", async () => {
    const { t, team, rival } = await scene();
    await keep(t, team, null, 7);
    const insert = (of: Team, age: number, state: "ended" | "waiting") =>
      t.run(async ({ db }) => {
        const subscriptionId = await db.insert("webhookSubscriptions", {
          ...{ workspaceId: of.workspaceId, url: "https://a.test/", isPrivate: false, events: [] },
          ...{ enabled: true, lane: "fast" as const, secret: { current: "" }, secretPreview: "" },
          ...{ createdBy: of.operatorId, createdAt: 0, updatedAt: 0 },
        });
        return await db.insert("webhookDeliveries", {
          ...{ workspaceId: of.workspaceId, subscriptionId, eventType: "message.created" as const },
          ...{ status: "delivered" as const, state, dueAt: 0, attempts: 1, createdAt: NOW - age * DAY },
        });
      });
    const waiting = await insert(team, 8, "waiting");
    for (let n = 0; n < 50; n++) await insert(team, 8, "ended");
    const stay = [waiting, await insert(team, 6, "ended"), await insert(rival, 8, "ended")];
    await night(t);
    expect(await idsOf(t, "webhookDeliveries")).toEqual(stay);
  });

  it("is told before: how many would go, counted up to a limit", async () => {
    const { t, team } = await scene();
    const ask = (conversationDays: number) =>
      t.query(api.retentionSettings.preview, { sessionToken: team.sessionToken, conversationDays });
    await converse(t, team, { age: 40 });
    await converse(t, team, { age: 50, status: "resolved" });
    await converse(t, team, { age: 50, status: "open" });
    expect(await ask(45)).toEqual({ count: 1, isMore: false });
    expect(await ask(30)).toEqual({ count: 2, isMore: false });
    for (let n = 0; n < RETENTION_PREVIEW_MAX; n++) await converse(t, team, { age: 50 });
    expect(await ask(30)).toEqual({ count: RETENTION_PREVIEW_MAX, isMore: true });
  });

  it("is for owners and admins of all brands to say, in whole days within limits, and is logged once", async () => {
    const { t, team, rival } = await scene();
    const refused = async (call: Promise<unknown>) =>
      readErrorCode(await call.then(String, (error: unknown) => error));
    for (const days of [29, 3_651, 30.5, NaN]) expect(await refused(keep(t, team, days))).toBe("VALIDATION");
    for (const days of [0, 31, 1.5]) expect(await refused(keep(t, team, 30, days))).toBe("VALIDATION");
    await keep(t, team, 90, 14);
    await keep(t, team, 90, 14);
    const { sessionToken } = team;
    expect(await t.query(api.retentionSettings.get, { sessionToken })).toEqual({
      conversationDays: 90,
      webhookDays: 14,
    });
    expect(await t.query(api.retentionSettings.get, { sessionToken: rival.sessionToken })).toEqual({
      conversationDays: null,
      webhookDays: 30,
    });
    expect(await all(t, "auditLogs")).toMatchObject([
      {
        action: "retention.changed",
        target: "conversations 90 days, webhook log 14 days",
        details: "before: for good, 30 days",
      },
    ]);
    for (const change of [
      { role: "agent" as const },
      { role: "admin" as const, brandAccess: [team.brandId] },
    ]) {
      await t.run(({ db }) => db.patch("operators", team.operatorId, change));
      expect(await refused(keep(t, team, 30))).toBe("FORBIDDEN");
      const preview = t.query(api.retentionSettings.preview, { sessionToken, conversationDays: 30 });
      expect(await refused(preview)).toBe("FORBIDDEN");
    }
  });
});
