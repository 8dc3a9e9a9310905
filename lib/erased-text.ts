const KINDS = [
  ["people", "person", "people"],
  ["conversations", "conversation", "conversations"],
  ["messages", "message", "messages"],
  ["files", "file", "files"],
  ["leads", "lead", "leads"],
  ["events", "event of the feed", "events of the feed"],
  ["notifications", "notification", "notifications"],
] as const;

/** "1 person, 2 conversations, 14 messages": what there was of each kind. */
export function erasedText(counts: Readonly<Record<(typeof KINDS)[number][0], number>>): string {
  return KINDS.filter(([kind]) => counts[kind] > 0)
    .map(([kind, one, many]) => `${counts[kind]} ${counts[kind] === 1 ? one : many}`)
    .join(", ");
}
