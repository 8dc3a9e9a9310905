"use client";

import { useSyncExternalStore } from "react";

/** How often shown times are counted anew, milliseconds. */
const TICK_MS = 15_000;

let now = 0;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
    now = 0;
  };
}

function current(): number {
  if (now === 0) now = Date.now();
  return now;
}

/** The time, Unix milliseconds, in steps shared by everything on the page. 0 while the server renders. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, current, () => 0);
}
