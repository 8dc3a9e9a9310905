import type { ListItem } from "./list-items";

/** Where a line of the list stands, in pixels from its beginning. */
export type Placed = { key: string; start: number; size: number };

/**
 * How far the lines in view have moved, as most of them have: a line that left them, or came in between, moves nothing.
 * `startOf` says where a line stands now; undefined: it is gone.
 */
export function shiftOf(inView: readonly Placed[], startOf: (key: string) => number | undefined): number {
  const votes = new Map<number, number>();
  for (const { key, start } of inView) {
    const now = startOf(key);
    if (now !== undefined) votes.set(now - start, (votes.get(now - start) ?? 0) + 1);
  }
  const [shift = 0] = [...votes.entries()].sort((a, b) => b[1] - a[1])[0] ?? [];
  return shift;
}

/** Conversations above the line `first` that are new there, or in which somebody has written since. */
export function newsAbove(before: readonly ListItem[], now: readonly ListItem[], first: number): string[] {
  const known = new Map(before.map((item) => [item.key, activityOf(item)]));
  return now
    .slice(0, first)
    .filter((item) => item.kind === "row" && known.get(item.key) !== activityOf(item))
    .map(({ key }) => key);
}

const activityOf = (item: ListItem): number | null => (item.kind === "row" ? item.row.lastMessageAt : null);
