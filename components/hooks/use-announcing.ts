"use client";

import { useCallback, useSyncExternalStore } from "react";
import type { Preferences } from "@/convex/validators/preferences";
import type { Live } from "./use-live-query";
import { usePreferences } from "./use-preferences";

/** What this browser lets us do; "unsupported" also where the page has no https. */
export type AnnouncingState = NotificationPermission | "unsupported";

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  let isOver = false;
  let status: PermissionStatus | undefined;
  // Somebody may allow or forbid it in the browser's own settings while the page is open.
  navigator.permissions
    ?.query({ name: "notifications" })
    .then((found) => {
      if (isOver) return;
      status = found;
      status.addEventListener("change", listener);
    })
    .catch(() => undefined);
  return () => {
    isOver = true;
    listeners.delete(listener);
    status?.removeEventListener("change", listener);
  };
}

const current = (): AnnouncingState =>
  "Notification" in window && "locks" in navigator ? Notification.permission : "unsupported";

const unknown = (): AnnouncingState => "unsupported";

/** Whether what is new may be announced outside the page: what this browser allows, and what its person has chosen. */
export function useAnnouncing(): {
  state: AnnouncingState;
  preferences: Live<Preferences>;
  /** Asks the browser, which asks its person. Only ever by a click. */
  ask: () => Promise<AnnouncingState>;
} {
  const state = useSyncExternalStore(subscribe, current, unknown);
  const preferences = usePreferences();
  const ask = useCallback(async () => {
    const answer = await Notification.requestPermission();
    for (const each of listeners) each();
    return answer;
  }, []);
  return { state, preferences, ask };
}
