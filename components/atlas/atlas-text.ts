import { formats, numberText } from "@/components/format/formats";
import { atTime, type Clock } from "@/components/format/time";
import type { AtlasReason, AtlasRunRow, AtlasRunStatus, KnowledgeRow } from "@/convex/validators/atlas";

const RUN_STATUS: Record<AtlasRunStatus, string> = {
  running: "Running",
  answered: "Answered",
  drafted: "Draft",
  handed_over: "Handed over",
  superseded: "Overtaken",
  failed: "Failed",
  evaluated: "Not posted",
};

/** Why a run ended as it did, in a sentence. */
export const RUN_REASON: Record<AtlasReason, string> = {
  no_match: "Nothing in the knowledge matches the question.",
  weak_match: "The knowledge matches the question too weakly.",
  unsupported: "The answer says what its sources do not, or cites none.",
  declined: "The model saw no answer in the passages.",
  budget: "The month's budget of tokens is used up.",
  human: "A person had answered, was asked for, or had taken the conversation on.",
  visitor_wrote_on: "The visitor wrote on; the next run answers all of it.",
  model_error: "The model did not answer.",
  interrupted: "The server stopped while it ran.",
  turned_off: "Atlas was set not to answer by itself.",
};

/** What became of the run, in a word or two: "Answered", "Sent by Ada, changed". */
export function outcomeText({ status, draftUse }: Pick<AtlasRunRow, "status" | "draftUse">): string {
  if (draftUse === null) return RUN_STATUS[status];
  const { name, how } = draftUse;
  if (how === "replaced") return `${name} wrote another answer`;
  return how === "changed" ? `Sent by ${name}, changed` : `Sent by ${name}, as it was`;
}

/** A share from 0 to 1 as people read it. */
export const shareText = (share: number): string =>
  new Intl.NumberFormat(formats().locale, { style: "percent", maximumFractionDigits: 0 }).format(share);

/** What the run took: "150 tokens, $0.0004". */
export function costText({ inputTokens, outputTokens, cost }: AtlasRunRow): string {
  const tokens = `${numberText(inputTokens + outputTokens)} tokens`;
  return cost === null ? tokens : `${tokens}, $${cost.toFixed(4)}`;
}

/** Who wrote the answer: the model by its name, or the search. */
export const writerText = ({ model }: Pick<AtlasRunRow, "model">): string => model ?? "Search, no model";

/** Why a source is found by its words alone, and what comes of it: "Text search only: Not now, tried again at 13:46." */
export function textOnlyText(
  { reason, retryAt }: NonNullable<KnowledgeRow["textOnly"]>,
  clock: Clock,
): string {
  if (reason === null) return "Text search only, until its vectors are made.";
  const next = retryAt === null ? "not tried again by itself" : `tried again ${atTime(retryAt, clock)}`;
  return `Text search only: ${reason.replace(/[.\s]+$/, "")}, ${next}.`;
}
