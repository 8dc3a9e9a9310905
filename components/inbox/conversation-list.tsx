"use client";

import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowUp } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, type RefObject } from "react";
import type { Assignee, ConversationRow as Row } from "@/components/hooks/rows";
import type { LivePages } from "@/components/hooks/use-live-pages";
import { useKeys } from "@/components/keys/keys-provider";
import { useSession } from "@/components/session/session-provider";
import { Button } from "@/components/ui/button";
import { ConversationRow } from "./conversation-row";
import { listItems, stepRow, type ListItem } from "./list-items";
import { useListAnchor } from "./use-list-anchor";
import type { ListSelection } from "./use-selection";
import { assigneeName } from "./view-names";

/** Heights before they are measured, and how close to the end the next page is fetched. */
const ROW_HEIGHT = 74;
const HEADING_HEIGHT = 36;
const FETCH_AHEAD_ROWS = 12;

type ConversationListProps = {
  waiting: LivePages<Row>;
  rest: LivePages<Row>;
  assignees: readonly Assignee[];
  unread: ReadonlySet<string>;
  selectedId: string | null;
  hrefOf: (conversationId: string) => string;
  onOpen: (conversationId: string) => void;
  now: number;
  selection: ListSelection;
};

/** The virtualised list of a view; mount it anew for another one. J and K move the focus, Enter opens. */
export function ConversationList(props: ConversationListProps) {
  const { waiting, rest, assignees, unread, selectedId, hrefOf, onOpen, now, selection } = props;
  const { operator } = useSession();
  const items = useMemo(() => listItems(waiting, rest), [waiting, rest]);
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (items[index]?.kind === "heading" ? HEADING_HEIGHT : ROW_HEIGHT),
    getItemKey: (index) => items[index]?.key ?? index,
    overscan: 6,
    // A server has no height to measure: draw the first rows.
    initialRect: { width: 344, height: 900 },
  });
  const shown = virtualizer.getVirtualItems();
  const lastShown = shown[shown.length - 1]?.index ?? 0;
  useEffect(() => {
    if (lastShown < items.length - FETCH_AHEAD_ROWS) return;
    if (waiting.canLoadMore) waiting.loadMore();
    else if (waiting.complete && rest.canLoadMore) rest.loadMore();
  }, [lastShown, items.length, waiting, rest]);
  useListKeys(items, scroller, virtualizer.scrollToIndex, selectedId);
  const { news, toStart } = useListAnchor(items, scroller, virtualizer);

  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <div ref={scroller} className="min-h-0 flex-1 overflow-auto [scroll-padding:8px]">
        <ol className="relative" style={{ height: virtualizer.getTotalSize() }}>
          {shown.map((virtual) => {
            const item = items[virtual.index];
            if (!item) return null;
            return (
              <li
                key={virtual.key}
                ref={virtualizer.measureElement}
                data-index={virtual.index}
                aria-posinset={virtual.index + 1}
                aria-setsize={waiting.complete && rest.complete ? items.length : -1}
                className="absolute inset-x-0 top-0"
                style={{ transform: `translateY(${virtual.start}px)` }}
              >
                {item.kind === "heading" ? (
                  <h2 className="px-[18px] pt-3.5 pb-1.5 text-12 text-ink-3">{item.text}</h2>
                ) : (
                  <ConversationRow
                    row={item.row}
                    href={hrefOf(item.row._id)}
                    selected={item.row._id === selectedId}
                    unread={unread.has(item.row._id)}
                    now={now}
                    operator={operator}
                    assignee={
                      item.row.assignedOperatorId && assigneeName(assignees, item.row.assignedOperatorId)
                    }
                    onOpen={onOpen}
                    checked={selection.has(item.row._id)}
                    choosing={selection.rows.length > 0}
                    onCheck={selection.toggle}
                  />
                )}
              </li>
            );
          })}
        </ol>
      </div>
      {news === 0 ? null : (
        <Button size="sm" onClick={toStart} className="absolute top-2 left-1/2 -translate-x-1/2 shadow-md">
          <ArrowUp size={14} aria-hidden="true" />
          {news} new
        </Button>
      )}
    </div>
  );
}

/** J and K. The row to focus may not be drawn yet: it is scrolled to first, and focused once it is there. */
function useListKeys(
  items: readonly ListItem[],
  scroller: RefObject<HTMLDivElement | null>,
  scrollToIndex: (index: number) => void,
  selectedId: string | null,
): void {
  const current = useRef({ items, selectedId });
  useEffect(() => {
    current.current = { items, selectedId };
  }, [items, selectedId]);

  const move = useCallback(
    (step: 1 | -1) => {
      const { items: rows, selectedId: selected } = current.current;
      const focused = document.activeElement
        ?.closest("[data-conversation]")
        ?.getAttribute("data-conversation");
      const from = rows.findIndex((item) => item.key === (focused ?? selected));
      const target = from === -1 ? stepRow(rows, -1, 1) : stepRow(rows, from, step);
      const key = rows[target]?.key;
      if (key === undefined) return;
      scrollToIndex(target);
      focusRow(scroller.current, key);
    },
    [scroller, scrollToIndex],
  );
  useKeys(
    useMemo(
      () => [
        { key: "j", label: "Next conversation", foot: "next, previous", run: () => move(1) },
        { key: "k", label: "Previous conversation", foot: "next, previous", run: () => move(-1) },
        { key: "Enter", label: "Open the conversation" },
      ],
      [move],
    ),
  );
}

/** Animation frames to wait for a scrolled-to row to be drawn. */
const FOCUS_FRAMES = 60;

function focusRow(scroller: HTMLElement | null, key: string, frames = FOCUS_FRAMES): void {
  const row = scroller?.querySelector<HTMLElement>(`[data-conversation="${CSS.escape(key)}"]`);
  if (row) row.focus({ preventScroll: true });
  else if (frames > 0) requestAnimationFrame(() => focusRow(scroller, key, frames - 1));
}
