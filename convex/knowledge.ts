/** What Atlas knows, per brand: articles, pasted text and files. Owners and admins change it; the team reads it. */
import { v } from "convex/values";
import { KNOWLEDGE_TEXT_MAX, KNOWLEDGE_TITLE_MAX } from "../lib/limits";
import { checkName } from "../lib/validation";
import { checkLink } from "../lib/widget-settings";
import { internal } from "./_generated/api";
import { refusal, valid } from "./errors";
import { internalMutation, internalQuery, operatorMutation, operatorQuery } from "./functions";
import { requireAtlasManager } from "./model/atlasSettings";
import { recordAudit } from "./model/audit";
import { requireBrand } from "./model/brands";
import { wantedEmbedding } from "./model/embeddings";
import * as knowledge from "./model/knowledge";
import { knowledgeRow } from "./validators/atlas";

const checkTitle = (title: string): string => {
  const checked = valid("title", checkName(title, "title"));
  if (checked.length > KNOWLEDGE_TITLE_MAX) {
    throw refusal("VALIDATION", `The title is too long: at most ${KNOWLEDGE_TITLE_MAX} characters.`, {
      field: "title",
    });
  }
  return checked;
};

const checkText = (text: string): string => {
  if (text.trim() === "") throw refusal("VALIDATION", "Write some text first.", { field: "text" });
  if (text.length > KNOWLEDGE_TEXT_MAX) {
    const most = KNOWLEDGE_TEXT_MAX.toLocaleString("en-US");
    throw refusal("VALIDATION", `The text is too long: at most ${most} characters. Divide it.`, {
      field: "text",
    });
  }
  return text;
};

const checkUrl = (url: string | undefined) => (url === undefined ? undefined : valid("url", checkLink(url)));

/** The brand's sources, newest change first; none of another brand. */
export const list = operatorQuery({
  args: { brandId: v.string() },
  returns: v.array(knowledgeRow),
  handler: async (ctx, { brandId }) => {
    const brand = await requireBrand(ctx.db, ctx.operator, brandId);
    const wanted = await wantedEmbedding(ctx.db, brand.workspaceId);
    const sources = await knowledge.listSources(ctx.db, brand._id);
    return sources.map((source) => knowledge.toKnowledgeRow(source, wanted));
  },
});

/** One source with its text; null for a foreign, malformed or unknown id. */
export const get = operatorQuery({
  args: { sourceId: v.string() },
  returns: v.union(v.object({ ...knowledgeRow.fields, text: v.union(v.string(), v.null()) }), v.null()),
  handler: async (ctx, { sourceId }) => {
    const source = await knowledge.findSource(ctx.db, ctx.operator, sourceId);
    if (source === null) return null;
    const wanted = await wantedEmbedding(ctx.db, source.workspaceId);
    const text = await knowledge.textOf(ctx.db, source._id);
    return { ...knowledge.toKnowledgeRow(source, wanted), text };
  },
});

/** A new article (markdown) or pasted text. Indexed in the background. */
export const create = operatorMutation({
  args: {
    brandId: v.string(),
    kind: v.union(v.literal("article"), v.literal("text")),
    title: v.string(),
    text: v.string(),
    url: v.optional(v.string()), // where visitors can read it
  },
  returns: v.object({ sourceId: v.id("knowledgeSources") }),
  handler: async (ctx, { brandId, kind, title, text, url }) => {
    requireAtlasManager(ctx.operator);
    const brand = await requireBrand(ctx.db, ctx.operator, brandId);
    const source = {
      kind,
      title: checkTitle(title),
      url: checkUrl(url),
      content: { text: checkText(text) },
    };
    const now = Date.now();
    const sourceId = await knowledge.insertSource(ctx, brand, source, now);
    const entry = { action: "knowledge.created" as const, target: source.title, brandId: brand._id };
    await recordAudit(ctx, ctx.operator, entry, now);
    return { sourceId };
  },
});

/** Where to upload a file that is to become a source; `addFile` then says what it is. */
export const generateUploadUrl = operatorMutation({
  args: {},
  returns: v.string(),
  handler: async (ctx) => {
    requireAtlasManager(ctx.operator);
    return await ctx.storage.generateUploadUrl();
  },
});

/** A file of txt, md, html or pdf, uploaded before, as a source. Its text is read in the background. */
export const addFile = operatorMutation({
  args: {
    brandId: v.string(),
    storageId: v.id("_storage"),
    fileName: v.string(),
    url: v.optional(v.string()),
  },
  returns: v.object({ sourceId: v.id("knowledgeSources") }),
  handler: async (ctx, { brandId, storageId, fileName, url }) => {
    requireAtlasManager(ctx.operator);
    const brand = await requireBrand(ctx.db, ctx.operator, brandId);
    const title = checkTitle(fileName);
    if (!/\.(txt|md|markdown|html?|pdf)$/i.test(title)) {
      throw refusal("VALIDATION", "Choose a file of the type txt, md, html or pdf.", { field: "fileName" });
    }
    const source = {
      kind: "file" as const,
      title: title.replace(/\.\w+$/, "") || title,
      url: checkUrl(url),
      content: { storageId, fileName: title },
    };
    const now = Date.now();
    const sourceId = await knowledge.insertSource(ctx, brand, source, now);
    const entry = { action: "knowledge.created" as const, target: title, brandId: brand._id };
    await recordAudit(ctx, ctx.operator, entry, now);
    return { sourceId };
  },
});

/** Changes what is given, and indexes anew; until that is done, answers quote what was there before. */
export const update = operatorMutation({
  args: {
    sourceId: v.string(),
    title: v.optional(v.string()),
    text: v.optional(v.string()),
    url: v.optional(v.union(v.string(), v.null())), // null: none
  },
  returns: v.null(),
  handler: async (ctx, { sourceId, title, text, url }) => {
    requireAtlasManager(ctx.operator);
    const source = await knowledge.requireSource(ctx.db, ctx.operator, sourceId);
    if (text !== undefined && source.kind === "file") {
      throw refusal("VALIDATION", "The text of a file comes from the file. Upload it anew.", {
        field: "text",
      });
    }
    const now = Date.now();
    const change = {
      ...(title === undefined ? {} : { title: checkTitle(title) }),
      ...(text === undefined ? {} : { text: checkText(text) }),
      ...(url === undefined ? {} : { url: checkUrl(url ?? undefined) }),
    };
    await knowledge.updateSource(ctx, source, change, now);
    const entry = { action: "knowledge.updated" as const, target: source.title, brandId: source.brandId };
    await recordAudit(ctx, ctx.operator, entry, now);
    return null;
  },
});

/** Deletes a source: from now on no answer quotes it. */
export const remove = operatorMutation({
  args: { sourceId: v.string() },
  returns: v.null(),
  handler: async (ctx, { sourceId }) => {
    requireAtlasManager(ctx.operator);
    const source = await knowledge.requireSource(ctx.db, ctx.operator, sourceId);
    await knowledge.removeSource(ctx, source);
    const entry = { action: "knowledge.removed" as const, target: source.title, brandId: source.brandId };
    await recordAudit(ctx, ctx.operator, entry, Date.now());
    return null;
  },
});

/** Tries again, now, what failed: to read the source, or to make its vectors. */
export const retry = operatorMutation({
  args: { sourceId: v.string() },
  returns: v.null(),
  handler: async (ctx, { sourceId }) => {
    requireAtlasManager(ctx.operator);
    const source = await knowledge.requireSource(ctx.db, ctx.operator, sourceId);
    await knowledge.retry(ctx, source, Date.now());
    return null;
  },
});

/** Begins the indexing of a source: what it needs, and the version that it makes. Null when the source is gone. */
export const claim = internalMutation({
  args: { sourceId: v.id("knowledgeSources") },
  returns: v.union(
    v.object({
      brandId: v.id("brands"),
      title: v.string(),
      version: v.number(),
      text: v.union(v.string(), v.null()),
      storageId: v.union(v.id("_storage"), v.null()),
      fileName: v.union(v.string(), v.null()),
    }),
    v.null(),
  ),
  handler: async (ctx, { sourceId }) => {
    const claimed = await knowledge.claimIndexing(ctx, sourceId, Date.now());
    if (claimed === null) return null;
    const { brandId, title, storageId = null, fileName = null } = claimed.source;
    const text = await knowledge.textOf(ctx.db, sourceId);
    return { brandId, title, version: claimed.version, text, storageId, fileName };
  },
});

/** What was read from a source's file. */
export const storeText = internalMutation({
  args: { sourceId: v.id("knowledgeSources"), text: v.string() },
  returns: v.null(),
  handler: async (ctx, { sourceId, text }) => {
    const source = await ctx.db.get("knowledgeSources", sourceId);
    if (source === null) return null;
    await knowledge.setText(ctx, source, text);
    await ctx.db.patch("knowledgeSources", sourceId, { characters: text.length });
    return null;
  },
});

const newChunk = v.object({
  ordinal: v.number(),
  heading: v.string(),
  text: v.string(),
  embedding: v.optional(v.array(v.float64())),
});

/** Adds passages of a version that is not in use yet; false when the source is being indexed anew by now. */
export const insertChunks = internalMutation({
  args: { sourceId: v.id("knowledgeSources"), version: v.number(), chunks: v.array(newChunk) },
  returns: v.boolean(),
  handler: async (ctx, { sourceId, version, chunks }) => {
    const source = await knowledge.findClaimed(ctx.db, sourceId, version);
    if (source === null) return false;
    await knowledge.insertChunks(ctx, source, version, chunks);
    return true;
  },
});

/** Puts a version in use. */
export const publish = internalMutation({
  args: {
    sourceId: v.id("knowledgeSources"),
    version: v.number(),
    chunkCount: v.number(),
    embedding: v.union(v.string(), v.null()), // whose vectors the passages have
    error: v.union(v.string(), v.null()), // why they have none
  },
  returns: v.null(),
  handler: async (ctx, { sourceId, ...made }) => {
    const source = await knowledge.findClaimed(ctx.db, sourceId, made.version);
    if (source !== null) await knowledge.publish(ctx, source, made, Date.now());
    return null;
  },
});

/** Says why a source could not be read; answers go on quoting what was there before. */
export const failIndexing = internalMutation({
  args: { sourceId: v.id("knowledgeSources"), version: v.number(), error: v.string() },
  returns: v.null(),
  handler: async (ctx, { sourceId, version, error }) => {
    const source = await knowledge.findClaimed(ctx.db, sourceId, version);
    if (source !== null) await ctx.db.patch("knowledgeSources", sourceId, { status: "failed", error });
    return null;
  },
});

/** Begins anew where indexing was cut off with its process. */
export const sweep = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    const more = await knowledge.sweepIndexing(ctx, Date.now());
    if (more) await ctx.scheduler.runAfter(0, internal.knowledge.sweep, {});
    return null;
  },
});

export const purgeChunks = internalMutation({
  args: { sourceId: v.id("knowledgeSources") },
  returns: v.null(),
  handler: async (ctx, args) => {
    const more = await knowledge.purgeChunks(ctx, args.sourceId);
    if (more) await ctx.scheduler.runAfter(0, internal.knowledge.purgeChunks, args);
    return null;
  },
});

const found = v.object({
  chunkId: v.id("knowledgeChunks"),
  sourceId: v.id("knowledgeSources"),
  title: v.string(),
  url: v.union(v.string(), v.null()),
  heading: v.string(),
  text: v.string(),
  embedding: v.union(v.string(), v.null()), // whose vectors its source has
});

/** Passages of the brand that share words with the query, and those of the ids that it may quote. */
export const search = internalQuery({
  args: { brandId: v.id("brands"), query: v.string(), alike: v.array(v.id("knowledgeChunks")) },
  returns: v.array(found),
  handler: async (ctx, { brandId, query, alike }) => {
    const byWords = await knowledge.searchWords(ctx.db, brandId, query);
    const chunks = await Promise.all(alike.map((id) => ctx.db.get("knowledgeChunks", id)));
    const byMeaning = await knowledge.inUse(
      ctx.db,
      brandId,
      chunks.flatMap((chunk) => chunk ?? []),
    );
    const known = new Set(byWords.map(({ chunkId }) => chunkId));
    return [...byWords, ...byMeaning.filter(({ chunkId }) => !known.has(chunkId))];
  },
});
