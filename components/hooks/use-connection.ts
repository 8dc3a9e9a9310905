"use client";

import { useConvexConnectionState } from "convex/react";
import { useEffect, useState } from "react";

/** How long the connection may be away before it is called lost: a blink is not worth a bar. Milliseconds. */
const GRACE_MS = 1500;
/** The first connection may take longer than a blink. Milliseconds. */
const FIRST_GRACE_MS = 5000;

export type Connection = "connecting" | "live" | "lost";

/** Whether what is on the screen is live. */
export function useConnection(): Connection {
  const { isWebSocketConnected, hasEverConnected } = useConvexConnectionState();
  const [overdue, setOverdue] = useState(false);
  useEffect(() => {
    if (isWebSocketConnected) {
      setOverdue(false);
      return;
    }
    const timer = setTimeout(() => setOverdue(true), hasEverConnected ? GRACE_MS : FIRST_GRACE_MS);
    return () => clearTimeout(timer);
  }, [isWebSocketConnected, hasEverConnected]);
  if (isWebSocketConnected) return "live";
  if (overdue) return "lost";
  return hasEverConnected ? "live" : "connecting";
}
