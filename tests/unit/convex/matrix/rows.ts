/** One row of every kind that a brand has, as people leave them. */
import type { TestConvex } from "convex-test";
import { api } from "../../../../convex/_generated/api";
import type { Id } from "../../../../convex/_generated/dataModel";
import { sha256Hex } from "../../../../convex/logic/tokens";
import { personWords } from "../../../../convex/model/searchWords";
import type schema from "../../../../convex/schema";

const DAY = 24 * 60 * 60 * 1000;
const LATER = Date.now() + 300 * DAY;

type App = TestConvex<typeof schema>;
type Ctx = Parameters<Parameters<App["run"]>[0]>[0];

/** The brand, a person of its workspace who wrote all of it, and the word that every text of it holds. */
export type Origin = {
  workspaceId: Id<"workspaces">;
  brandId: Id<"brands">;
  widgetId: string;
  author: { operatorId: Id<"operators">; sessionToken: string };
  mark: string;
};

export async function fillBrand(t: App, origin: Origin) {
  const { conversationId, visitorId } = await startChat(t, origin);
  const ids = await t.run(async (ctx) => {
    const of = { ...origin, conversationId, visitorId };
    return {
      ...(await writeLeads(ctx, of)),
      ...(await writeTeam(ctx, of)),
      ...(await writeKnowledge(ctx, of)),
      ...(await writeDoors(ctx, of)),
      ...(await writeSettings(ctx, of)),
    };
  });
  return { ...origin, conversationId, visitorId, ...ids };
}

async function startChat(t: App, { widgetId, author, mark }: Origin) {
  const { conversationId } = await t.mutation(api.visitors.identifyAndStartConversation, {
    ...{ widgetId, visitorKey: `v_${(await sha256Hex(mark)).slice(0, 64)}`, clientMessageId: mark },
    ...{
      name: `Maya ${mark}`,
      email: `${mark}@example.com`,
      phone: "+442079460958",
      message: `Hello ${mark}`,
    },
  });
  const { sessionToken } = author;
  await t.mutation(api.conversationTags.addTag, { sessionToken, conversationId, tag: mark });
  const visitorId = await t.run(async ({ db }) => {
    const { _id, _creationTime, ...conversation } = (await db.get("conversations", conversationId))!;
    await db.insert("conversations", { ...conversation, status: "closed" }); // they were here before
    return conversation.visitorId;
  });
  return { conversationId, visitorId };
}

type Of = Origin & { conversationId: Id<"conversations">; visitorId: Id<"visitors"> };

async function writeLeads({ db }: Ctx, of: Of) {
  const { workspaceId, brandId, author, conversationId, mark } = of;
  const createdAt = Date.now();
  const lead = (fields: { name: string; conversationId?: Id<"conversations">; removedAt?: number }) =>
    db.insert("leads", {
      ...{
        workspaceId,
        brandId,
        status: "new",
        createdBy: author.operatorId,
        createdAt,
        updatedAt: createdAt,
      },
      ...{ email: `lead-${mark}@example.com`, phone: "+442079460959", ...fields },
      searchWords: personWords(fields),
    });
  const leadId = await lead({ name: `Lead ${mark}`, conversationId });
  const remark = { leadId, operatorId: author.operatorId, operatorName: "Ada", body: `Remark ${mark}` };
  return {
    leadId,
    sameLeadId: await lead({ name: `Lead again ${mark}` }),
    removedLeadId: await lead({ name: `Former lead ${mark}`, removedAt: createdAt }),
    remarkId: await db.insert("leadRemarks", { workspaceId, ...remark, createdAt }),
  };
}

/** A colleague of the brand who looks at the conversation, and what only they have. */
async function writeTeam({ db, storage }: Ctx, { workspaceId, brandId, author, conversationId, mark }: Of) {
  const createdAt = Date.now();
  const brandAccess = [brandId];
  const colleagueId = await db.insert("operators", {
    ...{
      workspaceId,
      email: `colleague-${brandId}@acme.test`,
      name: "Colleague",
      role: "agent",
      brandAccess,
    },
    ...{ passwordHash: "", createdAt },
  });
  const holder = { workspaceId, operatorId: colleagueId };
  await db.insert("viewers", { ...holder, conversationId, name: `Viewer ${mark}`, until: LATER });
  return {
    colleagueId,
    ...(await writeOwn({ db, storage }, holder, mark)),
    inviteId: await db.insert("invites", {
      ...{ workspaceId, email: `invited-${colleagueId}@acme.test`, role: "agent", brandAccess },
      ...{ tokenHash: `invite ${mark}`, invitedBy: author.operatorId, createdAt, expiresAt: LATER },
    }),
    savedReplyId: await db.insert("savedReplies", {
      ...{ workspaceId, brandId, title: `Reply ${mark}`, body: "Hello", createdBy: author.operatorId },
      ...{ createdAt, updatedAt: createdAt },
    }),
  };
}

const AGENT = { scope: "agent", prefix: "pta_", access: "read", brands: "all" } as const;

/** What is one person's alone: a login, an agent token, a notice, an export. `key` makes the hashes unique. */
export async function writeOwn(
  { db, storage }: Pick<Ctx, "db" | "storage">,
  holder: { workspaceId: Id<"workspaces">; operatorId: Id<"operators"> },
  key: string,
) {
  const createdAt = Date.now();
  const session = { ...holder, expiresAt: LATER, createdAt };
  const agent = { ...AGENT, name: `Script ${key}` };
  return {
    sessionId: await db.insert("sessions", { scope: "session", tokenHash: `session ${key}`, ...session }),
    tokenId: await db.insert("sessions", { ...agent, tokenHash: `token ${key}`, ...session }),
    notificationId: await db.insert("notifications", {
      ...{ ...holder, kind: "mention", severity: "info", title: `For ${key}`, createdAt },
    }),
    exportId: await writeExport({ db, storage }, holder),
  };
}

async function writeExport(
  { db, storage }: Pick<Ctx, "db" | "storage">,
  holder: { workspaceId: Id<"workspaces">; operatorId: Id<"operators"> },
) {
  const counts = { visitors: 0, conversations: 0, messages: 0, leads: 0 };
  const exportId = await db.insert("exports", {
    ...{ ...holder, state: "ready", place: null, parts: 1, bytes: 2, counts, tries: 0, leaseUntil: 0 },
    ...{ startedAt: Date.now(), expiresAt: LATER },
  });
  const storageId = await storage.store(new Blob(["{}"]));
  await db.insert("exportParts", { exportId, number: 0, storageId });
  return exportId;
}

async function writeKnowledge({ db, storage }: Ctx, of: Of) {
  const { workspaceId, brandId, conversationId, mark } = of;
  const createdAt = Date.now();
  const brand = { workspaceId, brandId, createdAt };
  const sourceId = await db.insert("knowledgeSources", {
    ...{ ...brand, kind: "article", title: `Source ${mark}`, status: "indexed", version: 1 },
    ...{ chunkCount: 0, characters: 5, updatedAt: createdAt },
  });
  await db.insert("knowledgeTexts", { workspaceId, sourceId, text: `Text ${mark}` });
  return {
    sourceId,
    questionId: await db.insert("atlasQuestions", { ...brand, question: `Question ${mark}` }),
    runId: await db.insert("atlasRuns", {
      ...{ ...brand, conversationId, sequence: 1, question: `Asked ${mark}`, history: [], passages: [] },
      ...{ status: "drafted", answer: `Answer ${mark}`, inputTokens: 0, outputTokens: 0, reservedTokens: 0 },
    }),
    storageId: await storage.store(new Blob([`File ${mark}`])),
  };
}

/** How programs come in and changes go out. */
async function writeDoors({ db }: Ctx, { workspaceId, brandId, author, mark }: Of) {
  const createdAt = Date.now();
  const createdBy = author.operatorId;
  const endpoint = { isPrivate: false, enabled: true, lane: "fast", secretPreview: "whsec_" } as const;
  const subscribe = (fields: { brandId?: Id<"brands">; url: string }) =>
    db.insert("webhookSubscriptions", {
      ...{ workspaceId, ...endpoint, secret: { current: "sealed" }, events: ["lead.created"] },
      ...{ createdBy, createdAt, updatedAt: createdAt, ...fields },
    });
  const key = { workspaceId, prefix: "ptk_live_", scope: "read", createdBy, createdAt } as const;
  const subscriptionId = await subscribe({ brandId, url: `https://hooks.example.com/${mark}` });
  const event = await db
    .query("events")
    .withIndex("by_brand_and_commit_ts", (q) => q.eq("brandId", brandId))
    .first();
  return {
    subscriptionId,
    wholeSubscriptionId: await subscribe({ url: "https://hooks.example.com/all" }),
    deliveryId: await db.insert("webhookDeliveries", {
      ...{ workspaceId, brandId, subscriptionId, eventId: event!._id, eventType: "lead.created", createdAt },
      ...{ status: "failed", state: "ended", dueAt: createdAt, attempts: 6 },
    }),
    keyId: await db.insert("apiKeys", { ...key, brandId, name: `Key ${mark}`, keyHash: `key ${mark}` }),
    wideTokenId: await db.insert("sessions", {
      ...{ ...AGENT, workspaceId, operatorId: createdBy, name: "Of all brands", tokenHash: `wide ${mark}` },
      ...{ expiresAt: LATER, createdAt },
    }),
    wholeKeyId: await db.insert("apiKeys", { ...key, name: "Key of all brands", keyHash: `all ${mark}` }),
  };
}

/** What the brand itself has, and a second brand without anything that would keep it. */
async function writeSettings({ db }: Ctx, { workspaceId, brandId, widgetId, mark }: Of) {
  const createdAt = Date.now();
  await db.patch("brands", brandId, { name: `Brand ${mark}`, welcomeMessage: `Welcome ${mark}` });
  await db.insert("widgetSightings", {
    ...{ workspaceId, brandId, origin: `https://${mark}.example`, seenAt: createdAt },
  });
  await db.insert("metricDays", {
    ...{ workspaceId, brandId, channel: "web_chat", day: Math.floor(createdAt / DAY) },
    cells: [{ slot: 0, metric: "started", bucket: 0, count: 1 }],
  });
  await db.insert("auditLogs", {
    ...{ workspaceId, brandId, operatorName: "Ada", action: "brand.updated", target: mark, createdAt },
  });
  return {
    emptyBrandId: await db.insert("brands", {
      ...{ workspaceId, slug: `empty-${mark}`, name: "Empty", widgetId: `${widgetId}_empty` },
      ...{ primaryColor: "#123456", welcomeMessage: "", position: "br", allowedOrigins: [], createdAt },
    }),
  };
}
