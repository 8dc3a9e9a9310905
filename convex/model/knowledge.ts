/** What Atlas knows: sources of a brand, cut into passages that answers can quote. */
import { KNOWLEDGE_SOURCES_MAX } from "../../lib/limits";
import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { notFound, refusal } from "../errors";
import { underTitle } from "../logic/atlas/chunking";
import type { Chunk } from "../logic/atlas/chunking";
import type { KnowledgeKind, KnowledgeRow } from "../validators/atlas";
import { findBrand } from "./brands";
import { embeddingFrom, requestEmbedding, textOnlyOf, wantedEmbedding } from "./embeddings";

type Source = Doc<"knowledgeSources">;

/** Rows that one run writes or deletes; a chunk with its vector is some 15 KB. */
const PAGE = 100;
/** An action has ten minutes: one that has not ended after these was cut off. */
const INDEXING_MAX_MS = 15 * 60_000;
/** A source that is cut off so often may be what ends the process. */
const TRIES_MAX = 3;

/** The source of this id if the operator may see its brand; null for a foreign, malformed or unknown id. */
export async function findSource(
  db: DatabaseReader,
  operator: Doc<"operators">,
  sourceId: string,
): Promise<Source | null> {
  const id = db.normalizeId("knowledgeSources", sourceId);
  const source = id === null ? null : await db.get("knowledgeSources", id);
  if (source === null || source.workspaceId !== operator.workspaceId) return null;
  return (await findBrand(db, operator, source.brandId)) === null ? null : source;
}

export async function requireSource(
  db: DatabaseReader,
  operator: Doc<"operators">,
  sourceId: string,
): Promise<Source> {
  const source = await findSource(db, operator, sourceId);
  if (source === null) throw notFound("source");
  return source;
}

/** `wanted`: the vectors that its workspace wants. */
export function toKnowledgeRow(source: Source, wanted: string | null): KnowledgeRow {
  return {
    _id: source._id,
    brandId: source.brandId,
    kind: source.kind,
    title: source.title,
    url: source.url ?? null,
    fileName: source.fileName ?? null,
    status: source.status,
    error: source.error ?? null,
    textOnly: textOnlyOf(source, wanted),
    chunkCount: source.chunkCount,
    characters: source.characters,
    indexedAt: source.indexedAt ?? null,
    createdAt: source.createdAt,
    updatedAt: source.updatedAt,
  };
}

/** The brand's sources, newest change first. */
export async function listSources(db: DatabaseReader, brandId: Id<"brands">): Promise<Source[]> {
  return await db
    .query("knowledgeSources")
    .withIndex("by_brand", (q) => q.eq("brandId", brandId))
    .order("desc")
    .take(KNOWLEDGE_SOURCES_MAX);
}

export type NewSource = {
  kind: KnowledgeKind;
  title: string;
  url?: string;
  content: { text: string } | { storageId: Id<"_storage">; fileName: string };
};

/** Stores a source and has it indexed. */
export async function insertSource(
  ctx: MutationCtx,
  { _id: brandId, workspaceId }: Doc<"brands">,
  { content, ...source }: NewSource,
  now: number,
): Promise<Id<"knowledgeSources">> {
  if ((await listSources(ctx.db, brandId)).length >= KNOWLEDGE_SOURCES_MAX) {
    throw refusal(
      "CONFLICT",
      `A brand has at most ${KNOWLEDGE_SOURCES_MAX} sources. Delete one that is not in use.`,
    );
  }
  const sourceId = await ctx.db.insert("knowledgeSources", {
    workspaceId,
    brandId,
    ...source,
    ...("text" in content ? {} : content),
    ...indexingFrom({ version: 0 }, now),
    version: 0,
    chunkCount: 0,
    characters: "text" in content ? content.text.length : 0,
    createdAt: now,
    updatedAt: now,
  });
  if ("text" in content) await setText(ctx, { _id: sourceId, workspaceId }, content.text);
  await scheduleIndexing(ctx, sourceId);
  return sourceId;
}

async function findText(db: DatabaseReader, sourceId: Id<"knowledgeSources">) {
  return await db
    .query("knowledgeTexts")
    .withIndex("by_source", (q) => q.eq("sourceId", sourceId))
    .unique();
}

/** The source's text as it was written or read from its file; null before that. */
export async function textOf(db: DatabaseReader, sourceId: Id<"knowledgeSources">): Promise<string | null> {
  return (await findText(db, sourceId))?.text ?? null;
}

export async function setText(
  ctx: MutationCtx,
  { _id: sourceId, workspaceId }: Pick<Source, "_id" | "workspaceId">,
  text: string,
): Promise<void> {
  const stored = await findText(ctx.db, sourceId);
  if (stored === null) await ctx.db.insert("knowledgeTexts", { workspaceId, sourceId, text });
  else await ctx.db.patch("knowledgeTexts", stored._id, { text });
}

export async function updateSource(
  ctx: MutationCtx,
  source: Source,
  { text, ...fields }: { title?: string; url?: string | undefined; text?: string },
  now: number,
): Promise<void> {
  const characters = text?.length ?? source.characters;
  const indexing = indexingFrom(source, now);
  await ctx.db.patch("knowledgeSources", source._id, { ...fields, ...indexing, characters, updatedAt: now });
  if (text !== undefined) await setText(ctx, source, text);
  await scheduleIndexing(ctx, source._id);
}

/**
 * What a source whose indexing begins looks like. Each time has a version of its own: what an earlier one left behind
 * never comes into use with it.
 */
function indexingFrom(source: Pick<Source, "version" | "building">, now: number, tries = 1) {
  const building = (source.building ?? source.version) + 1;
  return { status: "indexing" as const, building, indexingAt: now, indexingTries: tries };
}

async function scheduleIndexing(ctx: MutationCtx, sourceId: Id<"knowledgeSources">): Promise<void> {
  await ctx.scheduler.runAfter(0, internal.atlasRunner.index, { sourceId });
}

/** Begins to index the source as it is now, in a new version; null when it is gone. */
export async function claimIndexing(
  ctx: MutationCtx,
  sourceId: Id<"knowledgeSources">,
  now: number,
): Promise<{ source: Source; version: number } | null> {
  const source = await ctx.db.get("knowledgeSources", sourceId);
  if (source === null) return null;
  const indexing = indexingFrom(source, now, source.indexingTries);
  await ctx.db.patch("knowledgeSources", sourceId, indexing);
  return { source, version: indexing.building };
}

/** The source if this version of it is still the one to make; null when its indexing has begun anew, or it is gone. */
export async function findClaimed(
  db: DatabaseReader,
  sourceId: Id<"knowledgeSources">,
  version: number,
): Promise<Source | null> {
  const source = await db.get("knowledgeSources", sourceId);
  return source?.building === version ? source : null;
}

/** Begins anew where indexing was cut off with its process; true when there may be more. */
export async function sweepIndexing(ctx: MutationCtx, now: number): Promise<boolean> {
  const stale = await ctx.db
    .query("knowledgeSources")
    .withIndex("by_status", (q) => q.eq("status", "indexing").lt("indexingAt", now - INDEXING_MAX_MS))
    .take(PAGE);
  for (const source of stale) {
    const { _id, indexingTries: tries = 0 } = source;
    if (tries >= TRIES_MAX) {
      const error = `The server stopped ${TRIES_MAX} times while it read this. Divide it, or save it anew.`;
      await ctx.db.patch("knowledgeSources", _id, { status: "failed", error });
      continue;
    }
    await ctx.db.patch("knowledgeSources", _id, indexingFrom(source, now, tries + 1));
    await scheduleIndexing(ctx, _id);
  }
  return stale.length === PAGE;
}

/** Tries again what failed: to read the source, or to make its vectors. Nothing where neither did. */
export async function retry(ctx: MutationCtx, source: Source, now: number): Promise<void> {
  if (source.status !== "failed") return await requestEmbedding(ctx, source, now);
  await ctx.db.patch("knowledgeSources", source._id, indexingFrom(source, now));
  await scheduleIndexing(ctx, source._id);
}

/** Adds passages of a version that is not in use yet. */
export async function insertChunks(
  ctx: MutationCtx,
  { _id: sourceId, workspaceId, brandId, title }: Source,
  version: number,
  chunks: (Chunk & { ordinal: number; embedding?: number[] })[],
): Promise<void> {
  for (const chunk of chunks) {
    const of = { workspaceId, brandId, sourceId, version };
    await ctx.db.insert("knowledgeChunks", { ...of, ...chunk, ...underTitle(title, chunk) });
  }
}

/** What indexing has made of a source: `embedding`, whose vectors its passages have; `error`, why they have none. */
export type Made = { version: number; chunkCount: number; embedding: string | null; error: string | null };

/** From now on answers quote the passages of this version; those before it are deleted in runs of their own. */
export async function publish(
  ctx: MutationCtx,
  source: Source,
  { version, chunkCount, ...made }: Made,
  now: number,
): Promise<void> {
  const wanted = await wantedEmbedding(ctx.db, source.workspaceId);
  await ctx.db.patch("knowledgeSources", source._id, {
    status: "indexed",
    error: undefined,
    version,
    ...embeddingFrom(made, wanted, now),
    chunkCount,
    indexedAt: now,
  });
  await ctx.scheduler.runAfter(0, internal.knowledge.purgeChunks, { sourceId: source._id });
}

/** Deletes a page of the passages that no answer may quote; true when there may be more. */
export async function purgeChunks(ctx: MutationCtx, sourceId: Id<"knowledgeSources">): Promise<boolean> {
  const source = await ctx.db.get("knowledgeSources", sourceId);
  const old = await ctx.db
    .query("knowledgeChunks")
    .withIndex("by_source_and_version", (q) =>
      source === null ? q.eq("sourceId", sourceId) : q.eq("sourceId", sourceId).lt("version", source.version),
    )
    .take(PAGE);
  for (const { _id } of old) await ctx.db.delete("knowledgeChunks", _id);
  return old.length === PAGE;
}

/** Deletes a source at once; its passages follow in runs of their own, and are quoted no more. */
export async function removeSource(ctx: MutationCtx, source: Source): Promise<void> {
  const text = await findText(ctx.db, source._id);
  if (text !== null) await ctx.db.delete("knowledgeTexts", text._id);
  if (source.storageId !== undefined) await ctx.storage.delete(source.storageId);
  await ctx.db.delete("knowledgeSources", source._id);
  await ctx.scheduler.runAfter(0, internal.knowledge.purgeChunks, { sourceId: source._id });
}

export type Found = {
  chunkId: Id<"knowledgeChunks">;
  sourceId: Id<"knowledgeSources">;
  title: string;
  url: string | null;
  heading: string;
  text: string;
  /** Whose vectors its source has; null: none. */
  embedding: string | null;
};

/** Candidates of one search; a deployment's search looks at the first 16 words of the query. */
const CANDIDATES = 24;

/** Passages of the brand that share words with the question, best first, in the version that is in use. */
export async function searchWords(
  db: DatabaseReader,
  brandId: Id<"brands">,
  query: string,
): Promise<Found[]> {
  const chunks = await db
    .query("knowledgeChunks")
    .withSearchIndex("search_words", (q) => q.search("words", query).eq("brandId", brandId))
    .take(CANDIDATES);
  return await inUse(db, brandId, chunks);
}

/** Those of the passages that answers for the brand may quote. */
export async function inUse(
  db: DatabaseReader,
  brandId: Id<"brands">,
  chunks: Doc<"knowledgeChunks">[],
): Promise<Found[]> {
  const ids = [...new Set(chunks.map(({ sourceId }) => sourceId))];
  const sources = new Map(
    (await Promise.all(ids.map((id) => db.get("knowledgeSources", id)))).flatMap((source) =>
      source === null ? [] : [[source._id, source] as const],
    ),
  );
  return chunks.flatMap((chunk) => {
    const source = sources.get(chunk.sourceId);
    if (source === undefined || source.version !== chunk.version || chunk.brandId !== brandId) return [];
    const { _id: sourceId, title, url = null, embedding = null } = source;
    const { _id: chunkId, heading, text } = chunk;
    return [{ chunkId, sourceId, title, url, heading, text, embedding }];
  });
}
