import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

/** Within this distance the reader counts as being at the end. */
const END_TOLERANCE_PX = 40;

type Options = {
  isShown: boolean;
  /** Of the oldest message that is shown: when it changes, older ones have been put above. */
  firstSequence: number;
  lastSequence: number;
  /** Of what the reader wrote, while nothing stands below it. */
  ownLastKey: string | null;
  onReachStart: () => void;
};

/**
 * Keeps a list at its end while the reader is there, and leaves it alone when the reader has scrolled up. What the
 * reader writes is always brought into view. `newSince` is the newest sequence number at the moment of scrolling
 * up, or null at the end.
 */
export function useStickToEnd(
  log: RefObject<HTMLElement | null>,
  { isShown, firstSequence, lastSequence, ownLastKey, onReachStart }: Options,
) {
  const [newSince, setNewSince] = useState<number | null>(null);
  const isAtEnd = useRef(true);
  const sequence = useRef(lastSequence);
  sequence.current = lastSequence;
  const reachStart = useRef(onReachStart);
  reachStart.current = onReachStart;
  const height = useRef(0);

  const jumpToEnd = (): void => {
    if (!log.current) return;
    log.current.scrollTop = log.current.scrollHeight;
    isAtEnd.current = true;
    setNewSince(null);
  };

  useLayoutEffect(() => {
    const list = log.current;
    if (!list) return;
    const onScroll = (): void => {
      const rest = list.scrollHeight - list.clientHeight - list.scrollTop;
      const isEnd = rest <= END_TOLERANCE_PX;
      if (isEnd !== isAtEnd.current) {
        isAtEnd.current = isEnd;
        setNewSince(isEnd ? null : sequence.current);
      }
      if (list.scrollTop <= END_TOLERANCE_PX && !isEnd) reachStart.current();
    };
    // The list also gets shorter when the composer grows or a phone's keyboard appears.
    const resized = new ResizeObserver(() => {
      if (isAtEnd.current) list.scrollTop = list.scrollHeight;
    });
    list.addEventListener("scroll", onScroll, { passive: true });
    resized.observe(list);
    return () => {
      list.removeEventListener("scroll", onScroll);
      resized.disconnect();
    };
  }, [log]);

  // What is being read stays where it is on the screen when the list grows above it.
  useLayoutEffect(() => {
    if (log.current && !isAtEnd.current) log.current.scrollTop += log.current.scrollHeight - height.current;
  }, [log, firstSequence]);
  useLayoutEffect(() => {
    height.current = log.current?.scrollHeight ?? 0;
  });
  useLayoutEffect(jumpToEnd, [isShown]);
  useLayoutEffect(() => {
    if (ownLastKey !== null) jumpToEnd();
  }, [ownLastKey]);
  useLayoutEffect(() => {
    if (isAtEnd.current) jumpToEnd();
  });

  return { newSince, jumpToEnd };
}
