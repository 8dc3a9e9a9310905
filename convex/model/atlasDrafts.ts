/** Drafts of Atlas that operators send as answers of their own. */
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { notFound, refusal } from "../errors";
import { draftUseOf } from "../logic/atlas/draftUse";
import { withoutCitations } from "../logic/atlas/strength";
import { findRun } from "./atlasRuns";
import { findConversation } from "./conversations";
import { findSentByOperator, sendMessage } from "./messages";

/** `body`: as the operator has made it, checked; undefined: the draft's own text. */
export type Accepted = {
  runId: string;
  body: string | undefined;
  clientMessageId: string;
  expectedSequence?: number;
  now: number;
};

/**
 * Sends what an operator has made of a draft, and keeps with the run what became of it. A refusal because of the draft
 * names the field `runId`: the text may go out as a message of its own.
 */
export async function acceptDraft(
  ctx: MutationCtx,
  operator: Doc<"operators">,
  { runId, body, ...message }: Accepted,
): Promise<Id<"messages">> {
  const run = await findRun(ctx.db, operator, runId);
  if (run === null) throw refusal("NOT_FOUND", "This draft does not exist any more.", { field: "runId" });
  const conversation =
    run.conversationId === undefined ? null : await findConversation(ctx.db, operator, run.conversationId);
  if (conversation === null) throw notFound("conversation");
  const sent = await findSentByOperator(ctx.db, operator._id, message.clientMessageId);
  // Who repeats what was taken gets the same answer, whatever has happened since.
  const { answer } = run;
  if (sent === null) requireDraft(run, conversation);
  if (answer === undefined) throw noDraft();
  const text = body ?? withoutCitations(answer);
  const sender = { role: "operator" as const, operator };
  const messageId = await sendMessage(ctx, conversation, { sender, body: text, ...message });
  if (sent !== null || run.draftUse !== undefined) return messageId;
  const how = draftUseOf(withoutCitations(answer), text);
  await ctx.db.patch("atlasRuns", run._id, {
    draftUse: { operatorId: operator._id, name: operator.name, how },
    ...(how === "replaced" ? {} : { messageId }),
    draftEndedAt: message.now,
  });
  return messageId;
}

const noDraft = () =>
  refusal("CONFLICT", "Atlas has no draft here to send. Send the text as a message.", { field: "runId" });

/** Refuses what is no draft, and one that the visitor has written past. */
function requireDraft({ status, sequence }: Doc<"atlasRuns">, conversation: Doc<"conversations">): void {
  if (status !== "drafted" && status !== "handed_over") throw noDraft();
  if (conversation.visitorSequence === sequence) return;
  throw refusal(
    "CONFLICT",
    "The visitor has written on since Atlas drafted this. Read it, then send again if it still fits.",
    { field: "runId" },
  );
}
