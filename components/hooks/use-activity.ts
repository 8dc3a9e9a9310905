"use client";

import { api } from "@/convex/_generated/api";
import type { NotificationRow } from "@/convex/validators";
import { useLiveQuery, type Live } from "./use-live-query";
import { useOperatorMutation } from "./use-operator-call";

/** Notices that the bell shows at most. */
const SHOWN = 50;

/** What this operator should know of, newest first. */
export function useActivity(): Live<NotificationRow[]> {
  return useLiveQuery(api.notifications.listActivity, { limit: SHOWN });
}

/** How many of them are unread; 0 while it is not known. */
export function useUnreadActivity(): number {
  return useLiveQuery(api.notifications.countUnreadActivity, {}).data ?? 0;
}

export const useMarkActivityRead = () => useOperatorMutation(api.notifications.markActivityRead);
export const useMarkAllActivityRead = () => useOperatorMutation(api.notifications.markAllRead);
