/** Shapes of Atlas, the AI agent: its settings, what it knows, and its runs. */
import { v } from "convex/values";
import type { Infer } from "convex/values";

/** Length of the vectors: shorter ones of a model are filled with zeros, which changes no angle. */
export const EMBEDDING_DIMENSIONS = 1536;

/** What Atlas does with a visitor's message: nothing, a draft for the operator, or an answer by itself. */
export const atlasMode = v.union(v.literal("off"), v.literal("draft"), v.literal("answer"));
export type AtlasMode = Infer<typeof atlasMode>;

/** Which protocol the model's endpoint speaks. */
export const modelProtocol = v.union(v.literal("openai"), v.literal("anthropic"));
export type ModelProtocol = Infer<typeof modelProtocol>;

export const atlasBrandSettings = v.object({
  mode: atlasMode,
  threshold: v.number(), // 0 to 1: what an answer's confidence must reach to be posted
  instructions: v.string(), // how to speak; none: empty
});
export type AtlasBrandSettings = Infer<typeof atlasBrandSettings>;

/** The workspace's model as the dashboard shows it: nothing of the key. */
export const atlasModelRow = v.object({
  protocol: modelProtocol,
  baseUrl: v.string(),
  model: v.string(),
  hasApiKey: v.boolean(),
  embeddingModel: v.union(v.string(), v.null()), // of the same endpoint; null: search by words alone
  inputPrice: v.union(v.number(), v.null()), // US dollars for a million tokens
  outputPrice: v.union(v.number(), v.null()),
});
export type AtlasModelRow = Infer<typeof atlasModelRow>;

export const knowledgeKind = v.union(v.literal("article"), v.literal("text"), v.literal("file"));
export type KnowledgeKind = Infer<typeof knowledgeKind>;

export const knowledgeStatus = v.union(v.literal("indexing"), v.literal("indexed"), v.literal("failed"));
export type KnowledgeStatus = Infer<typeof knowledgeStatus>;

/** A source of knowledge in a list, without its text. */
export const knowledgeRow = v.object({
  _id: v.id("knowledgeSources"),
  brandId: v.id("brands"),
  kind: knowledgeKind,
  title: v.string(),
  url: v.union(v.string(), v.null()), // where visitors can read it
  fileName: v.union(v.string(), v.null()),
  status: knowledgeStatus,
  error: v.union(v.string(), v.null()), // why it failed
  /** Found by its words alone, though it should have vectors; null: it has what it should. */
  textOnly: v.union(
    v.object({
      reason: v.union(v.string(), v.null()), // why the last try failed; null: they are on their way
      retryAt: v.union(v.number(), v.null()), // null beside a reason: it is not tried again by itself
    }),
    v.null(),
  ),
  chunkCount: v.number(), // passages that answers can quote
  characters: v.number(),
  indexedAt: v.union(v.number(), v.null()),
  createdAt: v.number(),
  updatedAt: v.number(),
});
export type KnowledgeRow = Infer<typeof knowledgeRow>;

export const atlasRunStatus = v.union(
  v.literal("running"),
  v.literal("answered"), // posted
  v.literal("drafted"), // waits for an operator
  v.literal("handed_over"), // too weak, or a limit: a person has to answer
  v.literal("superseded"), // the visitor wrote on, or a person came first
  v.literal("failed"),
  v.literal("evaluated"), // a replay or an evaluation: never posted
);
export type AtlasRunStatus = Infer<typeof atlasRunStatus>;

/** Why a run ended as it did. */
export const atlasReason = v.union(
  v.literal("no_match"), // nothing in the knowledge matches
  v.literal("weak_match"),
  v.literal("unsupported"), // the answer says what its sources do not
  v.literal("declined"), // the model saw no answer in the passages
  v.literal("budget"),
  v.literal("human"), // a person answered or was asked for
  v.literal("visitor_wrote_on"),
  v.literal("model_error"),
  v.literal("interrupted"), // the process died under it
  v.literal("turned_off"),
);
export type AtlasReason = Infer<typeof atlasReason>;

/** A passage that a run found, as it was at the time. */
export const atlasPassage = v.object({
  chunkId: v.id("knowledgeChunks"),
  sourceId: v.id("knowledgeSources"),
  title: v.string(),
  url: v.union(v.string(), v.null()),
  heading: v.string(),
  text: v.string(),
  strength: v.number(), // 0 to 1: how well it matches the question
  cited: v.boolean(),
});
export type AtlasPassage = Infer<typeof atlasPassage>;

export const atlasTurn = v.object({
  role: v.union(v.literal("visitor"), v.literal("team")),
  text: v.string(),
});
export type AtlasTurn = Infer<typeof atlasTurn>;

export const atlasVerdict = v.object({
  retrieval: v.number(), // 0 to 1: how well the passages match the question
  support: v.number(), // 0 to 1: how much of the answer stands in what it cites
  confidence: v.number(), // the smaller of the two
  threshold: v.number(), // at the time
});
export type AtlasVerdict = Infer<typeof atlasVerdict>;

export const atlasRating = v.union(v.literal("good"), v.literal("bad"));

/** What became of a draft that an operator took: sent word for word, sent with changes, or another answer was sent. */
export const atlasDraftUse = v.union(v.literal("as_it_was"), v.literal("changed"), v.literal("replaced"));
export type AtlasDraftUse = Infer<typeof atlasDraftUse>;

const runFields = {
  _id: v.id("atlasRuns"),
  conversationId: v.union(v.id("conversations"), v.null()), // null: an evaluation
  brandId: v.id("brands"),
  question: v.string(),
  status: atlasRunStatus,
  reason: v.union(atlasReason, v.null()),
  answer: v.union(v.string(), v.null()),
  verdict: v.union(atlasVerdict, v.null()),
  model: v.union(v.string(), v.null()), // null: answered by search alone
  inputTokens: v.number(),
  outputTokens: v.number(),
  cost: v.union(v.number(), v.null()), // US dollars; null without prices
  rating: v.union(atlasRating, v.null()),
  draftUse: v.union(v.object({ name: v.string(), how: atlasDraftUse }), v.null()), // by whom; null: no draft, or not taken
  createdAt: v.number(),
  completedAt: v.union(v.number(), v.null()),
};

export const atlasRunRow = v.object(runFields);
export type AtlasRunRow = Infer<typeof atlasRunRow>;

/** One run with all that led to its answer. */
export const atlasRunDetail = v.object({
  ...runFields,
  history: v.array(atlasTurn),
  passages: v.array(atlasPassage),
  error: v.union(v.string(), v.null()),
  replayOf: v.union(v.id("atlasRuns"), v.null()),
  isDraft: v.boolean(), // answers the visitor's newest message, which still waits: an operator may use it
});
export type AtlasRunDetail = Infer<typeof atlasRunDetail>;

export const atlasQuestionRow = v.object({
  _id: v.id("atlasQuestions"),
  brandId: v.id("brands"),
  question: v.string(),
  expectedSourceId: v.union(v.id("knowledgeSources"), v.null()), // null: Atlas should hand over
  lastRun: v.union(
    v.object({
      runId: v.id("atlasRuns"),
      passed: v.boolean(),
      confidence: v.number(),
      at: v.number(),
    }),
    v.null(),
  ),
});
export type AtlasQuestionRow = Infer<typeof atlasQuestionRow>;
