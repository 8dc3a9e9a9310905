"use client";

import { api } from "@/convex/_generated/api";
import type { NotificationRow } from "@/convex/validators";
import type { ConversationRow } from "./rows";
import { useLiveQuery } from "./use-live-query";

/** Conversations and notices that are looked at for news: between two looks there are hardly more. */
const LOOKED_AT = 20;

/** Open conversations, newest activity first; undefined while they are not asked for or not known. */
export function useNewestOpen(isAsked: boolean): ConversationRow[] | undefined {
  return useLiveQuery(api.conversations.listInbox, isAsked ? { status: "open", limit: LOOKED_AT } : "skip")
    .data;
}

/** What this operator should know of, newest first; undefined while it is not asked for or not known. */
export function useRecentActivity(isAsked: boolean): NotificationRow[] | undefined {
  return useLiveQuery(api.notifications.listActivity, isAsked ? { limit: LOOKED_AT } : "skip").data;
}
