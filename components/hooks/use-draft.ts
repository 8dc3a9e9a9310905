"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { EMPTY_DRAFT, readDraft, writeDraft, type Draft } from "@/components/inbox/drafts";
import { browserStore } from "./browser-store";

/** A conversation's draft, kept on this computer with every change. Mount anew for another conversation. */
export function useDraft(
  operatorId: string,
  conversationId: string,
): [draft: Draft, change: (next: (draft: Draft) => Draft) => void] {
  const [draft, setDraft] = useState(EMPTY_DRAFT);
  // Keys may come faster than renders: each change builds on the one before, not on what was last drawn.
  const latest = useRef(draft);
  useEffect(() => {
    latest.current = readDraft(browserStore(), operatorId, conversationId);
    setDraft(latest.current);
  }, [operatorId, conversationId]);
  const change = useCallback(
    (next: (draft: Draft) => Draft) => {
      latest.current = next(latest.current);
      writeDraft(browserStore(), operatorId, conversationId, latest.current);
      setDraft(latest.current);
    },
    [operatorId, conversationId],
  );
  return [draft, change];
}
