"use client";

import type { VirtualItem, Virtualizer } from "@tanstack/react-virtual";
import { useCallback, useLayoutEffect, useReducer, useRef, useState, type RefObject } from "react";
import { newsAbove, shiftOf, type Placed } from "./list-anchor";
import type { ListItem } from "./list-items";

/** What the list needs of its virtualizer to stay put. */
type Measured = Pick<
  Virtualizer<HTMLDivElement, Element>,
  | "measurementsCache"
  | "getVirtualItemForOffset"
  | "scrollOffset"
  | "shouldAdjustScrollPositionOnItemSizeChange"
> & { getVirtualItems: () => readonly VirtualItem[] };

const NONE: ReadonlySet<string> = new Set();
const never = () => false;

/**
 * Keeps what the reader looks at where it is when lines above it move or turn out higher, unless they are at the beginning,
 * where what is new belongs. `news`: how many conversations have come or changed above since; `toStart` leads there.
 */
export function useListAnchor(
  items: readonly ListItem[],
  scroller: RefObject<HTMLDivElement | null>,
  virtualizer: Measured,
): { news: number; toStart: () => void } {
  const drawn = useRef<{ items: readonly ListItem[]; lines: Placed[] } | null>(null);
  const [news, setNews] = useState(NONE);
  const [, redraw] = useReducer((count: number) => count + 1, 0);

  useLayoutEffect(() => {
    const element = scroller.current;
    const before = drawn.current;
    drawn.current = {
      items,
      lines: virtualizer.getVirtualItems().map(({ key, start, size }) => ({ key: String(key), start, size })),
    };
    // Lines above that turn out higher than they were thought are part of the same shift: it is made once, here.
    virtualizer.shouldAdjustScrollPositionOnItemSizeChange = never;
    if (element === null || before === null) return;
    const top = element.scrollTop;
    if (top > 0) {
      const end = top + element.clientHeight;
      const inView = before.lines.filter(({ start, size }) => start + size > top && start < end);
      const places = new Map(items.map(({ key }, index) => [key, index]));
      const startOf = (key: string) => virtualizer.measurementsCache[places.get(key) ?? -1]?.start;
      const shift = shiftOf(inView, startOf);
      if (shift !== 0) {
        element.scrollTop = top + shift;
        // The scroll event comes later: the lines for the new place are drawn before anything is shown.
        virtualizer.scrollOffset = element.scrollTop;
        redraw();
      }
    }
    const first = virtualizer.getVirtualItemForOffset(element.scrollTop)?.index ?? 0;
    const above = new Set(items.slice(0, first).map(({ key }) => key));
    setNews((known) => {
      const come = top > 0 && before.items !== items ? newsAbove(before.items, items, first) : [];
      const kept = [...known].filter((key) => above.has(key));
      return come.length === 0 && kept.length === known.size ? known : new Set([...kept, ...come]);
    });
  });

  const toStart = useCallback(() => scroller.current?.scrollTo({ top: 0 }), [scroller]);
  return { news: news.size, toStart };
}
