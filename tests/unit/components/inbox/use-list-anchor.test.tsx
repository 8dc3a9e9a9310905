import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { newsAbove, shiftOf } from "@/components/inbox/list-anchor";
import type { ListItem } from "@/components/inbox/list-items";
import { useListAnchor } from "@/components/inbox/use-list-anchor";
import { conversationRow } from "./rows";

afterEach(cleanup);

const ROW = 74;
const SHOWN = 5;
const line = (key: string, lastMessageAt = 0): ListItem => ({
  kind: "row",
  key,
  row: conversationRow(key, { lastMessageAt }),
});
const lines = (keys: string) => [...keys].map((key) => line(key));
/** `grown`: pixels by which the first line is higher than the others. */
const placed = (items: readonly ListItem[], grown: number) =>
  items.map(({ key }, index) => {
    const start = index * ROW + (index === 0 ? 0 : grown);
    return { key, index, start, end: start + ROW, size: ROW, lane: 0 };
  });

/** The list scrolled to a row, drawn with rows of one height; `scrollTop` is what the reader sees first. */
function open(items: readonly ListItem[], at: number) {
  const element = document.createElement("div");
  Object.defineProperty(element, "clientHeight", { value: SHOWN * ROW });
  element.scrollTop = at * ROW;
  const scroller = { current: element };
  const view = renderHook(
    ({ items, grown }) => {
      const measured = placed(items, grown);
      const first = Math.floor(element.scrollTop / ROW);
      return useListAnchor(items, scroller, {
        measurementsCache: measured,
        getVirtualItems: () => measured.slice(Math.max(0, first - 2), first + SHOWN + 2),
        getVirtualItemForOffset: (offset) => measured[Math.floor(offset / ROW)],
        scrollOffset: element.scrollTop,
        shouldAdjustScrollPositionOnItemSizeChange: undefined,
      });
    },
    { initialProps: { items, grown: 0 } },
  );
  return {
    row: () => element.scrollTop / ROW,
    news: () => view.result.current.news,
    toStart: () => act(() => view.result.current.toStart()),
    next: (items: readonly ListItem[], grown = 0) => view.rerender({ items, grown }),
  };
}

it("leaves what is in view in its place when rows come, go or move above it", () => {
  const list = open(lines("abcdefghijklmnop"), 6);
  list.next(lines("xyabcdefghijklmnop"));
  expect(list.row()).toBe(8);
  list.next(lines("xybcdefghijklmnop"));
  expect(list.row()).toBe(7);
  // A row in view that moves to the beginning takes nothing along.
  list.next([line("i", 5), ...lines("xybcdefghjklmnop")]);
  expect(list.row()).toBe(8);
  // What changes below moves nothing.
  list.next([line("i", 5), ...lines("xybcdefghjklmno")]);
  expect(list.row()).toBe(8);
});

it("makes up for a line above that turns out higher than it was thought", () => {
  const items = lines("abcdefghijklmnop");
  const list = open(items, 6);
  list.next(items, 3);
  expect(list.row()).toBe(6 + 3 / ROW);
  list.next(lines("xabcdefghijklmnop"), 3);
  expect(list.row()).toBe(7 + 3 / ROW);
  expect(list.news()).toBe(1);
});

it("counts what has come or changed above, each once, until it is seen or gone", () => {
  const list = open(lines("abcdefghijklmnop"), 6);
  expect(list.news()).toBe(0);
  list.next(lines("xyabcdefghijklmnop"));
  expect(list.news()).toBe(2);
  list.next([line("x", 9), ...lines("yabcdefghijklmnop")]);
  expect(list.news()).toBe(2);
  list.next(lines("yabcdefghijklmnop"));
  expect(list.news()).toBe(1);
  list.toStart();
  list.next(lines("yabcdefghijklmnop"));
  expect([list.row(), list.news()]).toEqual([0, 0]);
});

it("lets what is new come in at the beginning of the list", () => {
  const list = open(lines("abcdefgh"), 0);
  list.next(lines("xabcdefgh"));
  expect([list.row(), list.news()]).toEqual([0, 0]);
});

it("goes by what most rows do, and by none when all are gone", () => {
  const inView = ["a", "b", "c"].map((key, index) => ({ key, start: index * ROW, size: ROW }));
  const startOf = (starts: Record<string, number>) => (key: string) => starts[key];
  expect(shiftOf(inView, startOf({ a: 900, b: 74 + 10, c: 148 + 10 }))).toBe(10);
  expect(shiftOf(inView, startOf({}))).toBe(0);
  expect(newsAbove(lines("ab"), [{ kind: "heading", key: "answered", text: "" }, ...lines("ab")], 2)).toEqual(
    [],
  );
});
