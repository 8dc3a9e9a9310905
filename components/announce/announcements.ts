/** What is announced outside the page: decided here, shown by the browser. */
import type { ConversationRow } from "@/components/hooks/rows";
import { visitorName } from "@/components/format/people";
import type { NotificationKind, NotificationRow } from "@/convex/validators";

export type Announcement = {
  /** One is shown for a conversation: a newer one takes its place. */
  conversationId: string;
  title: string;
  body: string;
  /** Path in the dashboard. */
  link: string;
};

/** Up to where everything was announced, or was there before: times of the server. */
export type Heard = { messagesUpTo: number; noticesUpTo: number };

export type News = {
  /** Open conversations, newest activity first. */
  conversations: readonly ConversationRow[];
  /** What the bell has, newest first. */
  notices: readonly NotificationRow[];
};

type Listener = {
  operatorId: string;
  /** Conversations that somebody at this computer has in view. */
  inView: ReadonlySet<string>;
};

/** Notices that lead to a conversation in which somebody waits for this person. */
const ANNOUNCED: readonly NotificationKind[] = [
  "mention",
  "conversation_assigned",
  "human_requested",
  "atlas_handed_over",
];

const newest = (times: readonly number[], before: number): number => Math.max(before, ...times);

/** What is heard of all that is there now: what came before somebody listened is not announced. */
export function heardOf({ conversations, notices }: News, before?: Heard): Heard {
  return {
    messagesUpTo: newest(
      conversations.flatMap(({ lastMessage }) => lastMessage?.at ?? []),
      before?.messagesUpTo ?? 0,
    ),
    noticesUpTo: newest(
      notices.map(({ createdAt }) => createdAt),
      before?.noticesUpTo ?? 0,
    ),
  };
}

/**
 * What came since and is for this person, oldest first: visitors' messages in conversations that are theirs or nobody's, and
 * notices. Nothing of a conversation that is in view, and one announcement for each.
 */
export function announcementsOf(
  { conversations, notices }: News,
  heard: Heard,
  { operatorId, inView }: Listener,
): Announcement[] {
  const fromVisitors = conversations.flatMap((row): (Announcement & { at: number })[] => {
    const { _id, assignedOperatorId, lastMessage, visitor } = row;
    if (lastMessage === null || lastMessage.role !== "visitor" || lastMessage.at <= heard.messagesUpTo)
      return [];
    if (assignedOperatorId !== undefined && assignedOperatorId !== operatorId) return [];
    const link = `/app?conversation=${_id}`;
    const title = visitorName(visitor);
    return [{ conversationId: _id, title, body: lastMessage.preview, link, at: lastMessage.at }];
  });
  const fromBell = notices.flatMap(
    ({ kind, title, body = "", link, readAt, createdAt }): (Announcement & { at: number })[] => {
      const conversationId = conversationIn(link);
      if (link === undefined || conversationId === null || !ANNOUNCED.includes(kind)) return [];
      if (readAt !== undefined || createdAt <= heard.noticesUpTo) return [];
      return [{ conversationId, title, body, link, at: createdAt }];
    },
  );
  const latest = new Map<string, Announcement>();
  for (const { at: _at, ...each } of [...fromVisitors, ...fromBell].sort((a, b) => a.at - b.at)) {
    latest.delete(each.conversationId);
    if (!inView.has(each.conversationId)) latest.set(each.conversationId, each);
  }
  return [...latest.values()];
}

function conversationIn(link: string | undefined): string | null {
  return link === undefined ? null : new URL(link, "http://dashboard").searchParams.get("conversation");
}
