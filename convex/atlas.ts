/** Atlas, the AI agent: how a workspace sets it up, what it did, and the transactions behind its runs. */
import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { ATLAS_QUESTIONS_MAX, ATLAS_QUESTION_MAX } from "../lib/limits";
import { checkClientMessageId, checkMessageBody } from "../lib/validation";
import { internal } from "./_generated/api";
import type { Doc } from "./_generated/dataModel";
import type { DatabaseReader } from "./_generated/server";
import { notFound, refusal, valid } from "./errors";
import { internalOperatorMutation, internalOperatorQuery } from "./functions";
import { operatorMutation, operatorQuery, publicAction } from "./functions";
import { recordAudit } from "./model/audit";
import { requireBrand } from "./model/brands";
import { acceptDraft } from "./model/atlasDrafts";
import * as runs from "./model/atlasRuns";
import * as settings from "./model/atlasSettings";
import { checkModelUrl } from "./model/atlasModels";
import { patchConversation } from "./model/conversationRows";
import { findConversation } from "./model/conversations";
import { requireSource } from "./model/knowledge";
import { boundedPage } from "./model/paging";
import { sealFresh } from "./model/secretKeys";
import * as shapes from "./validators/atlas";

const config = v.object({
  model: v.union(shapes.atlasModelRow, v.null()), // null: answers come from search alone
  usage: v.object({ month: v.string(), usedTokens: v.number(), monthlyTokens: v.number() }),
});

/** The workspace's model and what it has spent this month. */
export const getConfig = operatorQuery({
  args: {},
  returns: config,
  handler: async (ctx) => {
    const { workspaceId } = ctx.operator;
    const model = await settings.findModel(ctx.db, workspaceId);
    return {
      model: model === null ? null : settings.toModelRow(model),
      usage: await settings.usageOf(ctx.db, workspaceId, Date.now()),
    };
  },
});

const modelFields = {
  protocol: shapes.modelProtocol,
  baseUrl: v.string(), // e.g. https://api.openai.com/v1
  model: v.string(),
  embeddingModel: v.optional(v.string()), // of the same endpoint; absent: search by words alone
  inputPrice: v.optional(v.number()), // US dollars for a million tokens
  outputPrice: v.optional(v.number()),
};

/** Sets the workspace's model, by an owner or admin of all brands. Without `apiKey` the one before stays, which goes to no other host; null: the endpoint needs none. */
export const setModel = publicAction({
  args: { sessionToken: v.string(), ...modelFields, apiKey: v.optional(v.union(v.string(), v.null())) },
  returns: v.null(),
  handler: async (ctx, { apiKey, ...args }): Promise<null> => {
    const { sessionToken } = args;
    const workspaceId = await ctx.runQuery(internal.atlas.managedWorkspace, { sessionToken });
    let sealedApiKey: string | null | undefined = apiKey === null ? null : undefined;
    if (typeof apiKey === "string")
      sealedApiKey = await sealFresh(apiKey.trim(), workspaceId, "Keys of models");
    await ctx.runMutation(internal.atlas.storeModel, { ...args, sealedApiKey });
    return null;
  },
});

/** The workspace whose model the operator may set. */
export const managedWorkspace = internalOperatorQuery({
  args: {},
  returns: v.id("workspaces"),
  handler: (ctx) => {
    settings.requireModelManager(ctx.operator);
    return ctx.operator.workspaceId;
  },
});

/** The transaction behind a new model, which gets the key sealed. */
export const storeModel = internalOperatorMutation({
  args: { ...modelFields, sealedApiKey: v.optional(v.union(v.string(), v.null())) },
  returns: v.null(),
  handler: async (ctx, { baseUrl, model, sealedApiKey, ...fields }) => {
    settings.requireModelManager(ctx.operator);
    const { workspaceId } = ctx.operator;
    if (model.trim() === "") throw refusal("VALIDATION", "Enter the model's name.", { field: "model" });
    const { inputPrice, outputPrice } = fields;
    for (const [field, price] of Object.entries({ inputPrice, outputPrice })) {
      if (price !== undefined && !(price >= 0 && price < 1e6)) {
        throw refusal("VALIDATION", "Enter a price in US dollars for a million tokens.", { field });
      }
    }
    const now = Date.now();
    const stored = await settings.findModel(ctx.db, workspaceId);
    const url = valid("baseUrl", checkModelUrl(baseUrl));
    if (sealedApiKey === undefined) settings.requireSameHost(stored, url);
    const row = {
      workspaceId,
      ...fields,
      baseUrl: url,
      model: model.trim(),
      sealedApiKey: sealedApiKey === undefined ? stored?.sealedApiKey : (sealedApiKey ?? undefined),
      updatedAt: now,
    };
    if (stored === null) await ctx.db.insert("atlasModels", row);
    else await ctx.db.replace("atlasModels", stored._id, row);
    if (settings.embeddingOf(row) !== null) {
      await ctx.scheduler.runAfter(0, internal.embeddings.requestAll, { workspaceId, cursor: null });
    }
    await recordAudit(ctx, ctx.operator, { action: "atlas.model_set", target: row.model }, now);
    return null;
  },
});

/** Goes back to answers by search alone, by an owner or admin of all brands. */
export const removeModel = operatorMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    settings.requireModelManager(ctx.operator);
    const stored = await settings.findModel(ctx.db, ctx.operator.workspaceId);
    if (stored === null) return null;
    await ctx.db.delete("atlasModels", stored._id);
    await recordAudit(ctx, ctx.operator, { action: "atlas.model_removed", target: stored.model }, Date.now());
    return null;
  },
});

/** How many tokens the workspace may spend in a calendar month (UTC), by an owner or admin of all brands; 0 stops Atlas. */
export const setBudget = operatorMutation({
  args: { monthlyTokens: v.number() },
  returns: v.null(),
  handler: async (ctx, { monthlyTokens }) => {
    settings.requireModelManager(ctx.operator);
    await settings.setBudget(ctx, ctx.operator.workspaceId, monthlyTokens);
    const entry = { action: "atlas.budget_set" as const, target: `${monthlyTokens} tokens a month` };
    await recordAudit(ctx, ctx.operator, entry, Date.now());
    return null;
  },
});

export const getBrandSettings = operatorQuery({
  args: { brandId: v.string() },
  returns: shapes.atlasBrandSettings,
  handler: async (ctx, { brandId }) => {
    const brand = await requireBrand(ctx.db, ctx.operator, brandId);
    return await settings.brandSettingsOf(ctx.db, brand._id);
  },
});

/** Changes what is given, by an owner or admin. */
export const updateBrandSettings = operatorMutation({
  args: {
    brandId: v.string(),
    mode: v.optional(shapes.atlasMode),
    threshold: v.optional(v.number()),
    instructions: v.optional(v.string()),
  },
  returns: v.null(),
  handler: async (ctx, { brandId, ...change }) => {
    settings.requireAtlasManager(ctx.operator);
    const brand = await requireBrand(ctx.db, ctx.operator, brandId);
    await settings.setBrandSettings(ctx, brand, change);
    const details = change.mode === undefined ? undefined : `mode: ${change.mode}`;
    const entry = { action: "atlas.brand_updated" as const, target: brand.name, details, brandId: brand._id };
    await recordAudit(ctx, ctx.operator, entry, Date.now());
    return null;
  },
});

/** The brand's runs, newest first. */
export const listRuns = operatorQuery({
  args: { brandId: v.string(), paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(shapes.atlasRunRow),
  handler: async (ctx, { brandId, paginationOpts }) => {
    const brand = await requireBrand(ctx.db, ctx.operator, brandId);
    const result = await ctx.db
      .query("atlasRuns")
      .withIndex("by_brand", (q) => q.eq("brandId", brand._id))
      .order("desc")
      .paginate(boundedPage(paginationOpts));
    return { ...result, page: result.page.map(runs.toRunRow) };
  },
});

/** One run with all that led to its answer; null for a foreign, malformed or unknown id. */
export const getRun = operatorQuery({
  args: { runId: v.string() },
  returns: v.union(shapes.atlasRunDetail, v.null()),
  handler: async (ctx, { runId }) => {
    const run = await runs.findRun(ctx.db, ctx.operator, runId);
    if (run === null) return null;
    const { conversationId } = run;
    const conversation =
      conversationId === undefined ? null : await ctx.db.get("conversations", conversationId);
    return runs.toRunDetail(run, conversation);
  },
});

/** The newest run of a conversation; null when there is none, or the conversation is none of the operator's. */
export const latestRun = operatorQuery({
  args: { conversationId: v.string() },
  returns: v.union(shapes.atlasRunDetail, v.null()),
  handler: async (ctx, { conversationId }) => {
    const conversation = await findConversation(ctx.db, ctx.operator, conversationId);
    if (conversation === null) return null;
    const run = await ctx.db
      .query("atlasRuns")
      .withIndex("by_conversation_and_sequence", (q) => q.eq("conversationId", conversation._id))
      .order("desc")
      .first();
    return run === null ? null : runs.toRunDetail(run, conversation);
  },
});

/**
 * Sends a draft as the operator's own answer, changed or as it is. It must answer the visitor's newest message: a refusal
 * that is about the draft names the field `runId`.
 */
export const acceptSuggestion = operatorMutation({
  args: {
    runId: v.string(),
    body: v.optional(v.string()), // the draft's own text without it
    clientMessageId: v.string(),
    expectedSequence: v.optional(v.number()), // as in messages:send
  },
  returns: v.id("messages"),
  handler: async (ctx, { body, ...accepted }) => {
    const checked = body === undefined ? undefined : valid("body", checkMessageBody(body));
    valid("clientMessageId", checkClientMessageId(accepted.clientMessageId));
    return await acceptDraft(ctx, ctx.operator, { ...accepted, body: checked, now: Date.now() });
  },
});

/** Puts a draft away. The run stays. */
export const dismissSuggestion = operatorMutation({
  args: { runId: v.string() },
  returns: v.null(),
  handler: async (ctx, { runId }) => {
    const run = await runs.requireRun(ctx.db, ctx.operator, runId);
    await ctx.db.patch("atlasRuns", run._id, { draftEndedAt: Date.now() });
    return null;
  },
});

/** What the operator thinks of a run's answer; null takes it back. */
export const rateRun = operatorMutation({
  args: { runId: v.string(), rating: v.union(shapes.atlasRating, v.null()) },
  returns: v.null(),
  handler: async (ctx, { runId, rating }) => {
    const run = await runs.requireRun(ctx.db, ctx.operator, runId);
    await ctx.db.patch("atlasRuns", run._id, { rating: rating ?? undefined });
    return null;
  },
});

/** Asks the same again with what Atlas knows by now. Nothing of it is posted. */
export const replayRun = operatorMutation({
  args: { runId: v.string() },
  returns: v.object({ runId: v.id("atlasRuns") }),
  handler: async (ctx, { runId }) => {
    const run = await runs.requireRun(ctx.db, ctx.operator, runId);
    const { question, history } = run;
    const again = { question, history, sequence: 0, replayOf: run._id };
    const started = await runs.startRun(ctx, run, again, Date.now());
    return { runId: started.runId };
  },
});

/** Lets Atlas answer again in a conversation that it handed over, unless a person has answered or was asked for. */
export const resume = operatorMutation({
  args: { conversationId: v.string() },
  returns: v.null(),
  handler: async (ctx, { conversationId }) => {
    const conversation = await findConversation(ctx.db, ctx.operator, conversationId);
    if (conversation === null) throw notFound("conversation");
    await patchConversation(ctx, conversation, { atlasPausedAt: undefined });
    return null;
  },
});

async function takeQuestions(db: DatabaseReader, brand: Doc<"brands">) {
  return await db
    .query("atlasQuestions")
    .withIndex("by_brand", (q) => q.eq("brandId", brand._id))
    .take(ATLAS_QUESTIONS_MAX);
}

/** The questions that evaluate a brand's knowledge, with how each went last. */
export const listQuestions = operatorQuery({
  args: { brandId: v.string() },
  returns: v.array(shapes.atlasQuestionRow),
  handler: async (ctx, { brandId }) => {
    const brand = await requireBrand(ctx.db, ctx.operator, brandId);
    return (await takeQuestions(ctx.db, brand)).map(
      ({ _id, brandId, question, expectedSourceId, lastRunId, lastPassed, lastConfidence, lastAt }) => ({
        _id,
        brandId,
        question,
        expectedSourceId: expectedSourceId ?? null,
        lastRun:
          lastRunId === undefined
            ? null
            : {
                runId: lastRunId,
                passed: lastPassed ?? false,
                confidence: lastConfidence ?? 0,
                at: lastAt ?? 0,
              },
      }),
    );
  },
});

/** A question, and the source that its answer must cite; without one, Atlas should hand over. */
export const addQuestion = operatorMutation({
  args: { brandId: v.string(), question: v.string(), expectedSourceId: v.optional(v.string()) },
  returns: v.object({ questionId: v.id("atlasQuestions") }),
  handler: async (ctx, { brandId, question, expectedSourceId }) => {
    settings.requireAtlasManager(ctx.operator);
    const brand = await requireBrand(ctx.db, ctx.operator, brandId);
    const text = valid("question", checkMessageBody(question));
    if (text.length > ATLAS_QUESTION_MAX) {
      throw refusal("VALIDATION", `The question is too long: at most ${ATLAS_QUESTION_MAX} characters.`, {
        field: "question",
      });
    }
    const source =
      expectedSourceId === undefined ? null : await requireSource(ctx.db, ctx.operator, expectedSourceId);
    if (source !== null && source.brandId !== brand._id) throw notFound("source");
    if ((await takeQuestions(ctx.db, brand)).length >= ATLAS_QUESTIONS_MAX) {
      throw refusal("CONFLICT", `A brand has at most ${ATLAS_QUESTIONS_MAX} questions. Delete one first.`);
    }
    const questionId = await ctx.db.insert("atlasQuestions", {
      workspaceId: brand.workspaceId,
      brandId: brand._id,
      question: text,
      expectedSourceId: source?._id,
      createdAt: Date.now(),
    });
    return { questionId };
  },
});

export const removeQuestion = operatorMutation({
  args: { questionId: v.string() },
  returns: v.null(),
  handler: async (ctx, { questionId }) => {
    settings.requireAtlasManager(ctx.operator);
    const id = ctx.db.normalizeId("atlasQuestions", questionId);
    const question = id === null ? null : await ctx.db.get("atlasQuestions", id);
    if (question === null || question.workspaceId !== ctx.operator.workspaceId) throw notFound("question");
    await requireBrand(ctx.db, ctx.operator, question.brandId);
    await ctx.db.delete("atlasQuestions", question._id);
    return null;
  },
});

const budgetUsedUp = () =>
  refusal("CONFLICT", "The month's budget of tokens is used up. Raise it, or wait for the next month.");

/** Asks all of the brand's questions anew, in the background and within the budget. Nothing of it is posted. */
export const runEvaluation = operatorMutation({
  args: { brandId: v.string() },
  returns: v.object({ started: v.number() }),
  handler: async (ctx, { brandId }) => {
    settings.requireAtlasManager(ctx.operator);
    const brand = await requireBrand(ctx.db, ctx.operator, brandId);
    const now = Date.now();
    let started = 0;
    for (const { _id: questionId, question } of await takeQuestions(ctx.db, brand)) {
      const history = [{ role: "visitor" as const, text: question }];
      const run = { question, history, sequence: 0, questionId };
      const { status } = await runs.startRun(ctx, { ...brand, brandId: brand._id }, run, now);
      if (status === "running") started += 1;
      else if (started > 0) break;
      else throw budgetUsedUp();
    }
    return { started };
  },
});
