"use client";

import { useMutation } from "convex/react";
import { useEffect, useMemo, useRef } from "react";
import { useSession } from "@/components/session/session-provider";
import { api } from "@/convex/_generated/api";
import { TYPING_MS } from "@/lib/limits";
import type { ConversationRow, MessageRow } from "./rows";
import { useLivePages, type LivePages } from "./use-live-pages";
import { useLiveQuery } from "./use-live-query";
import { usePageVisible } from "./use-page-visible";

const PAGE_SIZE = 50;

/** A conversation's messages, oldest of the loaded ones first; `loadMore` brings earlier ones. */
export function useMessages(conversationId: string): LivePages<MessageRow> {
  const pages = useLivePages(api.messages.listPage, { conversationId }, PAGE_SIZE);
  const rows = useMemo(() => [...pages.rows].reverse(), [pages.rows]);
  return useMemo(() => ({ ...pages, rows }), [pages, rows]);
}

/** Marks a conversation read while it is open on a visible page, once for each new message. */
export function useMarkRead(conversation: ConversationRow, unread: boolean): void {
  const { sessionToken } = useSession();
  const markRead = useMutation(api.notifications.markRead);
  const visible = usePageVisible();
  const { _id: conversationId, sequence } = conversation;
  useEffect(() => {
    if (!visible || !unread) return;
    // A read mark that did not go through is made by the next one: nothing to tell the reader.
    markRead({ sessionToken, conversationId }).catch(() => undefined);
  }, [visible, unread, sequence, conversationId, sessionToken, markRead]);
}

/** What the visitor does at the moment: nothing while it is not known. */
export function useVisitorState(conversationId: string): { isTyping: boolean; readSequence: number } {
  const { data } = useLiveQuery(api.conversations.getVisitorState, { conversationId });
  return data ?? { isTyping: false, readSequence: 0 };
}

/** Tells the visitor that a reply is being written: now and then while its text changes, and once when it is gone. */
export function useTypingSignal(conversationId: string, reply: string): void {
  const { sessionToken } = useSession();
  const setTyping = useMutation(api.typing.setOperatorTyping);
  const told = useRef<{ reply: string; at: number | null }>({ reply, at: null });
  useEffect(() => {
    const { at, reply: before } = told.current;
    if (reply === before) return;
    const isTyping = reply !== "";
    const isDue = isTyping ? at === null || Date.now() - at >= TYPING_MS / 2 : at !== null;
    told.current = { reply, at: isDue ? (isTyping ? Date.now() : null) : at };
    // Lost or late, it matters to nobody: the next one follows, and the last one expires.
    if (isDue) setTyping({ sessionToken, conversationId, isTyping }).catch(() => undefined);
  }, [reply, conversationId, sessionToken, setTyping]);
}
