"use client";

import { useCallback, useEffect, useState } from "react";
import { EMPTY_DRAFT, readDraft, writeDraft, type Draft } from "@/components/inbox/drafts";
import { browserStore } from "./browser-store";

/** A conversation's draft, kept on this computer with every change. Mount anew for another conversation. */
export function useDraft(
  operatorId: string,
  conversationId: string,
): [draft: Draft, change: (next: (draft: Draft) => Draft) => void] {
  const [draft, setDraft] = useState(EMPTY_DRAFT);
  useEffect(
    () => setDraft(readDraft(browserStore(), operatorId, conversationId)),
    [operatorId, conversationId],
  );
  const change = useCallback(
    (next: (draft: Draft) => Draft) => {
      // From the store and not from this render's state: what is on disk is what survives.
      const changed = next(readDraft(browserStore(), operatorId, conversationId));
      writeDraft(browserStore(), operatorId, conversationId, changed);
      setDraft(changed);
    },
    [operatorId, conversationId],
  );
  return [draft, change];
}
