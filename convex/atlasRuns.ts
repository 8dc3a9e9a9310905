/** The transactions of Atlas's runs, from a visitor's turn to the answer. Their actions are in atlasRunner. */
import { v } from "convex/values";
import { internal } from "./_generated/api";
import { internalMutation, internalQuery } from "./functions";
import * as runs from "./model/atlasRuns";
import * as settings from "./model/atlasSettings";
import * as shapes from "./validators/atlas";

/** A visitor's turn is over: Atlas begins, unless they have written on. */
export const beginTurn = internalMutation({
  args: { conversationId: v.id("conversations"), sequence: v.number() },
  returns: v.null(),
  handler: async (ctx, { conversationId, sequence }) => {
    await runs.beginTurn(ctx, conversationId, sequence, Date.now());
    return null;
  },
});

/** What the action of a run needs; null when the run is over. */
export const load = internalQuery({
  args: { runId: v.id("atlasRuns") },
  returns: v.union(
    v.object({
      brandId: v.id("brands"),
      brandName: v.string(),
      question: v.string(),
      history: v.array(shapes.atlasTurn),
      isShown: v.boolean(), // a visitor may see the answer grow
      settings: shapes.atlasBrandSettings,
    }),
    v.null(),
  ),
  handler: async (ctx, { runId }) => {
    const run = await ctx.db.get("atlasRuns", runId);
    const brand = run === null ? null : await ctx.db.get("brands", run.brandId);
    if (run?.status !== "running" || brand === null) return null;
    const { question, history, conversationId } = run;
    const brandSettings = await settings.brandSettingsOf(ctx.db, brand._id);
    return {
      brandId: brand._id,
      brandName: brand.name,
      question,
      history,
      isShown: conversationId !== undefined && brandSettings.mode === "answer",
      settings: brandSettings,
    };
  },
});

/** The workspace's model with its sealed key, for the action that calls it. */
export const loadModel = internalQuery({
  args: { brandId: v.id("brands") },
  returns: v.union(
    v.object({
      workspaceId: v.id("workspaces"),
      protocol: shapes.modelProtocol,
      baseUrl: v.string(),
      model: v.string(),
      sealedApiKey: v.union(v.string(), v.null()),
      embeddingModel: v.union(v.string(), v.null()),
      embedding: v.union(v.string(), v.null()), // as `embeddingOf` names it
      inputPrice: v.union(v.number(), v.null()),
      outputPrice: v.union(v.number(), v.null()),
    }),
    v.null(),
  ),
  handler: async (ctx, { brandId }) => {
    const brand = await ctx.db.get("brands", brandId);
    const row = brand === null ? null : await settings.findModel(ctx.db, brand.workspaceId);
    if (row === null) return null;
    const { workspaceId, protocol, baseUrl, model, sealedApiKey = null, embeddingModel = null } = row;
    const { inputPrice = null, outputPrice = null } = row;
    const access = { protocol, baseUrl, model, sealedApiKey, embeddingModel, inputPrice, outputPrice };
    return { workspaceId, ...access, embedding: settings.embeddingOf(row) };
  },
});

/** Shows the visitor what is written so far; false when nobody wants to know any more. */
export const stream = internalMutation({
  args: { runId: v.id("atlasRuns"), text: v.string() },
  returns: v.boolean(),
  handler: async (ctx, { runId, text }) => await runs.stream(ctx, runId, text),
});

/** Ends a run, and posts its answer if everything speaks for it. */
export const finish = internalMutation({
  args: {
    runId: v.id("atlasRuns"),
    result: v.object({
      answer: v.union(v.string(), v.null()),
      passages: v.array(shapes.atlasPassage),
      retrieval: v.number(),
      reason: v.union(shapes.atlasReason, v.null()),
      error: v.union(v.string(), v.null()),
      model: v.union(v.string(), v.null()),
      inputTokens: v.number(),
      outputTokens: v.number(),
      cost: v.union(v.number(), v.null()),
    }),
  },
  returns: v.null(),
  handler: async (ctx, { runId, result }) => {
    await runs.finish(ctx, runId, result, Date.now());
    return null;
  },
});

/** Ends runs that were cut off with their process. */
export const sweep = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    const more = await runs.sweep(ctx, Date.now());
    if (more) await ctx.scheduler.runAfter(0, internal.atlasRuns.sweep, {});
    return null;
  },
});
