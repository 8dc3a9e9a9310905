/** The body of a webhook request: the same bytes for every endpoint, on every attempt. */

/** What receivers and readers of the feed can rely on. */
export const API_VERSION = "v1";

export type EventFields = {
  _id: string;
  workspaceId: string;
  brandId?: string | undefined;
  type: string;
  sequence?: number | undefined;
  payload: string; // JSON text
  occurredAt: number;
};

/** `data` was written as this JSON text by the change itself, and is passed on as it is. */
export function eventBody(event: EventFields): string {
  const head = {
    id: event._id,
    type: event.type,
    apiVersion: API_VERSION,
    workspaceId: event.workspaceId,
    brandId: event.brandId ?? null,
    sequence: event.sequence ?? null,
    occurredAt: new Date(event.occurredAt).toISOString(),
  };
  return `${JSON.stringify(head).slice(0, -1)},"data":${event.payload}}`;
}
