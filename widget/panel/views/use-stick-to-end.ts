import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

/** Within this distance the reader counts as being at the end. */
const END_TOLERANCE_PX = 40;

type Options = { isShown: boolean; lastSequence: number; newestOwnKey: string | null };

/**
 * Keeps a list at its end while the reader is there, and leaves it alone when the reader has scrolled up. What the
 * reader writes is always brought into view. `newSince` is the newest sequence number at the moment of scrolling
 * up, or null at the end.
 */
export function useStickToEnd(
  log: RefObject<HTMLElement | null>,
  { isShown, lastSequence, newestOwnKey }: Options,
) {
  const [newSince, setNewSince] = useState<number | null>(null);
  const isAtEnd = useRef(true);
  const sequence = useRef(lastSequence);
  sequence.current = lastSequence;

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
      if (isEnd === isAtEnd.current) return;
      isAtEnd.current = isEnd;
      setNewSince(isEnd ? null : sequence.current);
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

  useLayoutEffect(jumpToEnd, [isShown, newestOwnKey]);
  useLayoutEffect(() => {
    if (isAtEnd.current) jumpToEnd();
  });

  return { newSince, jumpToEnd };
}
