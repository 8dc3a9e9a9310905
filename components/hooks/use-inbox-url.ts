"use client";

import { createSerializer, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useCallback, useMemo } from "react";
import { VIEW_STATUSES } from "@/components/shell/inbox-href";
import type { InboxView } from "./use-inbox";

const params = {
  status: parseAsStringLiteral(VIEW_STATUSES).withDefault("open"),
  brand: parseAsString,
  conversation: parseAsString,
};
const serialize = createSerializer(params);

/** What the address says: which view, and which conversation is open. */
export function useInboxUrl() {
  const [{ status, brand, conversation }, set] = useQueryStates(params, { history: "push" });
  const view = useMemo<InboxView>(() => ({ status, brandId: brand }), [status, brand]);
  const open = useCallback(
    (conversationId: string | null) => void set({ conversation: conversationId }),
    [set],
  );
  const show = useCallback(
    (next: InboxView) => void set({ status: next.status, brand: next.brandId, conversation: null }),
    [set],
  );
  const hrefOf = useCallback(
    (conversationId: string) => serialize("/app", { status, brand, conversation: conversationId }),
    [status, brand],
  );
  return { view, conversationId: conversation, open, show, hrefOf };
}
