"use node";

/** Calling a workspace's model over either protocol. */
import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { embedMany, streamText } from "ai";
import { ATLAS_ANSWER_TOKENS_MAX } from "../../lib/limits";
import type { Cidr } from "../logic/addressSafety";
import { EMBEDDING_DIMENSIONS } from "../validators/atlas";
import type { ModelProtocol } from "../validators/atlas";
import { pinnedFetch } from "./pinnedFetch";

export type ModelAccess = {
  protocol: ModelProtocol;
  baseUrl: string;
  model: string;
  apiKey: string | null;
  embeddingModel: string | null;
  allowedCidrs: readonly Cidr[];
};

/** The whole answer must be there by then. */
const ANSWER_MS = 45_000;
/** Texts that one request embeds. */
const EMBEDDING_BATCH = 64;

const openai = ({ baseUrl, apiKey, allowedCidrs }: ModelAccess) =>
  createOpenAICompatible({
    name: "openai",
    baseURL: baseUrl,
    includeUsage: true,
    fetch: pinnedFetch(allowedCidrs),
    ...(apiKey === null ? {} : { apiKey }),
  });

function languageModel(access: ModelAccess) {
  if (access.protocol === "openai") return openai(access)(access.model);
  const { baseUrl, apiKey, allowedCidrs } = access;
  // Without a key of ours the client would look for one in the environment.
  return createAnthropic({ baseURL: baseUrl, apiKey: apiKey ?? "none", fetch: pinnedFetch(allowedCidrs) })(
    access.model,
  );
}

export type Written = { text: string; inputTokens: number; outputTokens: number };

export type Prompt = { system: string; messages: { role: "user" | "assistant"; content: string }[] };

/**
 * The model's answer. `onText` gets all that is there so far, as it grows; false ends the call. Throws what went wrong at
 * the endpoint; one failure that may pass is tried again.
 */
export async function write(
  access: ModelAccess,
  { system, messages }: Prompt,
  onText: (text: string) => Promise<boolean>,
): Promise<Written> {
  const stopped = new AbortController();
  let failure: unknown = null;
  const result = streamText({
    model: languageModel(access),
    system,
    messages,
    maxOutputTokens: ATLAS_ANSWER_TOKENS_MAX,
    temperature: 0,
    maxRetries: 1,
    abortSignal: AbortSignal.any([stopped.signal, AbortSignal.timeout(ANSWER_MS)]),
    onError: ({ error }) => {
      failure = error;
    },
  });
  let text = "";
  for await (const part of result.textStream) {
    text += part;
    if (await onText(text)) continue;
    stopped.abort();
    // What was spent until then is not told any more: counted by length, four characters a token.
    const inputTokens = Math.ceil(
      (system.length + messages.map(({ content }) => content).join("").length) / 4,
    );
    return { text, inputTokens, outputTokens: Math.ceil(text.length / 4) };
  }
  if (failure !== null) throw failure instanceof Error ? failure : new Error("The model did not answer.");
  const { inputTokens = 0, outputTokens = 0 } = await result.usage;
  return { text, inputTokens, outputTokens };
}

/**
 * A vector for each text, filled with zeros to EMBEDDING_DIMENSIONS; null when the workspace has no model for it. Throws
 * what went wrong at the endpoint, which has `batchMs` for each request.
 */
export async function embed(
  access: ModelAccess,
  texts: readonly string[],
  batchMs: number,
): Promise<number[][] | null> {
  if (access.embeddingModel === null || access.protocol !== "openai") return null;
  const model = openai(access).embeddingModel(access.embeddingModel);
  const vectors: number[][] = [];
  for (let from = 0; from < texts.length; from += EMBEDDING_BATCH) {
    const values = texts.slice(from, from + EMBEDDING_BATCH);
    const abortSignal = AbortSignal.timeout(batchMs);
    const { embeddings } = await embedMany({ model, values, maxRetries: 1, abortSignal });
    if (embeddings.length !== values.length) {
      throw new Error(`The embedding model gave ${embeddings.length} vectors for ${values.length} texts.`);
    }
    vectors.push(...embeddings.map(filled));
  }
  return vectors;
}

function filled(vector: readonly number[]): number[] {
  const missing = EMBEDDING_DIMENSIONS - vector.length;
  if (missing < 0) {
    const given = `${vector.length} dimensions; at most ${EMBEDDING_DIMENSIONS} can be stored`;
    throw new Error(`The embedding model gives ${given}.`);
  }
  // Without a direction it is like no other.
  if (vector.every((each) => each === 0)) throw new Error("The embedding model gave an empty vector.");
  return [...vector, ...Array<number>(missing).fill(0)];
}
