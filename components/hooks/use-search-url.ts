"use client";

import { createSerializer, parseAsString, useQueryStates } from "nuqs";
import { useCallback } from "react";

const params = { q: parseAsString, conversation: parseAsString, message: parseAsString };
const serialize = createSerializer(params);

/** The address of a conversation, at one of its messages if one is named. */
export function conversationHref(conversationId: string, messageId: string | null): string {
  return serialize("/app", { conversation: conversationId, message: messageId });
}

/** What the address says of a search in the inbox: its text, null while nobody searches, and the message that was opened. */
export function useSearchUrl() {
  const [{ q, message }, set] = useQueryStates(params, { history: "push" });
  // Each letter in place of the one before: Back leaves the search, not its last letter.
  const ask = useCallback((query: string | null) => void set({ q: query }, { history: "replace" }), [set]);
  const begin = useCallback(() => void set({ q: "" }), [set]);
  /** Opens a conversation, at a message if one is named; null closes it. The search stays. */
  const open = useCallback(
    (conversationId: string | null, messageId: string | null = null) =>
      void set({ conversation: conversationId, message: messageId }),
    [set],
  );
  const leave = useCallback(() => void set({ q: null, message: null }), [set]);
  return { query: q, messageId: message, ask, begin, open, leave };
}
