"use client";

import { parseAsString, useQueryState } from "nuqs";
import { useEffect, useState } from "react";
import type { MessageRow } from "@/components/hooks/rows";
import type { LivePages } from "@/components/hooks/use-live-pages";

/** Pages of earlier messages that are looked through for the message of a link. */
const PAGES_MAX = 20;

/**
 * The message that the address names, once it is loaded: earlier pages are fetched until then. It is taken out of the
 * address when it was found or is not there, so that the next conversation does not look for it.
 */
export function useLinkedMessage(messages: LivePages<MessageRow>): string | null {
  const [wanted, setWanted] = useQueryState("message", parseAsString);
  const [linked, setLinked] = useState<string | null>(null);
  const [pages, setPages] = useState(0);
  const { status, rows, complete, canLoadMore, loadMore } = messages;
  const found = rows.some(({ _id }) => _id === wanted);
  useEffect(() => {
    if (wanted === null || status !== "ready") return;
    if (found) setLinked(wanted);
    if (found || complete || pages >= PAGES_MAX) {
      void setWanted(null);
    } else if (canLoadMore) {
      setPages((count) => count + 1);
      loadMore();
    }
  }, [wanted, status, found, complete, canLoadMore, pages, loadMore, setWanted]);
  return linked;
}
