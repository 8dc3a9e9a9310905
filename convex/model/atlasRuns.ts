/**
 * Runs of Atlas. A run begins with a visitor's turn and ends here: whatever its action found or a model wrote, what is
 * posted is decided in this file, in the transaction that posts it.
 */
import {
  ATLAS_HISTORY_MAX,
  ATLAS_QUESTION_MAX,
  ATLAS_RUN_DAYS,
  ATLAS_RUN_TOKENS_MAX,
} from "../../lib/limits";
import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { DatabaseReader, MutationCtx } from "../_generated/server";
import { notFound } from "../errors";
import { answerSupport, citationsOf, withoutCitations } from "../logic/atlas/strength";
import type {
  AtlasPassage,
  AtlasReason,
  AtlasRunDetail,
  AtlasRunRow,
  AtlasTurn,
  AtlasVerdict,
} from "../validators/atlas";
import { brandSettingsOf, reserve, settle } from "./atlasSettings";
import { endTurn } from "./atlasTurns";
import { patchConversation } from "./conversationRows";
import { inUse } from "./knowledge";
import { sendMessage, visibleMessagesNewestFirst } from "./messages";
import { conversationLink, notifyTeam } from "./notifications";

type Run = Doc<"atlasRuns">;
type Conversation = Doc<"conversations">;

/** A run that has not ended by then was cut off with its process. */
const RUN_MAX_MS = 5 * 60_000;
const PAGE = 100;

/** The run if the operator may see its brand; null otherwise. */
export async function findRun(
  db: DatabaseReader,
  operator: Doc<"operators">,
  runId: string,
): Promise<Run | null> {
  const id = db.normalizeId("atlasRuns", runId);
  const run = id === null ? null : await db.get("atlasRuns", id);
  if (run === null || run.workspaceId !== operator.workspaceId) return null;
  if (operator.brandAccess !== "all" && !operator.brandAccess.includes(run.brandId)) return null;
  return run;
}

export async function requireRun(
  db: DatabaseReader,
  operator: Doc<"operators">,
  runId: string,
): Promise<Run> {
  const run = await findRun(db, operator, runId);
  if (run === null) throw notFound("run");
  return run;
}

/** A person has answered, was asked for or took the conversation on: Atlas posts nothing until it is over and begins anew. */
export function isInHumanHands(conversation: Conversation): boolean {
  return (
    conversation.atlasPausedAt !== undefined ||
    conversation.humanRequestedAt !== undefined ||
    conversation.assignedOperatorId !== undefined
  );
}

/** Begins the run for a turn; nothing when the visitor has written on, or there is one already. */
export async function beginTurn(
  ctx: MutationCtx,
  conversationId: Id<"conversations">,
  sequence: number,
  now: number,
): Promise<void> {
  await endTurn(ctx, conversationId, sequence);
  const conversation = await ctx.db.get("conversations", conversationId);
  if (conversation?.visitorSequence !== sequence) return;
  const earlier = await ctx.db
    .query("atlasRuns")
    .withIndex("by_conversation_and_sequence", (q) =>
      q.eq("conversationId", conversationId).eq("sequence", sequence),
    )
    .first();
  if (earlier !== null) return;
  if ((await brandSettingsOf(ctx.db, conversation.brandId)).mode === "off") return;
  const { question, history } = await turnsOf(ctx.db, conversationId);
  if (question === "") return;
  const run = { conversationId, sequence, question, history };
  const started = await startRun(ctx, conversation, run, now);
  if (started.status === "handed_over") await handOver(ctx, conversation, now);
}

/** What the visitor asks, and what was said before it. Only what the visitor can see: no note, no system line. */
async function turnsOf(
  db: DatabaseReader,
  conversationId: Id<"conversations">,
): Promise<{ question: string; history: AtlasTurn[] }> {
  const newest = await visibleMessagesNewestFirst(db, conversationId).take(ATLAS_HISTORY_MAX);
  const turns = newest
    .reverse()
    .filter(({ role }) => role === "visitor" || role === "operator" || role === "atlas")
    .map(({ role, body }): AtlasTurn => ({
      role: role === "visitor" ? "visitor" : "team",
      text: body.slice(0, ATLAS_QUESTION_MAX),
    }));
  const from = turns.map(({ role }) => role).lastIndexOf("team") + 1;
  const question = turns
    .slice(from)
    .map(({ text }) => text)
    .join("\n")
    .slice(-ATLAS_QUESTION_MAX);
  return { question, history: turns };
}

type NewRun = Pick<Run, "question" | "history" | "sequence"> &
  Partial<Pick<Run, "conversationId" | "replayOf" | "questionId">>;

/** A run under way; one that the budget does not allow is handed over at once. */
export async function startRun(
  ctx: MutationCtx,
  { workspaceId, brandId }: { workspaceId: Id<"workspaces">; brandId: Id<"brands"> },
  run: NewRun,
  now: number,
): Promise<{ runId: Id<"atlasRuns">; status: Run["status"] }> {
  const isAllowed = await reserve(ctx, workspaceId, ATLAS_RUN_TOKENS_MAX, now);
  const status = isAllowed ? ("running" as const) : ("handed_over" as const);
  const runId = await ctx.db.insert("atlasRuns", {
    workspaceId,
    brandId,
    ...run,
    passages: [],
    status,
    inputTokens: 0,
    outputTokens: 0,
    reservedTokens: isAllowed ? ATLAS_RUN_TOKENS_MAX : 0,
    createdAt: now,
    ...(isAllowed ? {} : { reason: "budget" as const, completedAt: now }),
  });
  if (isAllowed) await ctx.scheduler.runAfter(0, internal.atlasRunner.run, { runId });
  return { runId, status };
}

/** Why the run must not be seen by the visitor, as things are now; null when it may. */
async function reasonToHold(
  db: DatabaseReader,
  run: Run,
  conversation: Conversation,
): Promise<AtlasReason | null> {
  if (conversation.visitorSequence !== run.sequence) return "visitor_wrote_on";
  if (isInHumanHands(conversation)) return "human";
  return (await brandSettingsOf(db, conversation.brandId)).mode === "answer" ? null : "turned_off";
}

async function findStream(db: DatabaseReader, runId: Id<"atlasRuns">) {
  return await db
    .query("atlasStreams")
    .withIndex("by_run", (q) => q.eq("runId", runId))
    .unique();
}

/** What Atlas is writing in the conversation at the moment; null when it is not, or for nothing: its run may not have noticed yet. */
export async function writingOf(db: DatabaseReader, conversation: Conversation): Promise<string | null> {
  const stream = await db
    .query("atlasStreams")
    .withIndex("by_conversation", (q) => q.eq("conversationId", conversation._id))
    .order("desc")
    .first();
  if (stream === null || isInHumanHands(conversation)) return null;
  const run = await db.get("atlasRuns", stream.runId);
  return run?.sequence === conversation.visitorSequence ? stream.text : null;
}

/** Shows the visitor what is written so far; false when nobody wants to know any more. */
export async function stream(ctx: MutationCtx, runId: Id<"atlasRuns">, text: string): Promise<boolean> {
  const run = await ctx.db.get("atlasRuns", runId);
  if (run?.conversationId === undefined || run.status !== "running") return false;
  const conversation = await ctx.db.get("conversations", run.conversationId);
  if (conversation === null || (await reasonToHold(ctx.db, run, conversation)) !== null) return false;
  const stored = await findStream(ctx.db, runId);
  if (stored !== null) await ctx.db.patch("atlasStreams", stored._id, { text });
  else {
    const { workspaceId, conversationId } = run;
    await ctx.db.insert("atlasStreams", { workspaceId, conversationId, runId, text });
  }
  return true;
}

export type RunResult = {
  answer: string | null; // with [1] behind what a passage says
  passages: AtlasPassage[];
  retrieval: number;
  reason: AtlasReason | null; // why there is no answer
  error: string | null;
  model: string | null;
  inputTokens: number;
  outputTokens: number;
  cost: number | null;
};

/** Ends the run with what its action found, and posts the answer if all still speaks for it. A run ends once. */
export async function finish(
  ctx: MutationCtx,
  runId: Id<"atlasRuns">,
  result: RunResult,
  now: number,
): Promise<void> {
  const run = await ctx.db.get("atlasRuns", runId);
  if (run?.status !== "running") return;
  await settle(ctx, run, result.inputTokens + result.outputTokens);
  const shown = await findStream(ctx.db, runId);
  if (shown !== null) await ctx.db.delete("atlasStreams", shown._id);

  const { threshold, mode } = await brandSettingsOf(ctx.db, run.brandId);
  const judged = await judge(ctx.db, run, result, threshold);
  const end = async (change: Partial<Run>) => {
    const { passages, error, model, inputTokens, outputTokens, cost } = result;
    const cited = new Set(citationsOf(judged.answer ?? ""));
    await ctx.db.patch("atlasRuns", runId, {
      passages: passages.map((passage, index) => ({ ...passage, cited: cited.has(index + 1) })),
      answer: judged.answer ?? undefined,
      verdict: judged.verdict,
      reason: judged.reason ?? undefined,
      error: error ?? undefined,
      model: model ?? undefined,
      inputTokens,
      outputTokens,
      cost: cost ?? undefined,
      reservedTokens: 0,
      completedAt: now,
      ...change,
    });
  };

  if (run.conversationId === undefined) {
    await end({ status: "evaluated" });
    await recordEvaluation(ctx, run, result, judged, now);
    return;
  }
  const conversation = await ctx.db.get("conversations", run.conversationId);
  if (conversation === null) return await end({ status: "superseded" });
  const hold = await reasonToHold(ctx.db, run, conversation);
  if (hold === "visitor_wrote_on") return await end({ status: "superseded", reason: hold });
  if (judged.reason === null && hold === null) {
    const body = posted(judged.answer ?? "", result.passages);
    const messageId = await sendMessage(ctx, conversation, { sender: { role: "atlas" }, body, now });
    return await end({ status: "answered", messageId });
  }
  if (hold === null) {
    await end({ status: "handed_over" });
    return await handOver(ctx, conversation, now);
  }
  // A person is at it, or Atlas only drafts here: what it found is theirs to use.
  if (mode === "off" || judged.answer === null) {
    const status = mode === "draft" && hold === "turned_off" ? "handed_over" : "superseded";
    return await end({ status, reason: judged.reason ?? hold });
  }
  await end({ status: "drafted", reason: judged.reason ?? (hold === "human" ? hold : undefined) });
}

type Judged = { answer: string | null; verdict: AtlasVerdict; reason: AtlasReason | null };

/** Whether the answer may stand: its confidence from retrieval and from a check of its words, not from what a model says. */
async function judge(
  db: DatabaseReader,
  run: Run,
  { answer, passages, retrieval, reason }: RunResult,
  threshold: number,
): Promise<Judged> {
  const cited = citationsOf(answer ?? "").flatMap((number) => passages[number - 1] ?? []);
  const chunks = await Promise.all(cited.map(({ chunkId }) => db.get("knowledgeChunks", chunkId)));
  const usable = await inUse(
    db,
    run.brandId,
    chunks.flatMap((chunk) => chunk ?? []),
  );
  // What it cites must still be what the brand knows, word for word.
  const isCurrent =
    cited.length > 0 &&
    cited.every(({ chunkId, text }) =>
      usable.some((chunk) => chunk.chunkId === chunkId && chunk.text === text),
    );
  const support = answer !== null && isCurrent ? answerSupport(answer, usable, run.question) : 0;
  const confidence = Math.min(retrieval, support);
  const verdict = { retrieval, support, confidence, threshold };
  if (reason !== null) return { answer, verdict, reason };
  if (answer === null) return { answer, verdict, reason: "no_match" };
  if (confidence >= threshold) return { answer, verdict, reason: null };
  return { answer, verdict, reason: support < threshold ? "unsupported" : "weak_match" };
}

/** The answer as the visitor reads it: with the sources that it cites, numbered anew, and where to read them. */
function posted(answer: string, passages: readonly AtlasPassage[]): string {
  const cited = citationsOf(answer).flatMap((number) => passages[number - 1] ?? []);
  const sources = [...new Map(cited.map(({ sourceId, title, url }) => [sourceId, { title, url }])).values()];
  const lines = sources.map(({ title, url }) => (url === null ? title : `${title}: ${url}`));
  return `${withoutCitations(answer)}\n\n${lines.join("\n")}`;
}

/** From here on a person has to answer: Atlas posts nothing more, and the team is told. */
async function handOver(ctx: MutationCtx, conversation: Conversation, now: number): Promise<void> {
  if (isInHumanHands(conversation)) return;
  await patchConversation(ctx, conversation, { atlasPausedAt: now });
  const { name = "A visitor" } = conversation.visitor;
  await notifyTeam(
    ctx,
    conversation,
    {
      kind: "atlas_handed_over",
      severity: "info",
      title: `Atlas has no answer for ${name}`,
      link: conversationLink(conversation._id),
    },
    now,
  );
}

async function recordEvaluation(
  ctx: MutationCtx,
  { _id, questionId }: Run,
  { passages }: RunResult,
  { answer, verdict, reason }: Judged,
  now: number,
): Promise<void> {
  const question = questionId === undefined ? null : await ctx.db.get("atlasQuestions", questionId);
  if (question === null) return;
  const cited = citationsOf(answer ?? "").flatMap((number) => passages[number - 1]?.sourceId ?? []);
  const isPosted = reason === null;
  const { expectedSourceId } = question;
  await ctx.db.patch("atlasQuestions", question._id, {
    lastRunId: _id,
    lastPassed: expectedSourceId === undefined ? !isPosted : isPosted && cited.includes(expectedSourceId),
    lastConfidence: verdict.confidence,
    lastAt: now,
  });
}

/** Ends runs that were cut off with their process; a person has to answer. True when there may be more. */
export async function sweep(ctx: MutationCtx, now: number): Promise<boolean> {
  const stale = await ctx.db
    .query("atlasRuns")
    .withIndex("by_status", (q) => q.eq("status", "running").lt("createdAt", now - RUN_MAX_MS))
    .take(PAGE);
  for (const { _id } of stale) {
    const none = { answer: null, passages: [], retrieval: 0, error: null, model: null, cost: null };
    await finish(ctx, _id, { ...none, reason: "interrupted", inputTokens: 0, outputTokens: 0 }, now);
  }
  return stale.length === PAGE;
}

/** Deletes runs that are too old; true when there may be more. */
export async function purgeRuns(ctx: MutationCtx, now: number): Promise<boolean> {
  const expired = await ctx.db
    .query("atlasRuns")
    .withIndex("by_created_at", (q) => q.lt("createdAt", now - ATLAS_RUN_DAYS * 24 * 60 * 60 * 1000))
    .take(PAGE);
  for (const { _id } of expired) await ctx.db.delete("atlasRuns", _id);
  return expired.length === PAGE;
}

export function toRunRow(run: Run): AtlasRunRow {
  return {
    _id: run._id,
    conversationId: run.conversationId ?? null,
    brandId: run.brandId,
    question: run.question,
    status: run.status,
    reason: run.reason ?? null,
    answer: run.answer ?? null,
    verdict: run.verdict ?? null,
    model: run.model ?? null,
    inputTokens: run.inputTokens,
    outputTokens: run.outputTokens,
    cost: run.cost ?? null,
    rating: run.rating ?? null,
    draftUse: run.draftUse === undefined ? null : { name: run.draftUse.name, how: run.draftUse.how },
    createdAt: run.createdAt,
    completedAt: run.completedAt ?? null,
  };
}

/** `conversation`: the run's own. */
export function toRunDetail(run: Run, conversation: Conversation | null): AtlasRunDetail {
  const { history, passages, error = null, replayOf = null } = run;
  return { ...toRunRow(run), history, passages, error, replayOf, isDraft: isDraft(run, conversation) };
}

function isDraft(run: Run, conversation: Conversation | null): boolean {
  if (run.answer === undefined || run.draftEndedAt !== undefined) return false;
  if (run.status !== "drafted" && run.status !== "handed_over") return false;
  return conversation?.waitingSince !== undefined && conversation.visitorSequence === run.sequence;
}
