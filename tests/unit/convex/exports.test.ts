import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { api, internal } from "../../../convex/_generated/api";
import type { Doc, Id } from "../../../convex/_generated/dataModel";
import { sha256Hex } from "../../../convex/logic/tokens";
import schema from "../../../convex/schema";
import { readErrorCode } from "../../../lib/errors";
import { EXPORTS_MAX, EXPORT_DAYS } from "../../../lib/limits";
import { convexTestApp, seedWorkspace } from "../../helpers/convex-test";

const DAY = 24 * 60 * 60 * 1000;
const MINUTE = 60 * 1000;
const NOW = Date.UTC(2026, 10, 28, 12);
/** Stands where a secret does, and nowhere else. */
const SECRET = "hush5ecret";

type App = ReturnType<typeof convexTestApp>;
type Team = Awaited<ReturnType<typeof seedWorkspace>>;
type Document = Record<string, unknown> & {
  conversations: { id: string; messages: { body: string; sequence: number }[] }[];
};

describe("an export", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.setSystemTime(NOW);
  });
  afterEach(() => vi.useRealTimers());

  async function scene() {
    const t = convexTestApp({ transactionLimits: true });
    return { t, team: await seedWorkspace(t, "acme"), rival: await seedWorkspace(t, "rival") };
  }

  const start = (t: App, { sessionToken }: Team) => t.mutation(api.exports.start, { sessionToken });
  const list = (t: App, { sessionToken }: Team) => t.query(api.exports.list, { sessionToken });
  const finish = (t: App) => t.finishAllScheduledFunctions(vi.runAllTimers);
  const codeOf = async (call: Promise<unknown>) =>
    readErrorCode(await call.then(String, (error: unknown) => error));

  /** The parts of the file, one behind the other. */
  async function textOf(t: App, exportId: Id<"exports">): Promise<{ text: string; parts: number }> {
    return await t.run(async ({ db, storage }) => {
      const parts = await db
        .query("exportParts")
        .withIndex("by_export", (q) => q.eq("exportId", exportId))
        .collect();
      const files = await Promise.all(parts.map(({ storageId }) => storage.get(storageId)));
      const texts = await Promise.all(files.map(async (file) => (await file?.text()) ?? ""));
      return { text: texts.join(""), parts: parts.length };
    });
  }

  async function exported(t: App, team: Team): Promise<Document> {
    const exportId = await start(t, team);
    await finish(t);
    return JSON.parse((await textOf(t, exportId)).text) as Document;
  }

  async function converse(t: App, team: Team, messages: string[], createdAt = NOW) {
    return await t.run(async ({ db }) => {
      const of = { workspaceId: team.workspaceId, brandId: team.brandId };
      const seen = { firstSeenAt: createdAt, lastSeenAt: createdAt };
      const visitorId = await db.insert("visitors", { ...of, name: "Maya", keyHash: SECRET, ...seen });
      const conversationId = await db.insert("conversations", {
        ...{ ...of, visitorId, channel: "web_chat" as const, status: "open" as const, visitor: {} },
        ...{ lastMessage: null, lastMessageAt: createdAt, sequence: messages.length, visitorSequence: 1 },
        ...{ tags: ["vip"], createdAt, updatedAt: createdAt },
      });
      for (const [index, body] of messages.entries()) {
        await db.insert("messages", {
          ...{ ...of, conversationId, channel: "web_chat" as const, role: "visitor" as const },
          ...{ internal: false, body, sequence: index + 1, createdAt },
        });
      }
      return { conversationId, visitorId };
    });
  }

  it("of an empty workspace is a whole document", async () => {
    const { t, team } = await scene();
    const document = await exported(t, team);
    expect(document).toMatchObject({
      format: "praxtalk-export",
      version: 1,
      exportedAt: NOW,
      workspace: { id: team.workspaceId, name: "acme" },
      brands: [{ id: team.brandId, name: "acme", identityMode: "off", widget: { sound: true } }],
      operators: [{ name: "Ada", role: "owner", brands: "all" }],
      conversations: [],
      auditLog: [{ action: "workspace.exported" }],
    });
    expect(await list(t, team)).toMatchObject([
      { state: "ready", finishedAt: NOW, expiresAt: NOW + EXPORT_DAYS * DAY },
    ]);
  });

  it("has each conversation once with its messages in order, over many pieces and parts", async () => {
    const { t, team, rival } = await scene();
    const long = "\u4e00".repeat(9_000);
    const talks = [["a"], [], Array.from({ length: 250 }, (_, n) => `${n} ${long}`), ["b", "c"]];
    for (let n = 0; n < 120; n++) talks.push([`${n}`]);
    talks.push(Array.from({ length: 300 }, (_, n) => `${n} ${long}`));
    // Many of the same time: the place among them is kept too.
    for (const talk of talks) await converse(t, team, talk);
    await converse(t, rival, ["not ours"]);
    const exportId = await start(t, team);
    await finish(t);
    const { text, parts } = await textOf(t, exportId);
    expect(parts).toBeGreaterThan(1);
    const { conversations, visitors } = JSON.parse(text) as Document;
    expect(conversations.map(({ messages }) => messages.map(({ body }) => body))).toEqual(talks);
    expect(visitors).toHaveLength(talks.length);
    const messages = talks.flat().length;
    expect(await list(t, team)).toMatchObject([
      {
        counts: { visitors: talks.length, conversations: talks.length, messages, leads: 0 },
        bytes: new TextEncoder().encode(text).length,
      },
    ]);
  });

  /** A row of every table that holds secrets, with SECRET in each of them. */
  async function seedSecrets(t: App, team: Team) {
    const { workspaceId, brandId, operatorId } = team;
    const of = { workspaceId, brandId };
    await converse(t, team, ["Hello"]);
    await t.run(async ({ db }) => {
      await db.patch("operators", operatorId, { passwordHash: SECRET, twoStepSince: NOW });
      await db.insert("twoSteps", { operatorId, secret: SECRET, lastStep: 1, recoveryHashes: [SECRET] });
      await db.insert("brandIdentities", {
        ...{ ...of, mode: "required" as const, secret: { current: SECRET }, secretPreview: SECRET },
      });
      const key = { prefix: SECRET, keyHash: SECRET, scope: "read" as const, createdBy: operatorId };
      await db.insert("apiKeys", { workspaceId, name: "Nightly", ...key, createdAt: NOW });
      await db.insert("sessions", {
        ...{ scope: "agent" as const, operatorId, workspaceId, name: "CRM", prefix: SECRET },
        ...{ access: "read" as const, brands: "all" as const, tokenHash: SECRET, expiresAt: 2 * NOW },
        createdAt: NOW,
      });
      await db.insert("invites", {
        ...{ workspaceId, email: "bo@acme.test", role: "agent" as const, brandAccess: "all" as const },
        ...{ tokenHash: SECRET, invitedBy: operatorId, createdAt: NOW, expiresAt: 2 * NOW },
      });
      await db.insert("webhookSubscriptions", {
        ...{ workspaceId, url: `https://u:${SECRET}@a.test/in?key=${SECRET}#${SECRET}`, isPrivate: false },
        ...{ events: ["lead.created" as const], enabled: true, lane: "fast" as const },
        ...{ secret: { current: SECRET, previous: SECRET }, secretPreview: SECRET },
        ...{ createdBy: operatorId, createdAt: NOW, updatedAt: NOW },
      });
      await db.insert("atlasModels", {
        ...{ workspaceId, protocol: "openai" as const, baseUrl: `https://m.test/v1?key=${SECRET}` },
        ...{ model: "small", sealedApiKey: SECRET, updatedAt: NOW },
      });
      await db.insert("visitorSessions", {
        ...{ ...of, visitorId: (await db.query("visitors").first())?._id as Id<"visitors"> },
        ...{ keyHash: SECRET, expiresAt: 2 * NOW, isOver: false },
      });
    });
  }

  it("says of a merged conversation where its messages are", async () => {
    const { t, team } = await scene();
    const [kept, merged] = [await converse(t, team, ["a", "b"]), await converse(t, team, [], NOW + 1)];
    const { conversationId: mergedInto } = kept;
    await t.run(({ db }) => db.patch("conversations", merged.conversationId, { mergedInto }));
    expect((await exported(t, team)).conversations).toMatchObject([
      { id: mergedInto, messages: [{ body: "a" }, { body: "b" }] },
      { id: merged.conversationId, mergedInto, messages: [] },
    ]);
  });

  it("has no secret, by name or by value", async () => {
    const { t, team } = await scene();
    await seedSecrets(t, team);
    const document = await exported(t, team);
    expect(document).toMatchObject({
      apiKeys: [{ name: "Nightly", scope: "read" }],
      agentTokens: [{ name: "CRM" }],
      invites: [{ email: "bo@acme.test" }],
      webhooks: [{ url: "https://a.test/in" }],
      brands: [{ identityMode: "required" }],
      operators: [{ twoStepSince: NOW }],
      workspace: { atlas: { model: { baseUrl: "https://m.test/v1", model: "small" } } },
    });
    const text = JSON.stringify(document);
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain(team.sessionToken);
    expect(text).not.toContain(await sha256Hex(team.sessionToken));
    const names = new Set<string>();
    JSON.stringify(document, (name, value: unknown) => (names.add(name), value));
    // Lists of their owners' names, and a count; what they name is not in them.
    const harmless = ["apiKeys", "agentTokens", "monthlyTokens"];
    const suspicious = [...names].filter((name) =>
      /hash|secret|token|sealed|password|key|prefix/i.test(name),
    );
    expect(suspicious.sort()).toEqual(harmless.sort());
  });

  it("says of every table whether its rows are in it", () => {
    const written = ["workspaces", "brands", "widgetSettings", "brandIdentities", "atlasBrands", "operators"];
    written.push("invites", "apiKeys", "sessions", "webhookSubscriptions", "savedReplies", "atlasModels");
    written.push("atlasBudgets", "knowledgeSources", "knowledgeTexts", "atlasQuestions", "visitors");
    written.push("conversations", "messages", "uploads", "leads", "leadRemarks", "auditLogs");
    /** Secrets, what one person sees or has begun, what is counted from the rest, what passes within days. */
    const left = [
      "twoSteps",
      "passwordResets",
      "loginChallenges",
      "clerkTokens",
      "sessionUses",
      "agentTokenUses",
      "apiKeyUses",
    ];
    left.push("idempotencyKeys", "visitorSessions", "readMarks", "visitorReads", "typing", "viewers");
    left.push("messageDrafts", "notifications", "operatorPreferences", "dismissedFirstSteps", "erasures");
    left.push(
      "events",
      "webhookHealth",
      "webhookDeliveries",
      "webhookAttempts",
      "webhookLanes",
      "webhookCalls",
    );
    left.push("conversationTags", "brandTags", "conversationMetrics", "metricSamples", "metricDays");
    left.push("metricBackfill", "searchBackfill");
    left.push("atlasUsage", "atlasTurns", "atlasRuns", "atlasStreams", "knowledgeChunks");
    left.push("answerMails", "mailStops");
    left.push("conversationMerges", "widgetSightings", "exports", "exportParts", "retentionSettings");
    expect([...written, ...left].sort()).toEqual(Object.keys(schema.tables).sort());
  });

  it("names files by size and digest, leads with remarks, notes and sources with their text", async () => {
    const { t, team } = await scene();
    const { conversationId } = await converse(t, team, ["Hello"]);
    const { workspaceId, brandId, operatorId } = team;
    const of = { workspaceId, brandId };
    await t.run(async ({ db, storage }) => {
      const storageId = await storage.store(new Blob(["picture"]));
      const file = { storageId, name: "a.png", type: "image/png", size: 7 };
      const uploadId = await db.insert("uploads", { ...of, operatorId, file, createdAt: NOW });
      await db.insert("messages", {
        ...{ ...of, conversationId, channel: "web_chat" as const, role: "internal_note" as const },
        ...{ internal: true, senderOperatorId: operatorId, body: "Look", sequence: 2, createdAt: NOW },
        attachments: [{ uploadId, name: "a.png", type: "image/png", size: 7 }],
      });
      const leadId = await db.insert("leads", {
        ...{ ...of, conversationId, name: "Maya", status: "new" as const, createdBy: operatorId },
        ...{ createdAt: NOW, updatedAt: NOW, removedAt: NOW },
      });
      const remark = { operatorId, operatorName: "Ada", body: "Called", createdAt: NOW };
      await db.insert("leadRemarks", { workspaceId, leadId, ...remark });
      const sourceId = await db.insert("knowledgeSources", {
        ...{ ...of, kind: "text" as const, title: "Returns", status: "indexed" as const, version: 1 },
        ...{ chunkCount: 1, characters: 7, createdAt: NOW, updatedAt: NOW },
      });
      await db.insert("knowledgeTexts", { workspaceId, sourceId, text: "14 days" });
    });
    expect(await exported(t, team)).toMatchObject({
      conversations: [
        {
          id: conversationId,
          tags: ["vip"],
          messages: [
            { body: "Hello" },
            {
              internal: true,
              body: "Look",
              attachments: [
                {
                  ...{ name: "a.png", size: 7, sha256: expect.any(String) as string },
                  url: expect.stringContaining("/widget/files/") as string,
                },
              ],
            },
          ],
        },
      ],
      leads: [{ name: "Maya", removedAt: NOW, remarks: [{ body: "Called", operatorName: "Ada" }] }],
      knowledgeSources: [{ title: "Returns", text: "14 days" }],
    });
  });

  it("goes on where an action has died, and is given up after some tries", async () => {
    const { t, team } = await scene();
    await converse(t, team, ["Hello"]);
    const exportId = await start(t, team);
    const later = async (minutes: number) => {
      vi.setSystemTime(Date.now() + minutes * MINUTE);
      await t.mutation(internal.exports.sweep, {});
    };
    const state = async () => (await list(t, team))[0]?.state;
    await later(14);
    expect((await t.run(({ db }) => db.get("exports", exportId)))?.tries).toBe(0);
    await later(2);
    expect((await t.run(({ db }) => db.get("exports", exportId)))?.tries).toBe(1);
    await finish(t);
    expect(await state()).toBe("ready");

    const hopeless = await start(t, team);
    await t.run(async ({ db }) => {
      await db.patch("exports", hopeless, { place: { section: 99, after: null, inside: null } });
    });
    for (let n = 0; n < 4; n++) await later(16);
    expect(await state()).toBe("running");
    await later(16);
    expect(await state()).toBe("failed");
    await finish(t);
    expect(await state()).toBe("failed");
  });

  it("takes each part once, and nothing that comes after it was removed", async () => {
    const { t, team } = await scene();
    const exportId = await start(t, team);
    const part = async (number: number, next: Doc<"exports">["place"]) => {
      const storageId = await t.run(({ storage }) => storage.store(new Blob(["x"])));
      const counts = { visitors: 0, conversations: 1, messages: 0, leads: 0 };
      await t.mutation(internal.exports.keepPart, { exportId, number, storageId, bytes: 1, next, counts });
    };
    const stored = () => t.run(async ({ db }) => (await db.system.query("_storage").collect()).length);
    const place = { section: 3, after: null, inside: null };
    await part(0, place);
    await part(0, place);
    expect(await list(t, team)).toMatchObject([{ bytes: 1, counts: { conversations: 1 } }]);
    expect(await stored()).toBe(1);
    await t.mutation(api.exports.remove, { sessionToken: team.sessionToken, exportId });
    await part(1, null);
    await finish(t);
    expect(await list(t, team)).toEqual([]);
    expect(await stored()).toBe(0);
    expect(await t.run(({ db }) => db.query("exports").first())).toBeNull();
  });

  it("is deleted with its file when its days are over", async () => {
    const { t, team } = await scene();
    await start(t, team);
    await finish(t);
    vi.setSystemTime(NOW + EXPORT_DAYS * DAY - 1);
    await t.mutation(internal.retention.purge, { what: "exports" });
    expect(await list(t, team)).toHaveLength(1);
    vi.setSystemTime(NOW + EXPORT_DAYS * DAY);
    expect(await list(t, team)).toEqual([]);
    await t.mutation(internal.retention.purge, { what: "exports" });
    await finish(t);
    expect(await t.run(({ db }) => db.query("exportParts").first())).toBeNull();
    expect(await t.run(({ db }) => db.system.query("_storage").first())).toBeNull();
  });

  it("is for the owner who asked for it alone, one at a time, and some at all", async () => {
    const { t, team, rival } = await scene();
    const exportId = await start(t, team);
    expect(await codeOf(start(t, team))).toBe("CONFLICT");
    const { sessionToken } = team;
    expect(await codeOf(t.mutation(api.exports.open, { sessionToken, exportId }))).toBe("CONFLICT");
    await finish(t);
    expect(await t.mutation(api.exports.open, { sessionToken, exportId })).toMatchObject({ parts: 1 });
    expect(await t.query(api.exports.getPartUrl, { sessionToken, exportId, number: 0 })).toMatch(/^http/);
    const beyond = t.query(api.exports.getPartUrl, { sessionToken, exportId, number: 1 });
    expect(await codeOf(beyond)).toBe("NOT_FOUND");

    const colleague = "session of a second owner";
    await t.run(async ({ db }) => {
      const of = { workspaceId: team.workspaceId, createdAt: NOW };
      const operatorId = await db.insert("operators", {
        ...{ ...of, email: "bo@acme.test", name: "Bo", role: "owner" as const, brandAccess: "all" as const },
        passwordHash: "",
      });
      const session = { scope: "session" as const, operatorId, expiresAt: 2 * NOW };
      await db.insert("sessions", { ...of, ...session, tokenHash: await sha256Hex(colleague) });
    });
    for (const token of [colleague, rival.sessionToken]) {
      const own = { sessionToken: token, exportId };
      expect(await codeOf(t.mutation(api.exports.open, own))).toBe("NOT_FOUND");
      expect(await codeOf(t.query(api.exports.getPartUrl, { ...own, number: 0 }))).toBe("NOT_FOUND");
      expect(await codeOf(t.mutation(api.exports.remove, own))).toBe("NOT_FOUND");
      expect(await t.query(api.exports.list, { sessionToken: token })).toEqual([]);
    }
    for (let n = 1; n < EXPORTS_MAX; n++) {
      await start(t, team);
      await finish(t);
    }
    expect(await codeOf(start(t, team))).toBe("CONFLICT");
    const logged = await t.run(({ db }) => db.query("auditLogs").collect());
    expect(logged.filter(({ action }) => action === "workspace.export_downloaded")).toMatchObject([
      { operatorName: "Ada", target: "export of 2026-11-28T12:00:00.000Z" },
    ]);

    await t.run(({ db }) => db.patch("operators", team.operatorId, { role: "admin" }));
    expect(await codeOf(list(t, team))).toBe("FORBIDDEN");
    expect(await codeOf(start(t, team))).toBe("FORBIDDEN");
    expect(await codeOf(t.mutation(api.exports.open, { sessionToken, exportId }))).toBe("FORBIDDEN");
  });
});
