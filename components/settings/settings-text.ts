import { numberText } from "@/components/format/formats";
import type { ExportCounts } from "@/convex/validators/exports";

/** "api_key.created" as people say it: "API key created". */
export function actionText(action: string): string {
  const words = action.replace(/[._]/g, " ").replace(/\bapi\b/, "API");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** "1,240 visitors, 2,000 conversations, 18,010 messages, 40 leads": what an export has so far. */
export function exportedText(counts: ExportCounts): string {
  const kinds = [
    [counts.visitors, "visitor", "visitors"],
    [counts.conversations, "conversation", "conversations"],
    [counts.messages, "message", "messages"],
    [counts.leads, "lead", "leads"],
  ] as const;
  return kinds.map(([count, one, many]) => `${numberText(count)} ${count === 1 ? one : many}`).join(", ");
}
