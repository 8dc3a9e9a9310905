"use client";

import { createSerializer, parseAsBoolean, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useCallback, useMemo } from "react";
import {
  VIEW_CHANNELS,
  VIEW_SORTS,
  VIEW_STATUSES,
  paramsOf,
  viewOf,
  type InboxView,
} from "@/components/shell/inbox-view";
import { useBrandOf } from "./use-inbox";

const params = {
  status: parseAsStringLiteral(VIEW_STATUSES).withDefault("open"),
  brand: parseAsString,
  assignee: parseAsString,
  waiting: parseAsBoolean.withDefault(false),
  channel: parseAsStringLiteral(VIEW_CHANNELS),
  tag: parseAsString,
  sort: parseAsStringLiteral(VIEW_SORTS).withDefault("wait"),
  conversation: parseAsString,
  message: parseAsString,
};
const serialize = createSerializer(params);

/** The address of a view; the open one of all brands is the plain address. */
export function inboxHref(view: InboxView): string {
  return serialize("/app", paramsOf(view));
}

/** What the address says: which view, and which conversation is open. */
export function useInboxUrl() {
  const [{ conversation, message: _message, brand: asked, ...inAddress }, set] = useQueryStates(params, {
    history: "push",
  });
  const brand = useBrandOf(asked);
  const key = JSON.stringify({ ...inAddress, brand });
  const view = useMemo(() => viewOf(JSON.parse(key) as Parameters<typeof viewOf>[0]), [key]);
  const open = useCallback(
    (conversationId: string | null) => void set({ conversation: conversationId, message: null }),
    [set],
  );
  const show = useCallback(
    (next: InboxView) => void set({ ...paramsOf(next), conversation: null, message: null }),
    [set],
  );
  const hrefOf = useCallback(
    (conversationId: string) => serialize("/app", { ...paramsOf(view), conversation: conversationId }),
    [view],
  );
  return { view, conversationId: conversation, open, show, hrefOf };
}
