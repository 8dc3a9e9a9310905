/** The transactions behind the vectors of what Atlas knows. Their action is in atlasRunner. */
import { v } from "convex/values";
import { internal } from "./_generated/api";
import { internalMutation, internalQuery } from "./functions";
import * as embeddings from "./model/embeddings";

/** Has vectors made for the workspace's sources that lack those of its embedding model, a page at a time. */
export const requestAll = internalMutation({
  args: { workspaceId: v.id("workspaces"), cursor: v.union(v.string(), v.null()) },
  returns: v.null(),
  handler: async (ctx, { workspaceId, cursor }) => {
    const next = await embeddings.requestPage(ctx, workspaceId, cursor, Date.now());
    await ctx.scheduler.runAfter(0, internal.embeddings.sweep, {});
    if (next !== null) {
      await ctx.scheduler.runAfter(0, internal.embeddings.requestAll, { workspaceId, cursor: next });
    }
    return null;
  },
});

/** Between two turns of `sweep`, ms: what one has begun is mostly done when the next begins. */
const PAUSE = 5_000;

/** Begins the tries at vectors that are due, a few at a time. */
export const sweep = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    const more = await embeddings.sweepEmbedding(ctx, Date.now());
    if (more) await ctx.scheduler.runAfter(PAUSE, internal.embeddings.sweep, {});
    return null;
  },
});

const ofTry = { sourceId: v.id("knowledgeSources"), run: v.number() };

/** Where a try at vectors begins: what it is about; null when another has begun. */
export const load = internalQuery({
  args: ofTry,
  returns: v.union(v.object({ brandId: v.id("brands"), version: v.number() }), v.null()),
  handler: async (ctx, of) => {
    const source = await embeddings.findEmbedding(ctx.db, of);
    return source === null ? null : { brandId: source.brandId, version: source.version };
  },
});

/** The passages behind one, in order, at most `count`. */
export const page = internalQuery({
  args: { ...ofTry, version: v.number(), after: v.number(), count: v.number() },
  returns: v.array(v.object({ chunkId: v.id("knowledgeChunks"), ordinal: v.number(), words: v.string() })),
  handler: async (ctx, { sourceId, version, after, count }) =>
    await embeddings.pageOfChunks(ctx.db, { sourceId, version, after, count }),
});

/** Gives passages their vectors; false when the try is no longer the newest. */
export const store = internalMutation({
  args: {
    ...ofTry,
    version: v.number(),
    vectors: v.array(v.object({ chunkId: v.id("knowledgeChunks"), embedding: v.array(v.float64()) })),
  },
  returns: v.boolean(),
  handler: async (ctx, { vectors, ...of }) => {
    if ((await embeddings.findEmbedding(ctx.db, of)) === null) return false;
    for (const { chunkId, embedding } of vectors)
      await ctx.db.patch("knowledgeChunks", chunkId, { embedding });
    return true;
  },
});

/** Ends a try at vectors: they are in use from now on, or it is tried again. */
export const end = internalMutation({
  args: {
    ...ofTry,
    version: v.number(),
    embedding: v.union(v.string(), v.null()), // whose they are; null: none are wanted any more
    error: v.union(v.string(), v.null()),
  },
  returns: v.null(),
  handler: async (ctx, { embedding: name, error, ...of }) => {
    const source = await embeddings.findEmbedding(ctx.db, of);
    if (source !== null) {
      await embeddings.endEmbedding(ctx, source, { embedding: name, error }, Date.now());
    }
    return null;
  },
});
