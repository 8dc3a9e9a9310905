"use client";

import { useSyncExternalStore } from "react";

/** A clock that all its readers share, so that they change together. `tick` in milliseconds. */
function sharedClock(tick: number) {
  let now = 0;
  const listeners = new Set<() => void>();
  let timer: ReturnType<typeof setInterval> | undefined;
  return {
    subscribe: (listener: () => void): (() => void) => {
      listeners.add(listener);
      timer ??= setInterval(() => {
        now = Date.now();
        for (const each of listeners) each();
      }, tick);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        clearInterval(timer);
        timer = undefined;
        now = 0;
      };
    },
    current: (): number => {
      if (now === 0) now = Date.now();
      return now;
    },
    refresh: (): void => {
      now = Date.now();
      for (const each of listeners) each();
    },
  };
}

const times = sharedClock(15_000);
const seconds = sharedClock(1000);
const unknown = () => 0;

/** Has everything that shows a time drawn anew. */
export function refreshNow(): void {
  times.refresh();
  seconds.refresh();
}

/** The time, Unix milliseconds, in steps shared by everything on the page. 0 while the server renders. */
export function useNow(): number {
  return useSyncExternalStore(times.subscribe, times.current, unknown);
}

/** The same to the second, for what counts down. */
export function useSecond(): number {
  return useSyncExternalStore(seconds.subscribe, seconds.current, unknown);
}
