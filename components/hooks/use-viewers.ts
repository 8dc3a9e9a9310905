"use client";

import type { FunctionReturnType } from "convex/server";
import { useEffect } from "react";
import { api } from "@/convex/_generated/api";
import { VIEWER_MS } from "@/lib/limits";
import { useLiveQuery } from "./use-live-query";
import { useOperatorMutation } from "./use-operator-call";
import { usePageVisible } from "./use-page-visible";

export type Viewer = FunctionReturnType<typeof api.presence.listViewers>[number];

const NOBODY: readonly Viewer[] = [];

/** Who else has the conversation open. Says by itself that this operator has, while the page is visible. */
export function useViewers(conversationId: string): readonly Viewer[] {
  const heartbeat = useOperatorMutation(api.presence.heartbeat);
  const visible = usePageVisible();
  useEffect(() => {
    if (!visible) return;
    // Lost, it matters to nobody: the next one follows, and the last one expires.
    const say = (isHere: boolean) => void heartbeat({ conversationId, isHere }).catch(() => undefined);
    say(true);
    const timer = setInterval(() => say(true), VIEWER_MS * 0.4);
    return () => {
      clearInterval(timer);
      say(false);
    };
  }, [heartbeat, conversationId, visible]);
  return useLiveQuery(api.presence.listViewers, { conversationId }).data ?? NOBODY;
}
