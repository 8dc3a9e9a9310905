import type { ErasedCounts } from "@/convex/validators/erasures";

/** "api_key.created" as people say it: "API key created". */
export function actionText(action: string): string {
  const words = action.replace(/[._]/g, " ").replace(/\bapi\b/, "API");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const KINDS: [kind: keyof ErasedCounts, one: string, many: string][] = [
  ["people", "person", "people"],
  ["conversations", "conversation", "conversations"],
  ["messages", "message", "messages"],
  ["files", "file", "files"],
  ["leads", "lead", "leads"],
  ["events", "event of the feed", "events of the feed"],
  ["notifications", "notification", "notifications"],
];

/** "1 person, 2 conversations, 14 messages": what there was of each kind. */
export function erasedText(counts: ErasedCounts): string {
  return KINDS.filter(([kind]) => counts[kind] > 0)
    .map(([kind, one, many]) => `${counts[kind]} ${counts[kind] === 1 ? one : many}`)
    .join(", ");
}
