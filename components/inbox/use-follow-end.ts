"use client";

import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from "react";

/** Pixels from the end within which the reader counts as being at it. */
const AT_END_PX = 48;

type Follow = {
  scroller: RefObject<HTMLDivElement | null>;
  content: RefObject<HTMLDivElement | null>;
  /** The reader has scrolled away from the newest message. */
  away: boolean;
  toEnd: () => void;
};

/**
 * Keeps a transcript where its reader wants it: at the end while they are there; untouched below them when something new
 * comes while they read further up; and in place when earlier messages are put above.
 * `firstKey` and `lastKey` name the first and last message shown.
 */
export function useFollowEnd(firstKey: string | undefined, lastKey: string | undefined): Follow {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const before = useRef({ firstKey, height: 0 });
  const [away, setAway] = useState(false);

  const toEnd = useCallback(() => {
    const box = scroller.current;
    if (!box) return;
    atEnd.current = true;
    setAway(false);
    box.scrollTop = box.scrollHeight;
  }, []);

  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const grown = box.scrollHeight - before.current.height;
    if (atEnd.current) box.scrollTop = box.scrollHeight;
    else if (firstKey !== before.current.firstKey) box.scrollTop += grown;
    before.current = { firstKey, height: box.scrollHeight };
  }, [firstKey, lastKey]);

  useEffect(() => {
    const box = scroller.current;
    const inner = content.current;
    if (!box || !inner) return;
    const onScroll = () => {
      atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < AT_END_PX;
      setAway(!atEnd.current);
    };
    // A growing composer or a narrower window must not push the newest message out of sight.
    const observer = new ResizeObserver(() => {
      if (atEnd.current) box.scrollTop = box.scrollHeight;
      before.current.height = box.scrollHeight;
    });
    observer.observe(box);
    observer.observe(inner);
    box.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      observer.disconnect();
      box.removeEventListener("scroll", onScroll);
    };
  }, []);

  return { scroller, content, away, toEnd };
}
