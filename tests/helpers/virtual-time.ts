import { vi } from "vitest";

/** The longest delay of a JavaScript timer; a longer one would fire at once. */
const TIMER_MAX = 2 ** 31 - 1;

/** Lets timers be longer than a timer can be: sessions end after 30 days. Returns what takes it back. */
export function useLongTimers(): () => void {
  const setTimer = globalThis.setTimeout;
  const setLongTimer = (run: () => void, ms = 0): ReturnType<typeof setTimeout> =>
    ms <= TIMER_MAX ? setTimer(run, ms) : setTimer(() => setLongTimer(run, ms - TIMER_MAX), TIMER_MAX);
  globalThis.setTimeout = setLongTimer as typeof setTimeout;
  return () => {
    globalThis.setTimeout = setTimer;
  };
}

/** Virtual time, with such timers. */
export function useVirtualTime(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  useLongTimers();
}
