/** The tables of Atlas and its knowledge, as in schema.ts. */
import { defineTable } from "convex/server";
import { v } from "convex/values";
import {
  EMBEDDING_DIMENSIONS,
  atlasBrandSettings,
  atlasDraftUse,
  atlasPassage,
  atlasRating,
  atlasReason,
  atlasRunStatus,
  atlasTurn,
  atlasVerdict,
  knowledgeKind,
  knowledgeStatus,
  modelProtocol,
} from "../validators/atlas";

export const atlasTables = {
  /** The model of a workspace; without a row, Atlas answers by search alone. */
  atlasModels: defineTable({
    workspaceId: v.id("workspaces"),
    protocol: modelProtocol,
    baseUrl: v.string(),
    model: v.string(),
    sealedApiKey: v.optional(v.string()),
    embeddingModel: v.optional(v.string()),
    inputPrice: v.optional(v.number()), // US dollars for a million tokens
    outputPrice: v.optional(v.number()),
    updatedAt: v.number(),
  }).index("by_workspace", ["workspaceId"]),

  /** How many tokens a workspace may spend in a month; without a row, ATLAS_BUDGET_DEFAULT. */
  atlasBudgets: defineTable({ workspaceId: v.id("workspaces"), monthlyTokens: v.number() }).index(
    "by_workspace",
    ["workspaceId"],
  ),

  /**
   * What a workspace has spent in a month. One row, written twice a run: a budget that several counters held could be
   * overrun by all of them at once.
   */
  atlasUsage: defineTable({
    workspaceId: v.id("workspaces"),
    month: v.string(), // 2026-11, UTC
    tokens: v.number(),
    reserved: v.number(), // by runs under way
  }).index("by_workspace_and_month", ["workspaceId", "month"]),

  atlasBrands: defineTable({
    workspaceId: v.id("workspaces"),
    brandId: v.id("brands"),
    ...atlasBrandSettings.fields,
  }).index("by_brand", ["brandId"]),

  /** The visitor's turn that Atlas is to answer, apart from the conversation, which lists read. */
  atlasTurns: defineTable({
    workspaceId: v.id("workspaces"),
    conversationId: v.id("conversations"),
    sequence: v.number(), // of the visitor's newest message
    jobId: v.id("_scheduled_functions"),
  }).index("by_conversation", ["conversationId"]),

  atlasRuns: defineTable({
    workspaceId: v.id("workspaces"),
    brandId: v.id("brands"),
    conversationId: v.optional(v.id("conversations")),
    sequence: v.number(), // of the visitor's message that it answers; 0 for an evaluation
    question: v.string(),
    history: v.array(atlasTurn),
    passages: v.array(atlasPassage),
    status: atlasRunStatus,
    reason: v.optional(atlasReason),
    answer: v.optional(v.string()),
    verdict: v.optional(atlasVerdict),
    model: v.optional(v.string()),
    inputTokens: v.number(),
    outputTokens: v.number(),
    reservedTokens: v.number(), // while it runs
    cost: v.optional(v.number()),
    error: v.optional(v.string()),
    messageId: v.optional(v.id("messages")), // the answer as it was posted, by Atlas or from its draft
    draftUse: v.optional(v.object({ operatorId: v.id("operators"), name: v.string(), how: atlasDraftUse })),
    draftEndedAt: v.optional(v.number()), // an operator has used the draft, or put it away
    replayOf: v.optional(v.id("atlasRuns")),
    questionId: v.optional(v.id("atlasQuestions")),
    rating: v.optional(atlasRating),
    createdAt: v.number(),
    completedAt: v.optional(v.number()),
  })
    .index("by_conversation_and_sequence", ["conversationId", "sequence"])
    .index("by_brand", ["brandId", "createdAt"])
    .index("by_status", ["status", "createdAt"])
    .index("by_created_at", ["createdAt"]),

  /** What Atlas is writing at the moment: sentences that were checked. Deleted with the end of the run. */
  atlasStreams: defineTable({
    workspaceId: v.id("workspaces"),
    conversationId: v.id("conversations"),
    runId: v.id("atlasRuns"),
    text: v.string(),
  })
    .index("by_conversation", ["conversationId"])
    .index("by_run", ["runId"]),

  atlasQuestions: defineTable({
    workspaceId: v.id("workspaces"),
    brandId: v.id("brands"),
    question: v.string(),
    expectedSourceId: v.optional(v.id("knowledgeSources")),
    lastRunId: v.optional(v.id("atlasRuns")),
    lastPassed: v.optional(v.boolean()),
    lastConfidence: v.optional(v.number()),
    lastAt: v.optional(v.number()),
    createdAt: v.number(),
  })
    .index("by_brand", ["brandId", "createdAt"])
    .index("by_workspace_and_created_at", ["workspaceId", "createdAt"]),

  knowledgeSources: defineTable({
    workspaceId: v.id("workspaces"),
    brandId: v.id("brands"),
    kind: knowledgeKind,
    title: v.string(),
    url: v.optional(v.string()),
    fileName: v.optional(v.string()),
    storageId: v.optional(v.id("_storage")),
    status: knowledgeStatus,
    error: v.optional(v.string()),
    version: v.number(), // of the passages that answers may quote; those of others are on their way in or out
    building: v.optional(v.number()), // version on its way in; whoever works at one before it has lost
    indexingAt: v.optional(v.number()), // when indexing was last asked for or begun
    indexingTries: v.optional(v.number()), // how often, since the last change
    embedding: v.optional(v.string()), // whose vectors its passages have, as `embeddingOf` names it; absent: none
    embedRun: v.optional(v.number()), // the newest try at vectors; what an earlier one makes is not used
    embedTries: v.optional(v.number()), // since they were asked for
    embedDueAt: v.optional(v.number()), // when vectors are tried next; while they are, when the try counts as cut off
    embedError: v.optional(v.string()), // why the last try failed
    chunkCount: v.number(),
    characters: v.number(),
    indexedAt: v.optional(v.number()),
    createdAt: v.number(),
    updatedAt: v.number(),
  })
    .index("by_brand", ["brandId", "updatedAt"])
    .index("by_workspace_and_created_at", ["workspaceId", "createdAt"])
    .index("by_status", ["status", "indexingAt"])
    .index("by_embed_due_at", ["embedDueAt"]),

  /** The text of a source, apart from it: lists do not read it. */
  knowledgeTexts: defineTable({
    workspaceId: v.id("workspaces"),
    sourceId: v.id("knowledgeSources"),
    text: v.string(), // markdown or plain
  }).index("by_source", ["sourceId"]),

  /** Passages that answers quote. */
  knowledgeChunks: defineTable({
    workspaceId: v.id("workspaces"),
    brandId: v.id("brands"),
    sourceId: v.id("knowledgeSources"),
    version: v.number(),
    ordinal: v.number(),
    heading: v.string(), // title and headings above it
    text: v.string(),
    words: v.string(), // heading and text, as they are searched
    embedding: v.optional(v.array(v.float64())),
  })
    .index("by_source_and_version", ["sourceId", "version", "ordinal"])
    .searchIndex("search_words", { searchField: "words", filterFields: ["brandId"] })
    .vectorIndex("by_embedding", {
      vectorField: "embedding",
      dimensions: EMBEDDING_DIMENSIONS,
      filterFields: ["brandId"],
    }),
};
