"use client";

import {
  useQueries,
  type PaginatedQueryArgs,
  type PaginatedQueryItem,
  type PaginatedQueryReference,
  type RequestForQueries,
} from "convex/react";
import { getFunctionName, type PaginationResult } from "convex/server";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useSession } from "@/components/session/session-provider";
import { PAGE_SIZE_MAX } from "@/lib/limits";
import { isSessionOver } from "./refusals";
import { useRenewal, type OwnArgs } from "./use-live-query";

/** A subscribed list that grows page by page. */
export type LivePages<T> = {
  status: "loading" | "ready" | "failed";
  rows: readonly T[];
  /** Everything has been loaded. */
  complete: boolean;
  canLoadMore: boolean;
  loadMore: () => void;
};

/** One page's place in the list. A cursor without an end is pinned by the server once the page has been read. */
type Span = { cursor: string | null; endCursor?: string };
/** The pages of one list under one token. `asked`: how many the person has loaded; splits make more of them. */
type Stream = { key: string; firstSize: number; asked: number; spans: readonly Span[] };
type Held<T> = { key: string; rows: readonly T[]; complete: boolean };

const spanKey = ({ cursor, endCursor }: Span) => JSON.stringify([cursor, endCursor]);
const newStream = (key: string, firstSize: number): Stream => ({
  ...{ key, firstSize, asked: 1 },
  spans: [{ cursor: null }],
});

/** A list that trims has at most so many times the pages that were asked for; then it goes back to half of that. */
const TRIMS_AT = 4;

/**
 * Subscribes to a paginated query as the signed-in operator. The library's own hook throws a failed page at the whole
 * screen; here a failure is a status, a refused token is renewed, and what was loaded stays in view meanwhile. What is
 * skipped is a list that has nothing. Rows that come into a list's span stay in it; one that `trims` lets go of its end
 * when they have multiplied it, for lists that are drawn whole.
 */
export function useLivePages<Query extends PaginatedQueryReference>(
  query: Query,
  args: OwnArgs<PaginatedQueryArgs<Query>> | "skip",
  pageSize: number,
  { trims = false } = {},
): LivePages<PaginatedQueryItem<Query>> {
  type Row = PaginatedQueryItem<Query>;
  const { sessionToken } = useSession();
  const name = getFunctionName(query);
  const argsKey = JSON.stringify(args);
  const key = `${name}:${argsKey}`;
  const held = useRef<Held<Row> | null>(null);
  const last = held.current?.key === key ? held.current : null;
  const [stream, setStream] = useStream(
    `${key}:${sessionToken}`,
    // Under a new token the list starts anew: with as many rows at once as were in view.
    Math.min(PAGE_SIZE_MAX, Math.max(pageSize, last?.rows.length ?? 0)),
  );

  const requests = useMemo((): RequestForQueries => {
    const own = JSON.parse(argsKey) as "skip" | Record<string, string>;
    if (own === "skip") return {};
    const page = ({ cursor, endCursor }: Span) => ({
      numItems: cursor === null ? stream.firstSize : pageSize,
      cursor,
      ...(endCursor === undefined ? {} : { endCursor }),
    });
    return Object.fromEntries(
      stream.spans.map((span) => [
        spanKey(span),
        { query, args: { ...own, sessionToken, paginationOpts: page(span) } },
      ]),
    );
    // `query` is a new proxy on each render, so its name stands for it.
  }, [name, argsKey, sessionToken, pageSize, stream]);
  const results = useQueries(requests) as Record<string, PaginationResult<Row> | Error | undefined>;

  const { error, pages } = readPages(stream, results);
  useRenewal(error);
  useSplits(stream, pages, { pageSize, trims }, setStream);

  const end = pages[stream.spans.length - 1];
  const fresh = useStableRows(pages.length >= Math.max(1, stream.spans.length - 1) ? pages : null);
  const complete = end?.isDone === true;
  useEffect(() => {
    if (fresh !== null) held.current = { key, rows: fresh, complete };
  }, [key, fresh, complete]);

  const cursor = end?.isDone === false ? end.continueCursor : null;
  const loadMore = useCallback(() => {
    if (cursor === null) return;
    setStream((now) => {
      const known = now.spans.some((span) => span.cursor === cursor);
      const end = now.spans.at(-1);
      if (known || end === undefined) return now;
      // Not every list remembers by itself where a page ended; from here on the page ends where the next begins.
      const pinned = { ...end, endCursor: cursor };
      const spans = [...now.spans.slice(0, -1), pinned, { cursor }];
      return { ...now, asked: now.asked + 1, spans };
    });
  }, [cursor, setStream]);
  const rows = fresh ?? last?.rows;
  const failed = error !== null && !isSessionOver(error);
  const status = failed ? "failed" : rows === undefined ? "loading" : "ready";
  const all = fresh === null ? (last?.complete ?? false) : complete;
  const skipped = args === "skip";
  return useMemo(
    () =>
      skipped ? NOTHING : { status, rows: rows ?? [], complete: all, canLoadMore: cursor !== null, loadMore },
    [skipped, status, rows, all, cursor, loadMore],
  );
}

const NOTHING: LivePages<never> = {
  status: "ready",
  rows: [],
  complete: true,
  canLoadMore: false,
  loadMore: () => undefined,
};

/** The stream of a key; another key begins another one, in the same render. */
function useStream(key: string, firstSize: number) {
  const [stream, setStream] = useState(() => newStream(key, firstSize));
  if (stream.key === key) return [stream, setStream] as const;
  const next = newStream(key, firstSize);
  setStream(next);
  return [next, setStream] as const;
}

/** The loaded pages from the top, up to the first one that is still on its way, and the first failure. */
function readPages<Row>(stream: Stream, results: Record<string, PaginationResult<Row> | Error | undefined>) {
  const pages: PaginationResult<Row>[] = [];
  for (const span of stream.spans) {
    const result = results[spanKey(span)];
    if (result instanceof Error) return { error: result, pages: [] };
    if (result === undefined) break;
    pages.push(result);
  }
  return { error: null, pages };
}

/**
 * A page whose rows have multiplied, because they moved into its span, is read as two from then on: each change would
 * read it whole.
 */
function useSplits<Row>(
  stream: Stream,
  pages: readonly PaginationResult<Row>[],
  { pageSize, trims }: { pageSize: number; trims: boolean },
  setStream: (next: Stream) => void,
): void {
  const index = pages.findIndex((page) => {
    const wanted = page.pageStatus === "SplitRecommended" || page.pageStatus === "SplitRequired";
    return (
      page.splitCursor != null && (wanted || page.page.length > 2 * Math.max(pageSize, stream.firstSize))
    );
  });
  const page = pages[index];
  const split = page?.splitCursor;
  const endCursor = page?.continueCursor;
  useEffect(() => {
    const span = stream.spans[index];
    if (!span || split == null || endCursor === undefined) return;
    const halves: Span[] = [
      { cursor: span.cursor, endCursor: split },
      { cursor: split, endCursor },
    ];
    const spans = stream.spans.flatMap((each) => (each === span ? halves : [each]));
    const most = TRIMS_AT * stream.asked;
    setStream({ ...stream, spans: trims && spans.length > most ? spans.slice(0, most / 2) : spans });
  }, [stream, index, split, endCursor, trims, setStream]);
}

/** The pages' rows in one array, which stays the same array while every page does. */
function useStableRows<Row>(pages: readonly PaginationResult<Row>[] | null): readonly Row[] | null {
  const [known, setKnown] = useState<{
    pages: readonly PaginationResult<Row>[];
    rows: readonly Row[];
  } | null>(null);
  if (pages === null) return null;
  const same =
    known?.pages.length === pages.length && pages.every((page, index) => page === known.pages[index]);
  if (same) return known.rows;
  const rows = pages.flatMap((page) => page.page);
  setKnown({ pages, rows });
  return rows;
}
