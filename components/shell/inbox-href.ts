import type { ConversationStatus } from "@/components/hooks/rows";
import type { InboxView } from "@/components/hooks/use-inbox";

/** The views of the inbox, in the order in which they stand in the sidebar. */
export const VIEW_STATUSES = [
  "open",
  "snoozed",
  "resolved",
  "closed",
] as const satisfies ConversationStatus[];

/** The address of a view; the open one of all brands is the plain address. */
export function inboxHref({ status, brandId }: InboxView): string {
  const query = new URLSearchParams();
  if (status !== "open") query.set("status", status);
  if (brandId !== null) query.set("brand", brandId);
  const text = query.toString();
  return text === "" ? "/app" : `/app?${text}`;
}
