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
import { chunkText, splitSentences } from "./logic/atlas/chunking";
import { DECLINED, systemPrompt, toMessages } from "./logic/atlas/prompt";
import { quoteFor } from "./logic/atlas/quote";
import { citationsOf, matchStrengths, sentenceSupport } from "./logic/atlas/strength";
import { open } from "./logic/sealing";
import { allowedModelCidrs } from "./model/atlasModels";
import type { RunResult } from "./model/atlasRuns";
import { runMutation } from "./model/retry";
import { secretKeys } from "./model/secretKeys";
import { EMBEDDING_DIMENSIONS } from "./schema/atlas";
import type { AtlasPassage } from "./validators/atlas";

/** Passages that an answer may draw on. */
const PASSAGES = 5;
/** A weaker one is no match at all. */
const STRENGTH_MIN = 0.25;
/** Vectors that are so alike are about the same thing; below the first, not at all. */
const ALIKE = { none: 0.35, same: 0.75 };
const CHUNKS_PER_WRITE = 40;
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
  const passages = await retrieve(ctx, brandId, question, access);
  const retrieval = passages[0]?.strength ?? 0;
  const found = { ...nothing, passages, retrieval, model: access?.model ?? null };
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

/** The passages of the brand that match best, strongest first. */
async function retrieve(
  ctx: ActionCtx,
  brandId: Id<"brands">,
  question: string,
  access: Access | null,
): Promise<AtlasPassage[]> {
  const alike = new Map<Id<"knowledgeChunks">, number>();
  const [vector] = (access && (await embed(access, [question], EMBEDDING_DIMENSIONS))) ?? [];
  if (vector !== undefined) {
    const results = await ctx.vectorSearch("knowledgeChunks", "by_embedding", {
      vector,
      limit: 16,
      filter: (q) => q.eq("brandId", brandId),
    });
    for (const { _id, _score } of results) {
      alike.set(_id, Math.min(1, Math.max(0, (_score - ALIKE.none) / (ALIKE.same - ALIKE.none))));
    }
  }
  const found = await ctx.runQuery(internal.knowledge.search, {
    brandId,
    query: question,
    alike: [...alike.keys()],
  });
  const strengths = matchStrengths(question, found);
  return found
    .map(({ embedding, ...passage }, index) => {
      // Vectors of another model lie in another space: how near they are means nothing.
      const likeness = embedding === access?.embedding ? alike.get(passage.chunkId) : undefined;
      return { ...passage, strength: Math.max(strengths[index] ?? 0, likeness ?? 0), cited: false };
    })
    .filter(({ strength }) => strength >= STRENGTH_MIN)
    .sort((a, b) => b.strength - a.strength)
    .slice(0, PASSAGES);
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
      if (made !== null) {
        await runMutation(ctx, internal.knowledge.finishIndexing, { ...of, ...made, error: null });
      }
    } catch (error) {
      const failed = { ...of, chunkCount: 0, embedding: null, error: messageOf(error) };
      await runMutation(ctx, internal.knowledge.finishIndexing, failed);
    }
    return null;
  },
});

type Version = { sourceId: Id<"knowledgeSources">; version: number };
type Claimed = NonNullable<(typeof internal.knowledge.claim)["_returnType"]>;
type Made = { chunkCount: number; embedding: string | null };

/** How many passages there are, and whose vectors they have; null when the source is being indexed anew by now. */
async function indexText(ctx: ActionCtx, of: Version, source: Claimed): Promise<Made | null> {
  const text = source.text ?? (await readFile(ctx, of.sourceId, source));
  const chunks = chunkText(text);
  if (chunks.length === 0) throw new Error("There is no text in it.");
  const access = await modelAccess(ctx, source.brandId);
  const vectors =
    access === null
      ? null
      : await embed(
          access,
          chunks.map(({ heading, text }) => `${heading}\n${text}`),
          EMBEDDING_DIMENSIONS,
        );
  for (let from = 0; from < chunks.length; from += CHUNKS_PER_WRITE) {
    const page = chunks.slice(from, from + CHUNKS_PER_WRITE).map((chunk, offset) => {
      const ordinal = from + offset;
      return { ...chunk, ordinal, ...(vectors === null ? {} : { embedding: vectors[ordinal] }) };
    });
    const isCurrent = await runMutation(ctx, internal.knowledge.insertChunks, { ...of, chunks: page });
    if (!isCurrent) return null;
  }
  return { chunkCount: chunks.length, embedding: vectors === null ? null : (access?.embedding ?? null) };
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
