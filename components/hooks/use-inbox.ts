"use client";

import { useQueries } from "convex/react";
import { useEffect, useMemo, useRef } from "react";
import { useSession } from "@/components/session/session-provider";
import type { InboxView } from "@/components/shell/inbox-view";
import { api } from "@/convex/_generated/api";
import type { Assignee, Brand, Conversation, ConversationRow, ConversationStatus } from "./rows";
import { useLivePages, type LivePages } from "./use-live-pages";
import { useLiveQuery, type Live } from "./use-live-query";

const PAGE_SIZE = 50;
/** The most conversations that one question about unread ones may name. */
const UNREAD_CHUNK = 100;

/** The two parts of a view: who waits on us, longest first; the others, newest first. One of them may be empty for good. */
export function useInboxLists({ status, brandId, narrowing, sort }: InboxView): {
  waiting: LivePages<ConversationRow>;
  rest: LivePages<ConversationRow>;
} {
  const view = {
    status,
    ...(brandId === null ? {} : { brandId }),
    ...(narrowing === null || narrowing.by === "waiting" ? {} : { narrowing }),
  };
  const onlyWaiting = narrowing?.by === "waiting";
  const byWait = onlyWaiting || sort === "wait";
  const rest = { ...view, part: byWait ? ("answered" as const) : ("all" as const) };
  const list = api.conversations.listPage;
  return {
    waiting: useLivePages(list, byWait ? { ...view, part: "waiting" as const } : "skip", PAGE_SIZE),
    rest: useLivePages(list, onlyWaiting ? "skip" : rest, PAGE_SIZE),
  };
}

/** Which of the loaded conversations this operator has not read. Keeps the last answer while the list changes. */
export function useUnread(conversationIds: readonly string[]): ReadonlySet<string> {
  const { sessionToken } = useSession();
  // Sorted, so that a list that only changes its order asks nothing new.
  const key = JSON.stringify([...conversationIds].sort());
  const requests = useMemo(() => {
    const ids = JSON.parse(key) as string[];
    const chunks = Array.from({ length: Math.ceil(ids.length / UNREAD_CHUNK) }, (_, index) =>
      ids.slice(index * UNREAD_CHUNK, (index + 1) * UNREAD_CHUNK),
    );
    const query = api.notifications.listUnread;
    return Object.fromEntries(
      chunks.map((chunk, index) => [
        `chunk${index}`,
        { query, args: { sessionToken, conversationIds: chunk } },
      ]),
    );
  }, [key, sessionToken]);
  const results: Record<string, unknown> = useQueries(requests);
  const held = useRef("");
  const answers = Object.values(results);
  const fresh = answers.every((answer) => Array.isArray(answer))
    ? (answers.flat() as string[]).sort().join(" ")
    : null;
  useEffect(() => {
    if (fresh !== null) held.current = fresh;
  }, [fresh]);
  const shown = fresh ?? held.current;
  return useMemo(() => new Set(shown === "" ? [] : shown.split(" ")), [shown]);
}

export function useConversation(conversationId: string | null): Live<Conversation | null> {
  return useLiveQuery(api.conversations.getById, conversationId === null ? "skip" : { conversationId });
}

export function useBrands(): Live<Brand[]> {
  return useLiveQuery(api.brands.listMine, {});
}

/** The brand that an address names; null for one that is gone or not the operator's: an empty page would say that all is quiet. */
export function useBrandOf(brandId: string | null): string | null {
  const { data } = useBrands();
  return data === undefined || data.some(({ _id }) => _id === brandId) ? brandId : null;
}

/** Everybody that a conversation can be given to; nobody while it is not known. */
export function useAssignees(): readonly Assignee[] {
  return useLiveQuery(api.conversations.listAssignees, {}).data ?? NOBODY;
}
const NOBODY: readonly Assignee[] = [];

/** The tags in use; none while they are not known. */
export function useTags(): readonly string[] {
  return useLiveQuery(api.conversationTags.listForWorkspace, {}).data ?? NO_TAGS;
}
const NO_TAGS: readonly string[] = [];

/** Whether no conversation has ever come in, asked only while the open view is empty. */
export function useNeverUsed(openIsEmpty: boolean): boolean {
  const ask = (status: ConversationStatus) => (openIsEmpty ? { status, limit: 1 } : ("skip" as const));
  const others = [
    useLiveQuery(api.conversations.listInbox, ask("snoozed")),
    useLiveQuery(api.conversations.listInbox, ask("resolved")),
    useLiveQuery(api.conversations.listInbox, ask("closed")),
  ];
  return openIsEmpty && others.every((other) => other.status === "ready" && other.data.length === 0);
}
