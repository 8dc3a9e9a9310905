import type { ConversationStatus } from "@/components/hooks/rows";
import type { Channel } from "@/convex/validators";

/** In the order in which they stand wherever one is chosen. */
export const VIEW_STATUSES = [
  "open",
  "snoozed",
  "resolved",
  "closed",
] as const satisfies ConversationStatus[];
export const VIEW_CHANNELS = ["web_chat", "email", "whatsapp", "voice", "sms"] as const satisfies Channel[];
export const VIEW_SORTS = ["wait", "newest"] as const;

/** What narrows a view beside its status and brand; an assignee is "me", an operator's id, or null for nobody. */
export type ViewNarrowing =
  | { by: "assignee"; assignee: string | null }
  | { by: "waiting" }
  | { by: "channel"; channel: Channel }
  | { by: "tag"; tag: string };

export type InboxView = {
  status: ConversationStatus;
  brandId: string | null; // null: all brands
  narrowing: ViewNarrowing | null;
  /** Who waits longest first, then who was answered; or newest activity first. */
  sort: (typeof VIEW_SORTS)[number];
};

export const OPEN_VIEW: InboxView = { status: "open", brandId: null, narrowing: null, sort: "wait" };

const MINE: ViewNarrowing = { by: "assignee", assignee: "me" };
const UNASSIGNED: ViewNarrowing = { by: "assignee", assignee: null };

/** The views that have a name of their own, as in the sidebar. */
export const NAMED_VIEWS: readonly { name: string; view: InboxView }[] = [
  { name: "Mine", view: { ...OPEN_VIEW, narrowing: MINE } },
  { name: "Unassigned", view: { ...OPEN_VIEW, narrowing: UNASSIGNED } },
  { name: "Waiting", view: { ...OPEN_VIEW, narrowing: { by: "waiting" } } },
  { name: "All open", view: OPEN_VIEW },
  { name: "Snoozed", view: { ...OPEN_VIEW, status: "snoozed" } },
  { name: "Resolved", view: { ...OPEN_VIEW, status: "resolved" } },
  { name: "Closed", view: { ...OPEN_VIEW, status: "closed" } },
];

/** A narrowing as one text, to compare and to choose by. */
export function narrowingKey(narrowing: ViewNarrowing | null): string {
  switch (narrowing?.by) {
    case undefined:
      return "all";
    case "waiting":
      return "waiting";
    case "assignee":
      return `assignee:${narrowing.assignee ?? NOBODY}`;
    case "channel":
      return `channel:${narrowing.channel}`;
    case "tag":
      return `tag:${narrowing.tag}`;
  }
}

/** Whether both show the same conversations of the same brands, in whichever order. */
export function isSameView(one: InboxView, other: InboxView): boolean {
  return (
    one.status === other.status &&
    one.brandId === other.brandId &&
    narrowingKey(one.narrowing) === narrowingKey(other.narrowing)
  );
}

/** No operator's id has this form. */
const NOBODY = "none";

/** What an address says of a view. An address may say more than one narrowing; the first of these counts. */
export type ViewParams = {
  status: ConversationStatus;
  brand: string | null;
  assignee: string | null;
  waiting: boolean;
  channel: Channel | null;
  tag: string | null;
  sort: InboxView["sort"];
};

export function viewOf({ status, brand, sort, ...narrowing }: ViewParams): InboxView {
  return { status, brandId: brand, narrowing: narrowingOf(narrowing), sort };
}

function narrowingOf({
  assignee,
  waiting,
  channel,
  tag,
}: Omit<ViewParams, "status" | "brand" | "sort">): ViewNarrowing | null {
  if (assignee !== null) return { by: "assignee", assignee: assignee === NOBODY ? null : assignee };
  if (waiting) return { by: "waiting" };
  if (channel !== null) return { by: "channel", channel };
  return tag === null ? null : { by: "tag", tag };
}

export function paramsOf({ status, brandId, narrowing, sort }: InboxView): ViewParams {
  return {
    status,
    brand: brandId,
    assignee: narrowing?.by === "assignee" ? (narrowing.assignee ?? NOBODY) : null,
    waiting: narrowing?.by === "waiting",
    channel: narrowing?.by === "channel" ? narrowing.channel : null,
    tag: narrowing?.by === "tag" ? narrowing.tag : null,
    sort,
  };
}
