import { act, renderHook } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { useLivePages } from "@/components/hooks/use-live-pages";
import { api } from "@/convex/_generated/api";

const PAGE = 10;
/** Numbers from high to low, as a list of what is newest first. A cursor is the last number before it. */
let items: number[] = [];

type Options = { cursor: string | null; endCursor?: string; numItems: number };
function page({ cursor, endCursor, numItems }: Options) {
  const after = items.filter((item) => cursor === null || item < Number(cursor));
  const rows =
    endCursor === undefined ? after.slice(0, numItems) : after.filter((item) => item >= Number(endCursor));
  const last = rows.at(-1);
  return {
    page: rows,
    isDone: last === undefined || last === items.at(-1),
    continueCursor: endCursor ?? String(last),
    splitCursor: String(rows[Math.floor(rows.length / 2) - 1]),
  };
}

/** A page without an end is pinned where it ended when it was read first, as the server does. */
const pins = new Map<string, string>();
/** An answer that has not changed stays the same object. */
const answers = new Map<string, ReturnType<typeof page>>();
function same(answer: ReturnType<typeof page>) {
  const text = JSON.stringify(answer);
  const known = answers.get(text) ?? answer;
  answers.set(text, known);
  return known;
}
vi.mock("convex/react", () => ({
  useQueries: (requests: Record<string, { args: { paginationOpts: Options } }>) =>
    Object.fromEntries(
      Object.entries(requests).map(([key, { args }]) => {
        const asked = args.paginationOpts;
        const result = same(page({ endCursor: pins.get(key), ...asked }));
        if (asked.endCursor === undefined) pins.set(key, result.continueCursor);
        return [key, result];
      }),
    ),
}));
vi.mock("@/components/session/session-provider", () => ({
  useSession: () => ({ sessionToken: "t", renew: () => Promise.resolve(null) }),
}));

function open(options?: { trims: boolean }) {
  pins.clear();
  items = Array.from({ length: 60 }, (_, index) => 60 - index);
  const list = renderHook(() => useLivePages(api.leads.listPage, {}, PAGE, options));
  act(() => list.result.current.loadMore());
  const grow = (to: number) => {
    for (let next = items.length + 1; next <= to; next++) {
      items.unshift(next);
      list.rerender();
    }
  };
  const shown = () => list.result.current.rows as unknown as number[];
  return { ...list, grow, shown };
}

test("a list into which rows have moved keeps all of them, each once", () => {
  const { grow, shown } = open();
  expect(shown()).toEqual(items.slice(0, 2 * PAGE));
  grow(560);
  expect(shown()).toEqual(items.slice(0, 500 + 2 * PAGE));
});

test("a list that trims lets go of the end of what came by itself, and loads it again when asked", () => {
  const { grow, shown, result } = open({ trims: true });
  grow(560);
  const rows = shown();
  expect(rows.length).toBeGreaterThanOrEqual(2 * PAGE);
  expect(rows.length).toBeLessThan(200);
  expect(rows).toEqual(items.slice(0, rows.length));
  expect(result.current.complete).toBe(false);
  while (result.current.canLoadMore) act(() => result.current.loadMore());
  expect(shown()).toEqual(items);
});
