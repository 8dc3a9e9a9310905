"use client";

import { parseAsString, useQueryState } from "nuqs";
import { useEffect, useState } from "react";
import type { MessageRow } from "@/components/hooks/rows";
import type { LivePages } from "@/components/hooks/use-live-pages";

/** Pages of earlier messages that are looked through for the message of a link. */
const PAGES_MAX = 20;

/**
 * The message that the address names, once it is loaded: earlier pages are fetched until then. Opening another conversation
 * takes it out of the address.
 */
export function useLinkedMessage(messages: LivePages<MessageRow>): string | null {
  const [wanted] = useQueryState("message", parseAsString);
  const [pages, setPages] = useState(0);
  const { status, rows, canLoadMore, loadMore } = messages;
  const found = rows.some(({ _id }) => _id === wanted);
  useEffect(() => {
    if (wanted === null || found || status !== "ready" || !canLoadMore || pages >= PAGES_MAX) return;
    setPages((count) => count + 1);
    loadMore();
  }, [wanted, found, status, canLoadMore, pages, loadMore]);
  return found ? wanted : null;
}
