import type { WebhookDeliveryRow } from "@/convex/validators/webhooks";

type Rows = readonly WebhookDeliveryRow[];

/**
 * The list with the open delivery in it, also when its filter leaves it out or its page is not loaded. It keeps its place
 * in time; one from before all that is loaded stands on top, where it is seen.
 */
export function withOpenRow(rows: Rows, open: WebhookDeliveryRow | null, complete: boolean): Rows {
  if (open === null || rows.some(({ _id }) => _id === open._id)) return rows;
  const older = rows.findIndex(({ createdAt }) => createdAt <= open.createdAt);
  if (older === -1) return complete ? [...rows, open] : [open, ...rows];
  return [...rows.slice(0, older), open, ...rows.slice(older)];
}

/**
 * The list from the anchor on, and how many newer rows that leaves out: while a row is being read, none moves it. The open
 * row itself is never left out.
 */
export function heldRows(
  rows: Rows,
  anchor: string | null,
  openId: string | null,
): { shown: Rows; newer: number } {
  const held = rows.findIndex(({ _id }) => _id === anchor);
  const open = rows.findIndex(({ _id }) => _id === openId);
  const from = open === -1 ? held : Math.min(held, open);
  return from <= 0 ? { shown: rows, newer: 0 } : { shown: rows.slice(from), newer: from };
}
