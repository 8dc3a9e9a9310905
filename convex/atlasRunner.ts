"use node";

/** The actions of Atlas: they look up, ask the model and read files. What becomes of it is decided by mutations. */
import { v } from "convex/values";
import { KNOWLEDGE_FILE_MAX, KNOWLEDGE_TEXT_MAX } from "../lib/limits";
import { internal } from "./_generated/api";
import type { Id } from "./_generated/dataModel";
import type { ActionCtx } from "./_generated/server";
import { textOfFile } from "./atlasModel/extract";
import { embed, write } from "./atlasModel/model";
import type { ModelAccess } from "./atlasModel/model";
import { internalAction } from "./functions";
import { chunkText, splitSentences, underTitle } from "./logic/atlas/chunking";
import { DECLINED, systemPrompt, toMessages } from "./logic/atlas/prompt";
import { quoteFor } from "./logic/atlas/quote";
import { citationsOf, matchStrengths, sentenceSupport } from "./logic/atlas/strength";
import { open } from "./logic/sealing";
import { allowedModelCidrs } from "./model/atlasModels";
import type { RunResult } from "./model/atlasRuns";
import { runMutation } from "./model/retry";
import { secretKeys } from "./model/secretKeys";
import type { AtlasPassage } from "./validators/atlas";

/** Passages that an answer may draw on. */
const PASSAGES = 5;
/** A weaker one is no match at all. */
const STRENGTH_MIN = 0.25;
/** Vectors that are so alike are about the same thing; below the first, not at all. */
const ALIKE = { none: 0.35, same: 0.75 };
const CHUNKS_PER_WRITE = 40;
/** A visitor waits: a question whose vector takes longer is searched by its words. */
const QUESTION_MS = 5_000;
/** For each batch of passages. */
const VECTORS_MS = 20_000;
const ERROR_MAX = 500;

type Price = { inputPrice: number | null; outputPrice: number | null };
/** `embedding`: whose vectors the endpoint makes, as sources name it; null: none. */
type Access = ModelAccess & Price & { embedding: string | null };

const nothing = {
  answer: null,
  passages: [],
  retrieval: 0,
  reason: null,
  error: null,
  model: null,
  inputTokens: 0,
  outputTokens: 0,
  cost: null,
} satisfies RunResult;

/** Finds an answer to a run's question, and hands it to `atlasRuns:finish`. */
export const run = internalAction({
  args: { runId: v.id("atlasRuns") },
  returns: v.null(),
  handler: async (ctx, { runId }) => {
    const loaded = await ctx.runQuery(internal.atlasRuns.load, { runId });
    if (loaded === null) return null;
    let result: RunResult;
    try {
      result = await answer(ctx, runId, loaded);
    } catch (error) {
      result = { ...nothing, reason: "model_error", error: messageOf(error) };
    }
    await runMutation(ctx, internal.atlasRuns.finish, { runId, result });
    return null;
  },
});

type Loaded = NonNullable<(typeof internal.atlasRuns.load)["_returnType"]>;

async function answer(ctx: ActionCtx, runId: Id<"atlasRuns">, loaded: Loaded): Promise<RunResult> {
  const { brandId, question, settings } = loaded;
  const access = await modelAccess(ctx, brandId);
  const { passages, error } = await retrieve(ctx, brandId, question, access);
  const retrieval = passages[0]?.strength ?? 0;
  const found = { ...nothing, passages, retrieval, error, model: access?.model ?? null };
  if (passages.length === 0) return { ...found, reason: "no_match" };
  // Nothing that is written from so weak a match could be posted, and a model costs money.
  if (settings.mode === "answer" && retrieval < settings.threshold) return { ...found, reason: "weak_match" };
  if (access === null) {
    const [best] = passages;
    return { ...found, answer: best === undefined ? null : `“${quoteFor(question, best)}” [1]` };
  }
  return await written(ctx, runId, loaded, access, found);
}

/** By the model. A visitor sees it grow by sentences that were checked against what they cite. */
async function written(
  ctx: ActionCtx,
  runId: Id<"atlasRuns">,
  { brandName, question, history, settings, isShown }: Loaded,
  access: Access,
  found: RunResult,
): Promise<RunResult> {
  const { passages } = found;
  let shown = 0;
  const show = async (text: string): Promise<boolean> => {
    if (!isShown) return true;
    // The last one may still be growing.
    const sentences = splitSentences(text).slice(0, -1);
    if (sentences.length <= shown) return true;
    const hold = sentences.findIndex(
      (sentence) => !isSupported(sentence, passages, question, settings.threshold),
    );
    const safe = hold === -1 ? sentences : sentences.slice(0, hold);
    if (safe.length <= shown) return true;
    shown = safe.length;
    return await runMutation(ctx, internal.atlasRuns.stream, {
      runId,
      text: safe.join(" ").replace(/\s*\[\d+\]/g, ""),
    });
  };
  const prompt = {
    system: systemPrompt({ brandName, instructions: settings.instructions, passages }),
    messages: toMessages(history.length > 0 ? history : [{ role: "visitor", text: question }]),
  };
  try {
    const { text, inputTokens, outputTokens } = await write(access, prompt, show);
    const isDeclined = text.includes(DECLINED) || text.trim() === "";
    const cost = costOf(access, inputTokens, outputTokens);
    const spent = { ...found, inputTokens, outputTokens, cost };
    return isDeclined ? { ...spent, reason: "declined" } : { ...spent, answer: text.trim() };
  } catch (error) {
    return { ...found, reason: "model_error", error: messageOf(error) };
  }
}

function isSupported(
  sentence: string,
  passages: readonly AtlasPassage[],
  question: string,
  threshold: number,
): boolean {
  const cited = citationsOf(sentence).flatMap((number) => passages[number - 1] ?? []);
  return cited.length > 0 && sentenceSupport(sentence, cited, question) >= threshold;
}

function costOf({ inputPrice, outputPrice }: Price, input: number, output: number): number | null {
  if (inputPrice === null || outputPrice === null) return null;
  return (input * inputPrice + output * outputPrice) / 1_000_000;
}

async function modelAccess(ctx: ActionCtx, brandId: Id<"brands">): Promise<Access | null> {
  const model = await ctx.runQuery(internal.atlasRuns.loadModel, { brandId });
  if (model === null) return null;
  const { workspaceId, sealedApiKey, ...fields } = model;
  const apiKey = sealedApiKey === null ? null : await open(sealedApiKey, secretKeys() ?? [], workspaceId);
  if (sealedApiKey !== null && apiKey === null) {
    throw new Error("The model's API key cannot be read with PRAXTALK_SECRET_KEY. Enter it anew.");
  }
  return { ...fields, apiKey, allowedCidrs: allowedModelCidrs() };
}

/** Passages that are about what the question is, by their vectors, with how much; `error`: why there are none. */
async function findAlike(
  ctx: ActionCtx,
  brandId: Id<"brands">,
  question: string,
  access: Access | null,
): Promise<{ alike: Map<Id<"knowledgeChunks">, number>; error: string | null }> {
  const alike = new Map<Id<"knowledgeChunks">, number>();
  try {
    const [vector] = (access && (await embed(access, [question], QUESTION_MS))) ?? [];
    if (vector === undefined) return { alike, error: null };
    const results = await ctx.vectorSearch("knowledgeChunks", "by_embedding", {
      vector,
      limit: 16,
      filter: (q) => q.eq("brandId", brandId),
    });
    for (const { _id, _score } of results) {
      alike.set(_id, Math.min(1, Math.max(0, (_score - ALIKE.none) / (ALIKE.same - ALIKE.none))));
    }
    return { alike, error: null };
  } catch (error) {
    return { alike, error: `Searched by words alone. ${messageOf(error)}` };
  }
}

/** The passages of the brand that match best, strongest first; `error`: what went wrong on the way. */
async function retrieve(
  ctx: ActionCtx,
  brandId: Id<"brands">,
  question: string,
  access: Access | null,
): Promise<{ passages: AtlasPassage[]; error: string | null }> {
  const { alike, error } = await findAlike(ctx, brandId, question, access);
  const found = await ctx.runQuery(internal.knowledge.search, {
    brandId,
    query: question,
    alike: [...alike.keys()],
  });
  const strengths = matchStrengths(question, found);
  const passages = found
    .map(({ embedding, ...passage }, index) => {
      // Vectors of another model lie in another space: how near they are means nothing.
      const likeness = embedding === access?.embedding ? alike.get(passage.chunkId) : undefined;
      return { ...passage, strength: Math.max(strengths[index] ?? 0, likeness ?? 0), cited: false };
    })
    .filter(({ strength }) => strength >= STRENGTH_MIN)
    .sort((a, b) => b.strength - a.strength)
    .slice(0, PASSAGES);
  return { passages, error };
}

/** Cuts a source into passages and puts them in use, all at once. */
export const index = internalAction({
  args: { sourceId: v.id("knowledgeSources") },
  returns: v.null(),
  handler: async (ctx, { sourceId }) => {
    const source = await runMutation(ctx, internal.knowledge.claim, { sourceId });
    if (source === null) return null;
    const of = { sourceId, version: source.version };
    try {
      const made = await indexText(ctx, of, source);
      if (made !== null) await runMutation(ctx, internal.knowledge.publish, { ...of, ...made });
    } catch (error) {
      await runMutation(ctx, internal.knowledge.failIndexing, { ...of, error: messageOf(error) });
    }
    return null;
  },
});

type Version = { sourceId: Id<"knowledgeSources">; version: number };
type Claimed = NonNullable<(typeof internal.knowledge.claim)["_returnType"]>;
type Vectors = { vectors: number[][] | null; embedding: string | null; error: string | null };
type Made = Omit<Vectors, "vectors"> & { chunkCount: number };

/** How many passages there are, and what of their vectors; null when the source is being indexed anew by now. */
async function indexText(ctx: ActionCtx, of: Version, source: Claimed): Promise<Made | null> {
  const text = source.text ?? (await readFile(ctx, of.sourceId, source));
  const chunks = chunkText(text);
  if (chunks.length === 0) throw new Error("There is no text in it.");
  const { vectors, ...made } = await vectorsOf(
    ctx,
    source.brandId,
    chunks.map((chunk) => underTitle(source.title, chunk).words),
  );
  for (let from = 0; from < chunks.length; from += CHUNKS_PER_WRITE) {
    const page = chunks.slice(from, from + CHUNKS_PER_WRITE).map((chunk, offset) => {
      const ordinal = from + offset;
      return { ...chunk, ordinal, ...(vectors === null ? {} : { embedding: vectors[ordinal] }) };
    });
    const isCurrent = await runMutation(ctx, internal.knowledge.insertChunks, { ...of, chunks: page });
    if (!isCurrent) return null;
  }
  return { chunkCount: chunks.length, ...made };
}

/** Vectors of texts, and whose they are; `error`: why there are none. The texts are found by their words all the same. */
async function vectorsOf(ctx: ActionCtx, brandId: Id<"brands">, texts: readonly string[]): Promise<Vectors> {
  try {
    const access = await modelAccess(ctx, brandId);
    const vectors = access === null ? null : await embed(access, texts, VECTORS_MS);
    return { vectors, embedding: vectors === null ? null : (access?.embedding ?? null), error: null };
  } catch (error) {
    return { vectors: null, embedding: null, error: messageOf(error) };
  }
}

/** Makes vectors of passages that are in use, which are found by their words until all of them have one. */
export const embedSource = internalAction({
  args: { sourceId: v.id("knowledgeSources"), run: v.number() },
  returns: v.null(),
  handler: async (ctx, of) => {
    const source = await ctx.runQuery(internal.embeddings.load, of);
    if (source === null) return null;
    const { brandId, version } = source;
    let made: Omit<Vectors, "vectors"> | null;
    try {
      made = await embedVersion(ctx, { ...of, version }, brandId);
    } catch (error) {
      made = { embedding: null, error: messageOf(error) };
    }
    if (made !== null) await runMutation(ctx, internal.embeddings.end, { ...of, version, ...made });
    return null;
  },
});

/** Whose vectors the passages of the version have now; null when another try has begun. */
async function embedVersion(
  ctx: ActionCtx,
  of: Version & { run: number },
  brandId: Id<"brands">,
): Promise<Omit<Vectors, "vectors"> | null> {
  const access = await modelAccess(ctx, brandId);
  if (access === null || access.embedding === null) return { embedding: null, error: null };
  for (let after = -1; ;) {
    const page = await ctx.runQuery(internal.embeddings.page, { ...of, after, count: CHUNKS_PER_WRITE });
    const last = page.at(-1);
    if (last === undefined) return { embedding: access.embedding, error: null };
    const words = page.map(({ words }) => words);
    const made = (await embed(access, words, VECTORS_MS)) ?? [];
    const vectors = page.map(({ chunkId }, index) => ({ chunkId, embedding: made[index] ?? [] }));
    if (!(await runMutation(ctx, internal.embeddings.store, { ...of, vectors }))) return null;
    after = last.ordinal;
  }
}

async function readFile(
  ctx: ActionCtx,
  sourceId: Id<"knowledgeSources">,
  { storageId, fileName }: Claimed,
): Promise<string> {
  const file = storageId === null ? null : await ctx.storage.get(storageId);
  if (file === null || fileName === null) throw new Error("The file is gone. Upload it anew.");
  if (file.size > KNOWLEDGE_FILE_MAX) {
    throw new Error(`The file is too large: at most ${KNOWLEDGE_FILE_MAX / 1024 / 1024} MB.`);
  }
  const text = await textOfFile(fileName, new Uint8Array(await file.arrayBuffer()));
  if (text.length > KNOWLEDGE_TEXT_MAX) {
    const most = KNOWLEDGE_TEXT_MAX.toLocaleString("en-US");
    throw new Error(`The file has too much text: at most ${most} characters. Divide it.`);
  }
  await runMutation(ctx, internal.knowledge.storeText, { sourceId, text });
  return text;
}

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).slice(0, ERROR_MAX);
