import type { ConversationRow } from "@/components/hooks/rows";

/** One line of the list pane: a conversation, or the heading over those that wait on the visitor. */
export type ListItem =
  { kind: "row"; key: string; row: ConversationRow } | { kind: "heading"; key: string; text: string };

type Part = { rows: readonly ConversationRow[]; complete: boolean };

/**
 * The list as it is read: who waits on us first, longest wait on top; then, once all of those are loaded, the others.
 * A conversation that moves from one query to the other may be in both for a moment: the waiting one wins.
 */
export function listItems(waiting: Part, rest: Part): ListItem[] {
  const items: ListItem[] = waiting.rows.map((row) => ({ kind: "row", key: row._id, row }));
  if (!waiting.complete) return items;
  const shown = new Set(waiting.rows.map((row) => row._id));
  const others = rest.rows.filter((row) => !shown.has(row._id));
  if (others.length > 0 && items.length > 0) {
    items.push({ kind: "heading", key: "answered", text: "Waiting on the visitor" });
  }
  for (const row of others) items.push({ kind: "row", key: row._id, row });
  return items;
}

/** The next row in a direction, skipping headings; stays at the ends. -1 when there is no row at all. */
export function stepRow(items: readonly ListItem[], from: number, step: 1 | -1): number {
  for (let index = from + step; index >= 0 && index < items.length; index += step) {
    if (items[index]?.kind === "row") return index;
  }
  return items[from]?.kind === "row" ? from : -1;
}
