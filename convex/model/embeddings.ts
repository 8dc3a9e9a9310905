/**
 * Vectors of what Atlas knows. They are made beside passages that are in use already and found by their words: an endpoint
 * that fails costs a source its vectors for a while, and nothing else.
 */
import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import type { KnowledgeRow } from "../validators/atlas";
import { embeddingOf, findModel } from "./atlasSettings";

type Source = Doc<"knowledgeSources">;
type State = Pick<Source, "embedding" | "embedRun" | "embedTries" | "embedDueAt" | "embedError">;

const MINUTE = 60_000;
/** From a try that failed to the next: in the order of tries. After the last, it is for people to try again. */
const RETRY_MS = [1, 5, 30, 2 * 60, 12 * 60].map((minutes) => minutes * MINUTE);
/** An action has ten minutes: a try that has not ended after these was cut off. */
const TRY_MAX_MS = 15 * MINUTE;
/** Sources whose vectors are begun at once: each asks the workspace's endpoint. */
const TRIES_AT_ONCE = 5;
/** Sources that one run looks at. */
const PAGE = 100;

/** The vectors that the workspace wants for all of its sources, as `embeddingOf` names them; null: none. */
export async function wantedEmbedding(
  db: DatabaseReader,
  workspaceId: Id<"workspaces">,
): Promise<string | null> {
  const model = await findModel(db, workspaceId);
  return model === null ? null : embeddingOf(model);
}

/** What a list says of a source that is found by its words alone though the workspace wants vectors; null: it is not so. */
export function textOnlyOf(source: Source, wanted: string | null): KnowledgeRow["textOnly"] {
  if (wanted === null || source.embedding === wanted || source.status !== "indexed") return null;
  const { embedError: reason = null, embedDueAt = null } = source;
  return { reason, retryAt: reason === null ? null : embedDueAt };
}

/** What becomes of the vectors of a source whose passages come into use, with those of `made`. */
export function embeddingFrom(
  made: { embedding: string | null; error: string | null },
  wanted: string | null,
  now: number,
): State {
  if (wanted === null || made.embedding === wanted)
    return { ...NOTHING_DUE, embedding: made.embedding ?? undefined };
  // Without an error, the model was set while the source was read.
  return made.error === null ? due(now) : failed(made.error, 1, now);
}

const NOTHING_DUE = { embedTries: undefined, embedDueAt: undefined, embedError: undefined } satisfies State;

const due = (now: number): State => ({ ...NOTHING_DUE, embedding: undefined, embedDueAt: now });

function failed(error: string, tries: number, now: number): State {
  const delay = RETRY_MS[tries - 1];
  const embedDueAt = delay === undefined ? undefined : now + delay;
  return { embedding: undefined, embedTries: tries, embedDueAt, embedError: error };
}

/** Has vectors made for the source, soon and with all tries; nothing where they are there, or on their way. */
export async function requestEmbedding(ctx: MutationCtx, source: Source, now: number): Promise<void> {
  const wanted = await wantedEmbedding(ctx.db, source.workspaceId);
  if (wanted === null || source.embedding === wanted) return;
  if (source.embedDueAt !== undefined && source.embedError === undefined) return;
  await ctx.db.patch("knowledgeSources", source._id, due(now));
  await ctx.scheduler.runAfter(0, internal.embeddings.sweep, {});
}

/**
 * Has vectors of the workspace's embedding model made for a page of its sources that lack them. Gives the cursor to go on
 * with; null at the end.
 */
export async function requestPage(
  ctx: MutationCtx,
  workspaceId: Id<"workspaces">,
  cursor: string | null,
  now: number,
): Promise<string | null> {
  const wanted = await wantedEmbedding(ctx.db, workspaceId);
  if (wanted === null) return null;
  const sources = await ctx.db
    .query("knowledgeSources")
    .withIndex("by_workspace_and_created_at", (q) => q.eq("workspaceId", workspaceId))
    .paginate({ cursor, numItems: PAGE });
  for (const { _id, embedding, version } of sources.page) {
    // What has no passages yet gets its vectors with them.
    if (version > 0 && embedding !== wanted) await ctx.db.patch("knowledgeSources", _id, due(now));
  }
  return sources.isDone ? null : sources.continueCursor;
}

/** Begins the tries that are due, and anew those that were cut off; true when there may be more. */
export async function sweepEmbedding(ctx: MutationCtx, now: number): Promise<boolean> {
  const sources = await ctx.db
    .query("knowledgeSources")
    .withIndex("by_embed_due_at", (q) => q.gt("embedDueAt", 0).lte("embedDueAt", now))
    .take(TRIES_AT_ONCE);
  for (const { _id: sourceId, embedRun = 0, embedTries = 0 } of sources) {
    const begun = { embedding: undefined, embedRun: embedRun + 1, embedTries: embedTries + 1 };
    const lease = { embedDueAt: now + TRY_MAX_MS, embedError: undefined };
    await ctx.db.patch("knowledgeSources", sourceId, { ...begun, ...lease });
    await ctx.scheduler.runAfter(0, internal.atlasRunner.embedSource, { sourceId, run: begun.embedRun });
  }
  return sources.length === TRIES_AT_ONCE;
}

/** The source while this try is the newest, and what it began with is in use; null otherwise. */
export async function findEmbedding(
  db: DatabaseReader,
  { sourceId, run, version }: { sourceId: Id<"knowledgeSources">; run: number; version?: number },
): Promise<Source | null> {
  const source = await db.get("knowledgeSources", sourceId);
  if (source?.embedRun !== run) return null;
  return version === undefined || source.version === version ? source : null;
}

/** Passages of a version behind the one of an ordinal, in order. */
export async function pageOfChunks(
  db: DatabaseReader,
  of: { sourceId: Id<"knowledgeSources">; version: number; after: number; count: number },
): Promise<{ chunkId: Id<"knowledgeChunks">; ordinal: number; words: string }[]> {
  const chunks = await db
    .query("knowledgeChunks")
    .withIndex("by_source_and_version", (q) =>
      q.eq("sourceId", of.sourceId).eq("version", of.version).gt("ordinal", of.after),
    )
    .take(of.count);
  return chunks.map(({ _id: chunkId, ordinal, words }) => ({ chunkId, ordinal, words }));
}

/** Ends a try: its vectors are in use from now on, or it is tried again. */
export async function endEmbedding(
  ctx: MutationCtx,
  { _id, embedTries = 1 }: Source,
  made: { embedding: string | null; error: string | null },
  now: number,
): Promise<void> {
  const state =
    made.error === null
      ? { ...NOTHING_DUE, embedding: made.embedding ?? undefined }
      : failed(made.error, embedTries, now);
  await ctx.db.patch("knowledgeSources", _id, state);
}
